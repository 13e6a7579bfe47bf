"""Who says what is printed of whom, and what cannot be printed?"""

from app.core.scope import DESK_ID
from tests.invoices.counter import BILLING, PROFILE, SEEN, SELLERS_NUMBER, Counter


async def test_a_billing_profile_is_changed_by_who_has_seen_it(counter: Counter) -> None:
    buyer = await counter.world.buyer("青葉化学株式会社")
    shown = await buyer.get("/v1/billing-profile")
    assert (shown.json()["name"], shown.json()["version"], shown.headers["etag"]) == ("青葉化学株式会社", 0, '"v0"')
    changes = [
        await buyer.client.patch("/v1/billing-profile", json=BILLING, headers=headers)
        for headers in ({}, {"If-Match": '"v7"'}, {"If-Match": '"v0"'}, {"If-Match": '"v0"'})
    ]
    assert [change.status_code for change in changes] == [428, 412, 200, 412]
    assert (await buyer.get("/v1/billing-profile")).json() == changes[2].json()


async def test_what_our_fonts_cannot_print_is_refused_where_it_is_entered(counter: Counter) -> None:
    buyer = await counter.world.buyer()
    refused = await buyer.client.patch("/v1/billing-profile", json=BILLING | {"name": "株式会社😀"}, headers=SEEN)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_profile")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/name"]
    wrong = PROFILE | {"registration_number": "T1234567890123", "notes": ["😀"]}
    refused = await counter.world.desk.post("/v1/admin/desk-profiles", wrong)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/registration_number", "/notes/0"]
    assert (await buyer.post("/v1/admin/desk-profiles", PROFILE)).status_code == 403


async def test_a_paper_says_who_issued_it_on_its_day(counter: Counter) -> None:
    seller, buyer = await counter.seller(SELLERS_NUMBER), await counter.buyer()
    listing = await counter.world.listing(seller, 50)
    await counter.fulfilled(buyer, (listing, 1))
    [before] = await counter.papers(buyer, kind="invoice")
    entered = []
    for name, valid_from in (("新オフセットデスク株式会社", "2026-02-01"), ("まだないデスク株式会社", "2099-01-01")):
        answer = await counter.world.desk.post(
            "/v1/admin/desk-profiles", PROFILE | {"name": name, "valid_from": valid_from}
        )
        entered.append(answer.json()["id"])
    await counter.fulfilled(buyer, (listing, 1))
    [after, same] = await counter.papers(buyer, kind="invoice")
    assert (after["issuer_name"], same) == ("新オフセットデスク株式会社", before)
    listed = (await counter.world.desk.get("/v1/admin/desk-profiles")).json()["data"]
    assert [each["id"] for each in listed[:2]] == [entered[1], entered[0]]
    await counter.owner.execute("delete from desk_profile where org_id = $1 and name <> $2", DESK_ID, PROFILE["name"])


async def test_a_providers_registration_counts_only_as_it_was_confirmed(counter: Counter) -> None:
    seller, desk = await counter.seller(SELLERS_NUMBER, confirmed=False), counter.world.desk
    at = f"/v1/admin/organisations/{seller.id}/invoice-status"
    shown = (await desk.get(at)).json()
    assert (shown["registration_number"], shown["invoiced_for"], shown["version"]) == (SELLERS_NUMBER, False, 0)
    wish = {"confirmed_on": "2026-04-01", "note": "公表サイトで確認"}
    confirmed = await desk.client.patch(at, json=wish, headers={"If-Match": '"v0"'})
    assert (confirmed.status_code, confirmed.json()["invoiced_for"]) == (200, True)
    taken = await desk.client.patch(at, json=wish | {"confirmed_on": None}, headers={"If-Match": '"v1"'})
    assert (taken.json()["invoiced_for"], taken.json()["confirmed_number"]) == (False, None)
    unregistered = await counter.seller(None)
    at = f"/v1/admin/organisations/{unregistered.id}/invoice-status"
    refused = await desk.client.patch(at, json=wish, headers=SEEN)
    assert (refused.status_code, refused.json()["code"]) == (409, "provider_not_registered")
    buyer = await counter.buyer()
    assert (await desk.get(f"/v1/admin/organisations/{buyer.id}/invoice-status")).status_code == 404
