"""How does a lot come to sell, and who may stop it or take it back?"""

from uuid import UUID

import pytest

from app.core.ids import new_id, public_id
from app.inventory import operations
from tests.inventory_feature.doors import Doors
from tests.inventory_feature.scene import World

NOTE = {"note": "口座残高証明書と一致"}


async def decided(doors: Doors, evidence_id: str, decision: str):
    return await doors.post("operator", f"/v1/admin/evidence/{evidence_id}/{decision}", json=NOTE)


async def shown(doors: Doors, lot_id: UUID, *, caller: str = "provider"):
    return await doors.get(caller, f"/v1/lots/{public_id('lot', lot_id)}")


async def withdrawn(doors: Doors, lot_id: UUID, tag: str | None = None):
    tag = tag or (await shown(doors, lot_id)).headers["etag"]
    path = f"/v1/lots/{public_id('lot', lot_id)}/withdraw"
    return await doors.post("provider", path, headers={"If-Match": tag})


async def test_a_declared_lot_sells_once_its_evidence_is_accepted(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100, status="declared")
    submitted = await doors.show_evidence(lot_id)
    assert (submitted.status_code, submitted.json()["status"]) == (201, "submitted"), submitted.text
    evidence_id = submitted.json()["id"]
    waiting = (await doors.get("operator", "/v1/admin/evidence", params={"status": "submitted"})).json()["data"]
    assert [(each["evidence"]["id"], each["lot"]["id"], each["age_days"]) for each in waiting] == [
        (evidence_id, public_id("lot", lot_id), 0)
    ]
    file = await doors.get("operator", f"/v1/admin/evidence/{evidence_id}/file")
    assert (file.content, file.headers["content-type"]) == (b"%PDF-1.7 statement", "application/pdf")
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%8F%A3")
    accepted = await decided(doors, evidence_id, "accept")
    assert (accepted.status_code, accepted.json()["status"], accepted.json()["note"]) == (200, "accepted", NOTE["note"])
    lot = (await shown(doors, lot_id)).json()["lot"]
    assert (lot["status"], lot["confirmed_as_of"], lot["available"]) == ("confirmed", "2026-11-01", 100)
    async with world.db.transaction(world.trade()) as session:
        assert await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=1)
    assert await world.events(lot_id) == ["lot.confirmed"]
    assert await world.owner.fetchval("select count(*) from issuance") == 1


async def test_evidence_is_decided_once(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100, status="declared")
    tags = [(await shown(doors, lot_id)).headers["etag"]]
    first, second = [(await doors.show_evidence(lot_id)).json()["id"] for _ in range(2)]
    tags.append((await shown(doors, lot_id)).headers["etag"])
    assert (await decided(doors, first, "reject")).json()["status"] == "rejected"
    tags.append((await shown(doors, lot_id)).headers["etag"])
    assert len(set(tags)) == 3
    assert await world.status(lot_id) == "declared"
    for decision in ("accept", "reject"):
        again = await decided(doors, first, decision)
        assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "invalid_state", "rejected")
    assert (await decided(doors, second, "accept")).status_code == 200
    again = await decided(doors, second, "accept")
    assert (again.status_code, again.json()["state"]) == (409, "accepted")
    assert (await doors.show_evidence(lot_id)).json()["state"] == "confirmed"


@pytest.mark.parametrize(
    ("content", "media_type", "as_of", "code"),
    [
        (b"MZ\x90", "application/pdf", "2026-11-01", "file_type_wrong"),
        (b"%PDF-1.7", "image/png", "2026-11-01", "file_type_wrong"),
        (b"%PDF-1.7", "image/jpeg", "2026-11-01", "file_type_wrong"),
        (b"a,b\x00", "text/csv", "2026-11-01", "file_type_wrong"),
        (b"", "text/csv", "2026-11-01", "invalid_fields"),
        (b"%PDF-1.7", "application/pdf", "2999-01-01", "invalid_evidence"),
        (b"<svg/>", "image/svg+xml", "2026-11-01", "unsupported_media_type"),
        (b"%PDF-1.7", "application/pdf", "yesterday", "invalid_fields"),
    ],
)
async def test_a_file_that_is_no_evidence_is_refused(
    doors: Doors, world: World, content, media_type, as_of, code
) -> None:
    lot_id = await world.lot(100, status="declared")
    answer = await doors.show_evidence(lot_id, content, media_type=media_type, as_of=as_of)
    assert answer.json()["code"] == code, answer.text
    assert await world.owner.fetchval("select count(*) from lot_evidence") == 0


async def test_every_type_of_evidence_is_taken(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100, status="declared")
    for media_type, content in (
        ("image/png", b"\x89PNG\r\n\x1a\n..."),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("text/csv", "シリアル,数量".encode("cp932")),
    ):
        assert (await doors.show_evidence(lot_id, content, media_type=media_type)).status_code == 201
    assert len((await shown(doors, lot_id)).json()["evidence"]) == 3


async def test_of_two_lots_with_one_serial_the_second_is_disputed_and_told_nothing(doors: Doors, world: World) -> None:
    winner = await world.lot(100, lo=1, status="declared", certification_no="認証-甲")
    loser = await world.lot(100, lo=100, provider=world.other_provider, status="declared", certification_no="認証-乙")
    first = (await doors.show_evidence(winner)).json()["id"]
    second = (await doors.show_evidence(loser, caller="other_provider")).json()["id"]
    assert (await decided(doors, first, "accept")).status_code == 200
    refused = await decided(doors, second, "accept")
    assert (refused.status_code, refused.json()["code"]) == (409, "lot_conflict")
    for secret in (public_id("lot", winner), str(winner), str(world.provider), "認証-甲"):
        assert secret not in refused.text
    assert [await world.status(winner), await world.status(loser)] == ["confirmed", "disputed"]
    seen = await shown(doors, loser, caller="other_provider")
    assert (seen.json()["lot"]["status"], public_id("lot", winner) in seen.text) == ("disputed", False)
    assert await world.events(loser) == ["lot.disputed"]
    assert await world.owner.fetchval("select count(*) from issuance where certification_no = '認証-乙'") == 0
    assert (await decided(doors, second, "accept")).json()["code"] == "lot_conflict"  # Asked again: disputed still.
    assert await world.events(loser) == ["lot.disputed"]
    assert (await withdrawn(doors, winner)).json()["lot"]["status"] == "withdrawn"
    assert (await decided(doors, second, "accept")).status_code == 200  # The serials have become free.
    assert await world.uneven() == []


async def test_an_issuance_says_the_same_for_every_lot_of_it(doors: Doors, world: World) -> None:
    first = await world.lot(10, lo=1, status="declared", certification_no="認証-1")
    second = await world.lot(10, lo=11, status="declared", certification_no="認証-1")
    await world.owner.execute("update lot set vintage_to = '2025-03-31' where id = $1", second)
    ids = [(await doors.show_evidence(lot_id)).json()["id"] for lot_id in (first, second)]
    assert (await decided(doors, ids[0], "accept")).status_code == 200
    assert (await decided(doors, ids[1], "accept")).json()["code"] == "issuance_differs"
    assert await world.status(second) == "declared"


async def test_a_lot_without_a_certification_number_is_not_confirmed(doors: Doors, world: World) -> None:
    lot_id = await world.lot(10, status="declared")
    await world.owner.execute("update lot set certification_no = ''")
    evidence_id = (await doors.show_evidence(lot_id)).json()["id"]
    assert (await decided(doors, evidence_id, "accept")).json()["code"] == "certification_no_missing"


async def test_a_frozen_lot_sells_nothing_until_it_is_set_free(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100)
    path = f"/v1/admin/lots/{public_id('lot', lot_id)}"
    assert (await doors.post("operator", f"{path}/freeze", json=NOTE)).json()["status"] == "frozen"
    async with world.db.transaction(world.trade()) as session:
        assert not await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=1)
    assert (await doors.post("operator", f"{path}/unfreeze", json=NOTE)).json()["status"] == "confirmed"
    async with world.db.transaction(world.trade()) as session:
        assert await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=1)
    assert await world.events(lot_id) == ["lot.frozen", "lot.confirmed"]


ALLOWED = {
    "evidence": {"declared", "disputed"},
    "withdraw": {"declared", "disputed", "confirmed"},
    "freeze": {"confirmed"},
    "unfreeze": {"frozen"},
}


async def test_a_wrong_transition_is_refused_naming_the_state_that_was_found(doors: Doors, world: World) -> None:
    statuses = ("declared", "confirmed", "frozen", "disputed", "exhausted", "withdrawn")
    for n, status in enumerate(statuses):
        for m, (verb, allowed) in enumerate(ALLOWED.items()):
            lot_id = await world.lot(10, lo=1 + 1000 * n + 100 * m, status=status)
            path = f"/v1/admin/lots/{public_id('lot', lot_id)}/{verb}"
            match verb:
                case "evidence":
                    answer = await doors.show_evidence(lot_id)
                case "withdraw":
                    answer = await withdrawn(doors, lot_id)
                case _:
                    answer = await doors.post("operator", path, json=NOTE)
            if status in allowed:
                assert answer.status_code < 300, (status, verb, answer.text)
                continue
            assert (answer.status_code, answer.json()["state"]) == (409, status), (verb, answer.text)
            assert await world.status(lot_id) == status


async def test_a_withdrawn_lot_gives_its_serials_to_the_next_holder(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100)
    answer = await withdrawn(doors, lot_id)
    assert (answer.json()["lot"]["status"], answer.json()["lot"]["withdrawn"]) == ("withdrawn", 100)
    assert await world.events(lot_id) == ["lot.withdrawn"]
    await world.lot(100, provider=world.other_provider)
    await world.lot(100, lo=1, status="declared")
    assert await world.uneven() == []


async def test_what_is_reserved_or_sold_stays_when_the_rest_is_withdrawn(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100)
    await world.bought(lot_id, 10)
    async with world.db.transaction(world.trade()) as session:
        assert await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=20)
    answer = (await withdrawn(doors, lot_id)).json()["lot"]
    places = {name: answer[name] for name in ("available", "reserved", "held", "withdrawn", "imported", "status")}
    assert places == {
        "available": 0,
        "reserved": 20,
        "held": 10,
        "withdrawn": 70,
        "imported": 100,
        "status": "confirmed",
    }
    assert (await withdrawn(doors, lot_id)).json()["code"] == "nothing_to_withdraw"
    async with world.db.transaction(world.trade()) as session:
        await operations.release(session, provider_id=world.provider, lot_id=lot_id, quantity=20)
    assert (await withdrawn(doors, lot_id)).json()["lot"]["status"] == "exhausted"
    assert await world.events(lot_id) == ["lot.withdrawn", "lot.withdrawn", "lot.exhausted"]
    assert await world.uneven() == []


async def test_a_withdrawal_names_the_lot_as_it_was_seen(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100)
    path = f"/v1/lots/{public_id('lot', lot_id)}/withdraw"
    assert (await doors.post("provider", path)).status_code == 428
    tag = (await shown(doors, lot_id)).headers["etag"]
    await world.bought(lot_id, 1)
    stale = await withdrawn(doors, lot_id, tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert (await shown(doors, lot_id)).headers["etag"] == stale.headers["etag"] != tag


async def test_lots_are_listed_with_where_their_units_are(doors: Doors, world: World) -> None:
    first, second = await world.lot(100), await world.lot(50, lo=501, status="declared")
    holding = await world.bought(first, 30)
    async with world.db.transaction(world.trade()) as session:
        await operations.start_retiring(
            session,
            owner_id=world.buyer,
            provider_id=world.provider,
            holding_id=holding.id,
            retirement_id=new_id(),
            quantity=12,
        )
    page = (await doors.get("provider", "/v1/lots", params={"limit": 1})).json()
    assert [lot["id"] for lot in page["data"]] == [public_id("lot", second)]
    page = (await doors.get("provider", "/v1/lots", params={"limit": 1, "cursor": page["next_cursor"]})).json()
    lot = page["data"][0]
    assert (lot["available"], lot["sold"], lot["held"], lot["retiring"], lot["retired"]) == (70, 30, 18, 12, 0)
    assert not page["has_more"]
    listed = (await doors.get("provider", "/v1/lots", params={"status": "declared"})).json()["data"]
    assert [lot["id"] for lot in listed] == [public_id("lot", second)]


async def test_other_peoples_lots_and_evidence_are_not_found(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100, status="declared")
    evidence_id = (await doors.show_evidence(lot_id)).json()["id"]
    path = f"/v1/lots/{public_id('lot', lot_id)}"
    assert (await doors.get("other_provider", path)).status_code == 404
    assert (await doors.show_evidence(lot_id, caller="other_provider")).status_code == 404
    assert (await doors.post("other_provider", f"{path}/withdraw", headers={"If-Match": "*"})).status_code == 404
    assert (await doors.get("buyer", path)).status_code == 404
    for caller in ("provider", "other_provider", "buyer"):
        for method, admin in (
            ("GET", "/v1/admin/evidence"),
            ("GET", f"/v1/admin/evidence/{evidence_id}/file"),
            ("POST", f"/v1/admin/evidence/{evidence_id}/accept"),
            ("POST", f"/v1/admin/evidence/{evidence_id}/reject"),
            ("POST", f"/v1/admin/lots/{public_id('lot', lot_id)}/freeze"),
        ):
            assert (await doors.ask(caller, method, admin, json=NOTE if method == "POST" else None)).status_code == 403
    assert (await decided(doors, public_id("evd", new_id()), "accept")).status_code == 404
    assert (
        await doors.post("operator", f"/v1/admin/lots/{public_id('lot', new_id())}/freeze", json=NOTE)
    ).status_code == 404
