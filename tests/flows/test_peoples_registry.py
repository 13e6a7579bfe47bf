"""How does an order become a certificate at a registry that no program can reach? Two people of the provider, one desk."""

from datetime import timedelta

from app.core.period import day_in_japan
from tests.flows.people import NOTICE, RETIRE, colleague, facts_of, listed, notice_facts, sign_in, step
from tests.world import World


async def test_two_members_and_the_operator_make_a_certificate_that_says_so(desk_of_people: World) -> None:
    world = desk_of_people
    provider, buyer = await world.provider("一般社団法人 みどりの森"), await world.buyer("株式会社アオバ食品")
    listing = await world.listing(provider, 500)
    order = await world.paid_order(buyer, (listing, 120), retire=RETIRE)
    assert order["status"] == "fulfilled"
    assert [r["status"] for r in await listed(buyer, "/v1/retirements")] == ["queued"]
    task = (await listed(provider, "/v1/registry-tasks"))[0]
    assert task["sheet"]["quantity"] == 120
    assert task["sheet"]["beneficiary_name"] == "株式会社アオバ食品"
    maker, checker = await sign_in(world, provider.email), await sign_in(world, await colleague(world, provider))

    by_key = await step(provider.client, task["id"], "prepare")
    assert (by_key.status_code, by_key.json()["code"]) == (403, "people_only")
    assert (await step(maker, task["id"], "prepare")).status_code == 200
    same = await step(maker, task["id"], "check")
    assert (same.status_code, same.json()["code"]) == (409, "second_person_needed")
    assert (await step(provider.client, task["id"], "check")).json()["code"] == "people_only"
    assert (await step(checker, task["id"], "check")).json()["status"] == "checked"
    today = day_in_japan(world.now()).isoformat()
    record = {"registry_transaction": "20261124-0001", "recorded_on": today}
    done = await step(maker, task["id"], "execute", record)
    assert (done.status_code, done.json()["status"]) == (200, "executed"), done.text
    assert [r["status"] for r in await listed(buyer, "/v1/retirements")] == ["submitted"]

    early = await step(world.desk.client, task["id"], "confirm", {}, at="/v1/admin")
    assert (early.status_code, early.json()["code"]) == (409, "notice_missing")
    handed = await maker.post(
        f"/v1/registry-tasks/{task['id']}/notice",
        params={"filename": "無効化通知書.pdf"},
        content=NOTICE,
        headers={"Content-Type": "application/pdf", "If-Match": done.headers["ETag"]},
    )
    assert handed.status_code == 200, handed.text
    notice = await world.desk.get(f"/v1/admin/registry-tasks/{task['id']}/notice")
    assert notice.content == NOTICE
    unread = await step(world.desk.client, task["id"], "confirm", {}, at="/v1/admin")
    assert (unread.status_code, unread.json()["code"]) == (409, "notice_not_agreed")
    said = {**notice_facts(task["sheet"]), "transaction_no": "20261124-0001", "recorded_on": today}
    assert (await step(maker, task["id"], "notice-facts", said)).json()["notice_state"] == "typed_once"
    assert (await step(checker, task["id"], "notice-facts", said)).json()["notice_state"] == "agreed"
    confirmed = await step(world.desk.client, task["id"], "confirm", {}, at="/v1/admin")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed"), confirmed.text
    await world.run_jobs()

    retirement = (await listed(buyer, "/v1/retirements"))[0]
    assert (retirement["status"], retirement["evidence_grade"]) == ("recorded", "provider_notice")
    assert (retirement["recorded_on"], retirement["simulated"]) == (today, False)
    certificate = (await listed(buyer, "/v1/certificates"))[0]
    assert (certificate["evidence_grade"], certificate["simulated"]) == ("provider_notice", False)
    assert "provider_notice" in str(await facts_of(world, certificate["number"]))
    page = await world.client().get(f"/c/{certificate['number']}")
    assert (page.status_code, "株式会社アオバ食品" in page.text) == (200, True)
    holding = (await listed(buyer, "/v1/holdings"))[0]
    assert (holding["held"], holding["retiring"], holding["retired"]) == (0, 0, 120)


async def test_a_buyer_takes_it_back_before_the_second_person_has_checked(desk_of_people: World) -> None:
    world = desk_of_people
    provider, buyer = await world.provider(), await world.buyer()
    listing = await world.listing(provider, 500)
    await world.paid_order(buyer, (listing, 10), retire=RETIRE)
    task = (await listed(provider, "/v1/registry-tasks"))[0]
    maker = await sign_in(world, provider.email)
    assert (await step(maker, task["id"], "prepare")).status_code == 200
    retirement = (await listed(buyer, "/v1/retirements"))[0]
    taken = await buyer.post(f"/v1/retirements/{retirement['id']}/cancel")
    assert (taken.status_code, taken.json()["status"]) == (200, "canceled")
    late = await step(maker, task["id"], "execute", {"registry_transaction": "1", "recorded_on": "2026-11-24"})
    assert (late.status_code, late.json()["state"]) == (409, "canceled")
    holding = (await listed(buyer, "/v1/holdings"))[0]
    assert (holding["held"], holding["retiring"]) == (10, 0)
    world.ahead = timedelta(days=30)
    await world.run_jobs()
    assert await listed(buyer, "/v1/certificates") == []
