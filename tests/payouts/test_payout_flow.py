"""Is a provider paid what it earned, once, by two people of the desk, through the bank?"""

from datetime import timedelta

from tests.payouts.counting_house import SEEN, House


async def test_a_sale_is_paid_through_the_bank_from_the_draft_to_its_line(house: House) -> None:
    provider = await house.provider(rate=500)
    before = {name: await house.account(name) for name in ("commission", "tax:consumption", "held:payouts", "suspense")}
    await house.sell(provider, 33, price=1_000)  # ¥33,000 and ¥3,300 tax; ¥1,650 commission, and ¥165 tax on it.
    assert (await house.balance(provider))["available"]["amount"] == 34_650
    assert await house.account("commission") == before["commission"] + 1_650

    draft = await house.made(provider)
    statement = {name: value["amount"] for name, value in draft["statement"].items() if isinstance(value, dict)}
    assert statement == {
        "goods": 33_000, "tax": 3_300, "commission": 1_650, "commission_tax": 165, "adjustment": 0, "payout": 34_485,
    }  # fmt: skip
    await house.assert_agrees(provider)
    approved = (await house.approve(draft)).json()
    assert approved["status"] == "approved"
    assert await house.payable(provider) == 0
    assert await house.account("held:payouts") == before["held:payouts"] + 34_485
    assert await house.account("tax:consumption") == before["tax:consumption"] + 165

    made = await house.move("payout-files", "", json={"transfer_on": house.bank_day().isoformat()})
    assert made.status_code == 201, made.text
    file = made.json()
    content = (await house.maker.get(f"/v1/admin/payout-files/{file['id']}/content")).content
    header, row, trailer, end = content.split(b"\r\n")[:4]
    assert (header[:4], row[:1], trailer[:1], end[:1], len(row)) == (b"1210", b"2", b"8", b"9", 120)
    assert b"0000034485" in row
    assert (file["transfers"], file["total"]["amount"]) == (1, 34_485)
    sent = await house.move("payout-files", f"/{file['id']}/sent")
    assert (sent.json()["status"], (await house.shown(draft))["status"]) == ("sent", "sent")

    line = await house.line(-34_485)
    debited = await house.move("payout-files", f"/{file['id']}/debited", json={"bank_line_id": line})
    assert debited.json()["status"] == "debited", debited.text
    assert (await house.shown(draft))["status"] == "paid"
    assert await house.account("held:payouts") == before["held:payouts"]
    assert await house.account("suspense") == before["suspense"]
    assert await house.kinds(draft["id"]) == [
        "payout.drafted", "payout.approved", "payout.sending", "payout.sent", "payout.paid",
    ]  # fmt: skip
    own = (await provider.get(f"/v1/payouts/{draft['id']}")).json()
    assert (own["status"], own["lines"]) == ("paid", 1)
    [entry] = (await provider.get(f"/v1/payouts/{draft['id']}/lines")).json()["data"]
    assert (entry["kind"], entry["net"]["amount"], entry["payout_id"]) == ("sale", 34_650, draft["id"])


async def test_who_made_a_payout_cannot_approve_it_and_no_key_can(house: House) -> None:
    provider = await house.provider()
    await house.sell(provider, 10)
    draft = await house.made(provider)
    own = await house.approve(draft, by=house.maker)
    assert (own.status_code, own.json()["code"]) == (409, "payout_second_person_needed")
    by_key = await house.approve(draft, by=house.till.world.desk.client)
    assert (by_key.status_code, by_key.json()["code"]) == (403, "payout_person_needed")
    assert (await house.approve(draft)).status_code == 200
    again = await house.approve(draft)
    assert (again.status_code, again.json()["code"]) == (409, "invalid_state")


async def test_the_same_key_gives_the_same_payout(house: House) -> None:
    provider = await house.provider()
    await house.sell(provider, 10)
    first = await house.make(provider, key=provider.id)
    second = await house.make(provider, key=provider.id)
    assert (first.status_code, first.content) == (201, second.content)
    assert second.headers["Idempotent-Replayed"] == "true"
    third = await house.make(provider)
    assert (third.status_code, third.json()["reason"]) == (409, "nothing_available")


async def test_a_canceled_payout_gives_its_entries_to_the_next(house: House) -> None:
    provider = await house.provider()
    await house.sell(provider, 10)
    payable = await house.payable(provider)
    approved = await house.approved(provider)
    canceled = await house.move("payouts", f"/{approved['id']}/cancel", json={"reason": "口座の確認中"})
    assert (canceled.json()["status"], canceled.json()["reason"]) == ("canceled", "口座の確認中")
    assert await house.payable(provider) == payable
    await house.assert_agrees(provider)
    lines = (await provider.get(f"/v1/payouts/{approved['id']}/lines")).json()["data"]
    assert (len(lines), lines[0]["payout_id"]) == (1, None), "What was in it stays written down."
    again = await house.approved(provider)
    assert again["statement"] == approved["statement"]


async def test_what_is_waiting_held_too_little_or_owed_is_not_paid(house: House) -> None:
    provider = await house.provider(smallest_payout=20_000)
    await house.sell(provider, 10, after=timedelta(days=7))
    assert (await house.make(provider)).json()["reason"] == "nothing_available"
    [waiting] = (await house.balance(provider))["waiting"]
    assert (waiting["available_on"], waiting["net"]["amount"]) == (
        (house.today() + timedelta(days=7)).isoformat(),
        10_500,
    )
    await house.sell(provider, 10)
    little = (await house.make(provider)).json()
    assert (little["reason"], little["due_minor"]) == ("below_smallest", 10_450)
    undecided = await house.sell(provider, 100, after=None)
    assert (await house.make(provider)).json()["reason"] == "below_smallest"
    assert (await house.balance(provider))["waiting"][1]["available_on"] is None
    assert undecided


async def test_the_clock_makes_one_draft_for_each_closing_day(house: House) -> None:
    yesterday = house.today() - timedelta(days=1)
    provider = await house.provider(closing_day=None, closing_weekday=(yesterday + timedelta(days=1)).isoweekday())
    await house.sell(provider, 10)
    mine = "select count(*) from payout where org_id = $1"
    async with house.till.later(timedelta(days=1)):
        for _ in range(2):
            await house.till.owner.execute(
                "insert into job (id, name, ids, request_id, due) values (gen_random_uuid(), 'payouts.run_due', '{}', 'req', now())"
            )
            await house.till.world.run_jobs()
    assert await house.till.owner.fetchval(mine, provider.org_id) == 1
    [payout] = (await provider.get("/v1/payouts")).json()["data"]
    assert (payout["status"], payout["closed_on"]) == ("draft", house.today().isoformat())
    approved = await house.approve(payout, by=house.maker)
    assert approved.status_code == 200, "The clock made it: one person of the desk is the second."


async def test_a_payout_that_the_bank_gave_back_is_owed_again(house: House) -> None:
    provider = await house.provider()
    await house.sell(provider, 10)
    payable, taxed = await house.payable(provider), await house.account("tax:consumption")
    payout = await house.approved(provider)
    minor = payout["statement"]["payout"]["amount"]
    file = (await house.move("payout-files", "", json={"transfer_on": house.bank_day().isoformat()})).json()
    await house.move("payout-files", f"/{file['id']}/sent")
    early = await house.move(
        "payouts", f"/{payout['id']}/returned", json={"bank_line_id": await house.line(minor), "reason": "口座なし"}
    )
    assert early.json()["code"] == "invalid_state", "It has not left by any line yet."
    out = await house.line(-minor)
    other = await house.line(-1)
    wrong = await house.move("payout-files", f"/{file['id']}/debited", json={"bank_line_id": other})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "bank_line_does_not_fit")
    single = {"bank_line_id": out, "payout_id": payout["id"]}
    assert (await house.move("payout-files", f"/{file['id']}/debited", json=single)).json()["status"] == "debited"

    back = {"bank_line_id": await house.line(minor, "クミモドシ"), "reason": "口座なし"}
    returned = await house.move("payouts", f"/{payout['id']}/returned", json=back)
    assert (returned.status_code, returned.json()["status"]) == (200, "failed"), returned.text
    assert (await house.payable(provider), await house.account("tax:consumption")) == (payable, taxed)
    await house.assert_agrees(provider)
    retried = await house.move("payouts", f"/{payout['id']}/retry")
    assert (retried.status_code, retried.json()["statement"]) == (201, payout["statement"])


async def test_a_file_is_voided_before_it_is_sent_and_never_afterwards(house: House) -> None:
    provider = await house.provider()
    await house.sell(provider, 10)
    payout = await house.approved(provider)
    day = {"transfer_on": house.bank_day().isoformat()}
    file = (await house.move("payout-files", "", json=day)).json()
    none = await house.move("payout-files", "", json=day)
    assert (none.status_code, none.json()["code"]) == (409, "no_approved_payouts"), "It is in one live file at most."
    late = await house.move("payouts", f"/{payout['id']}/cancel", json={"reason": "x"})
    assert late.json()["code"] == "invalid_state"
    assert (await house.move("payout-files", f"/{file['id']}/void")).json()["status"] == "void"
    assert (await house.shown(payout))["status"] == "approved"
    other = (await house.move("payout-files", "", json=day)).json()
    await house.move("payout-files", f"/{other['id']}/sent")
    assert (await house.move("payout-files", f"/{other['id']}/void")).json()["code"] == "invalid_state"
    line = await house.line(-payout["statement"]["payout"]["amount"])
    await house.move("payout-files", f"/{other['id']}/debited", json={"bank_line_id": line})
    assert (await house.shown(payout))["status"] == "paid"


async def test_a_file_is_for_a_day_on_which_banks_are_open(house: House) -> None:
    sunday = house.today() + timedelta(days=7 - house.today().isoweekday() or 7)
    refused = await house.move("payout-files", "", json={"transfer_on": sunday.isoformat()})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "no_bank_day")


async def test_a_changed_account_is_paid_to_only_when_a_person_has_confirmed_it(house: House) -> None:
    provider = await house.provider()
    await house.sell(provider, 10)
    draft = await house.made(provider)
    changed = await house.name_account(provider, account_number="7", holder="ﾍﾞﾂｼﾞﾝ")
    assert (changed["status"], changed["account_number"], changed["holder"]) == ("waiting", "0000007", "ﾍﾞﾂｼﾞﾝ")
    refused = await house.approve(draft)
    assert (refused.status_code, refused.json()["reason"]) == (409, "account_not_ready")
    await house.move("payouts", f"/{draft['id']}/cancel", json={"reason": "口座変更"})
    assert (await house.make(provider)).json()["reason"] == "account_not_ready"
    by_key = await house.till.world.desk.client.post(
        f"/v1/admin/payout-accounts/{changed['id']}/confirm", json={"note": "x"}, headers=SEEN
    )
    assert by_key.status_code == 403
    await house.confirm(changed)
    assert (await house.made(provider))["status"] == "draft"
    numbers = await house.till.owner.fetch(
        "select account_number, status from payout_account where org_id = $1 order by n", provider.org_id
    )
    assert [tuple(row) for row in numbers] == [("1234567", "replaced"), ("0000007", "confirmed")]


async def test_an_account_is_named_by_a_person_who_saw_the_one_before(house: House) -> None:
    provider = await house.provider()
    person = await house.person_of(provider)
    seen = (await person.get("/v1/payout-account")).headers["etag"]
    body = (await person.get("/v1/payout-account")).json()
    wish = {name: body[name] for name in ("bank_code", "bank_name", "branch_code", "branch_name", "account_kind",
                                          "account_number", "holder")}  # fmt: skip
    assert (await person.put("/v1/payout-account", json=wish)).status_code == 428
    by_key = await provider.client.put("/v1/payout-account", json=wish, headers={"If-Match": seen})
    assert by_key.json()["code"] == "payout_person_needed"
    assert (await person.put("/v1/payout-account", json=wish, headers={"If-Match": seen})).status_code == 200
    assert (await person.put("/v1/payout-account", json=wish, headers={"If-Match": seen})).status_code == 412
    kanji = await person.put("/v1/payout-account", json=wish | {"holder": "青葉"}, headers=SEEN)
    assert (kanji.status_code, kanji.json()["errors"][0]["code"]) == (422, "kanji")


async def test_nobody_but_the_desk_and_the_provider_sees_a_payout(house: House) -> None:
    provider, other = await house.provider(), await house.provider()
    await house.sell(provider, 10)
    draft = await house.made(provider)
    assert (await other.get(f"/v1/payouts/{draft['id']}")).status_code == 404
    assert (await other.get(f"/v1/payouts/{draft['id']}/lines")).status_code == 404
    assert (await other.get("/v1/payouts")).json()["data"] == []
    assert (await provider.get("/v1/admin/payouts")).status_code == 403
    buyer = await house.till.world.buyer()
    assert (await buyer.get("/v1/earnings")).json()["data"] == []
    wish = {"return_url": "https://a.example/done", "refresh_url": "https://a.example/again"}
    by_buyer = await (await house.person_of(buyer)).post("/v1/payouts/stripe-account", json=wish)
    assert by_buyer.status_code == 403
