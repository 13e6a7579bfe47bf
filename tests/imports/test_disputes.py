"""Two providers declare the same serials: is the operator told, and neither of them anything of the other?"""

from benchmarks.scenarios.import_ import holdings
from tests.imports.conftest import Importer

SEEN = {"If-Match": "*"}


async def declared(importer: Importer, rows: int, *, first_block: int = 0) -> list[str]:
    """The ids of new lots of so many blocks."""
    import_id = (await importer.staged(holdings(rows, first_block=first_block)))["import"]["id"]
    committed = await importer.commit(import_id)
    assert committed.status_code == 200, committed.text
    return [row["lot_id"] for row in await importer.rows(import_id, "good")]


async def test_overlaps_open_disputes_for_the_operator_and_name_nobody_to_the_others(
    verra: Importer, other: Importer
) -> None:
    first = await declared(verra, 4)
    before = (await verra.party.get("/v1/lots")).content
    second = await declared(other, 4, first_block=2)  # The last two of the first are the first two of the second.
    desk = verra.world.desk
    disputes = (await desk.get("/v1/admin/disputes", params={"status": "open"})).json()["data"]
    disputes.sort(key=lambda each: each["serial_first"])  # They were opened in the same moment.
    assert [[side["lot_id"] for side in each["lots"]] for each in disputes] == [
        [second[0], first[2]],
        [second[1], first[3]],
    ]
    assert [(each["serial_first"], each["serial_last"], each["quantity"]) for each in disputes] == [
        ("1000021", "1000030", 10),
        ("1000031", "1000040", 10),
    ]
    assert [side["provider_id"] for side in disputes[0]["lots"]] == [other.party.id, verra.party.id]
    assert (await verra.party.get("/v1/lots")).content == before, "Nothing that the first sees has changed."
    for mine, theirs in ((verra, other), (other, verra)):
        for path in ("/v1/lots", "/v1/imports", "/v1/notices"):
            told = (await mine.party.get(path)).text
            assert theirs.party.id not in told
            assert "dispute" not in told
        for path in ("/v1/admin/disputes", f"/v1/admin/disputes/{disputes[0]['id']}"):
            assert (await mine.party.get(path)).status_code == 403


async def test_the_answers_to_the_second_are_as_if_it_were_the_first(verra: Importer, other: Importer) -> None:
    await declared(verra, 3)
    staged = await other.staged(holdings(3))
    assert (staged["import"]["rows_good"], staged["bad_rows"]["data"]) == (3, [])
    committed = (await other.commit(staged["import"]["id"])).json()
    assert (committed["status"], committed["rows_good"], committed["rows_bad"]) == ("committed", 3, 0)
    lots = (await other.party.get("/v1/lots")).json()["data"]
    assert {lot["status"] for lot in lots} == {"declared"}


async def test_a_dispute_is_resolved_once_and_the_same_pair_is_never_told_twice(
    verra: Importer, other: Importer
) -> None:
    await declared(verra, 1)
    await declared(other, 1)
    desk = verra.world.desk
    [dispute] = (await desk.get("/v1/admin/disputes")).json()["data"]
    at = f"/v1/admin/disputes/{dispute['id']}/resolve"
    stale = await desk.post(at, {"note": "口座残高で確認"}, headers={"If-Match": '"v9"'})
    assert stale.status_code == 412
    done = await desk.post(at, {"note": "口座残高で確認"}, headers=SEEN)
    assert (done.status_code, done.json()["status"]) == (200, "resolved")
    again = await desk.post(at, {"note": "もう一度"}, headers=SEEN)
    assert (again.status_code, again.json()["code"]) == (409, "invalid_state")
    assert (await desk.get("/v1/admin/disputes", params={"status": "open"})).json()["data"] == []
