"""Does a holdings file become lots only as a person said, and is every wrong row told with its place?"""

from app.core.ids import new_id, public_id, read_public_id
from tests.inventory.files import good, written
from tests.inventory_feature.doors import Doors
from tests.inventory_feature.scene import World

HERE = {"project_number": "1"}


def row(first: int, count: int = 10, **cells: str) -> list[str]:
    serials = {"serial_first": str(first).zfill(6), "serial_last": str(first + count - 1).zfill(6)}
    return good(**(HERE | serials | {"quantity": str(count)} | cells))


async def staged(doors: Doors, world: World, *rows: list[str]) -> dict:
    answer = await doors.stage(written(rows), account=world.accounts[world.provider])
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_good_file_is_staged_without_writing_a_lot(doors: Doors, world: World) -> None:
    answer = await staged(doors, world, row(1), row(11))
    assert {name: answer["import"][name] for name in ("status", "rows_total", "rows_good", "rows_bad", "encoding")} == {
        "status": "staged",
        "rows_total": 2,
        "rows_good": 2,
        "rows_bad": 0,
        "encoding": "utf-8",
    }
    assert answer["bad_rows"] == {"data": [], "has_more": False, "next_cursor": None}
    assert await world.owner.fetchval("select count(*) from lot") == 0
    assert await world.owner.fetchval("select count(*) from lot_stock") == 0
    assert await world.owner.fetchval("select count(*) from import_row") == 2
    kept = await doors.files.get(f"imports/{answer['import']['sha256']}")
    assert kept == written([row(1), row(11)]).encode()


WRONG: list[tuple[dict[str, str], tuple[str, str]]] = [
    ({"project_number": "999"}, ("project_number", "unknown_project")),
    ({"project_list": "jcredit_programme"}, ("project_number", "unknown_project")),
    ({"registry": "nowhere", "project_list": ""}, ("registry", "unknown_registry")),
    ({"registry": "isometric", "project_list": "", "unit": "kg"}, ("registry", "registry_not_of_account")),
    ({"registry": "isometric", "project_list": "", "unit": "t"}, ("unit", "unit_not_of_registry")),
    ({"unit": "kg"}, ("unit", "unit_not_of_registry")),
    ({"quantity": "9"}, ("quantity", "quantity_contradicts_serials")),
    ({"vintage_to": "2022-01-01"}, ("vintage_to", "vintage_reversed")),
    ({"serial_first": "abc"}, ("serial_first", "not_digits")),
    ({"certification_no": ""}, ("certification_no", "empty_cell")),
    ({"note": "=1+1"}, ("note", "formula_like_note")),
    ({"note": "a\0b"}, ("note", "control_character")),
]


async def test_every_wrong_row_is_told_by_row_column_and_code_and_nothing_is_written(
    doors: Doors, world: World
) -> None:
    rows = [row(1 + 10 * n, **cells) for n, (cells, _) in enumerate(WRONG)]
    answer = await staged(doors, world, *rows, row(5000))
    bad = answer["bad_rows"]["data"]
    assert [(each["row"], each["outcome"], each["lot_id"], each["declares"]) for each in bad] == [
        (2 + n, "bad", None, None) for n in range(len(WRONG))
    ]
    for each, (_, place) in zip(bad, WRONG, strict=True):
        assert place in [(error["column"], error["code"]) for error in each["errors"]], each
    assert (answer["import"]["rows_good"], answer["import"]["rows_bad"]) == (1, len(WRONG))
    assert await world.owner.fetchval("select count(*) from lot") == 0


async def test_rows_that_contradict_each_other_are_told(doors: Doors, world: World) -> None:
    answer = await staged(doors, world, row(1), row(5), row(1))
    codes = [(each["row"], each["errors"][0]["code"]) for each in answer["bad_rows"]["data"]]
    assert codes == [(3, "overlapping_serials"), (4, "duplicate_serials")]


async def test_a_file_with_a_wrong_header_is_one_bad_row(doors: Doors, world: World) -> None:
    answer = await doors.stage("a,b\n1,2\n", account=world.accounts[world.provider])
    body = answer.json()
    assert body["import"]["rows_total"] == 1
    assert {error["code"] for error in body["bad_rows"]["data"][0]["errors"]} == {"unknown_column", "missing_column"}


async def test_serials_that_are_declared_already_are_told_with_their_lot(doors: Doors, world: World) -> None:
    lot_id = await world.lot(10, lo=5, series="jcredit::prefix-", status="declared")
    gone = await world.lot(10, lo=101, series="jcredit::prefix-", status="withdrawn")
    theirs = await world.lot(10, lo=201, series="jcredit::prefix-", provider=world.other_provider)
    answer = await staged(doors, world, row(1), row(101), row(201), row(14, 1), row(15))
    errors = [(each["row"], each["errors"][0]["code"]) for each in answer["bad_rows"]["data"]]
    assert errors == [(2, "already_declared"), (5, "already_declared")]
    assert public_id("lot", lot_id) in answer["bad_rows"]["data"][0]["errors"][0]["detail"]
    assert public_id("lot", gone) not in str(answer)
    assert public_id("lot", theirs) not in str(answer)


async def test_all_or_only_the_good_rows_become_lots(doors: Doors, world: World) -> None:
    answer = await staged(doors, world, row(1), row(11, unit="kg"), row(21, 30, note="倉庫"))
    import_id = answer["import"]["id"]
    refused = await doors.commit(import_id, "all")
    assert (refused.status_code, refused.json()["code"]) == (409, "import_has_bad_rows")
    assert await world.owner.fetchval("select count(*) from lot") == 0
    done = await doors.commit(import_id, "good")
    assert (done.status_code, done.json()["status"]) == (200, "committed")
    lots = await world.owner.fetch("select * from lot l join lot_stock s on s.lot_id = l.id order by lo")
    assert [(lot["lo"], lot["hi"], lot["status"], lot["imported"], lot["free"], lot["sellable"]) for lot in lots] == [
        (1, 11, "declared", 10, 10, False),
        (21, 51, "declared", 30, 30, False),
    ]
    assert (lots[1]["note"], lots[1]["serial_prefix"], lots[1]["series_key"]) == ("倉庫", "PREFIX-", "jcredit::prefix-")
    rows = (await doors.get("provider", f"/v1/imports/{import_id}/rows", params={"outcome": "good"})).json()["data"]
    assert [each["lot_id"] for each in rows] == [public_id("lot", lot["id"]) for lot in lots]
    assert await world.events(lots[0]["id"]) == ["lot.declared"]
    assert await world.events(read_public_id("imp", import_id)) == ["import.staged", "import.committed"]


async def test_a_commit_is_answered_once_and_repeated_byte_for_byte(doors: Doors, world: World) -> None:
    import_id = (await staged(doors, world, row(1)))["import"]["id"]
    assert (await doors.post("provider", f"/v1/imports/{import_id}/commit", json={"rows": "all"})).status_code == 400
    first = await doors.commit(import_id, "all", key="one")
    again = await doors.commit(import_id, "all", key="one")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    other = await doors.commit(import_id, "all", key="two")
    assert (other.status_code, other.json()["code"], other.json()["state"]) == (409, "import_not_staged", "committed")
    assert await world.owner.fetchval("select count(*) from lot") == 1


async def test_the_same_file_twice_declares_its_serials_once(doors: Doors, world: World) -> None:
    first, second = await staged(doors, world, row(1), row(11)), await staged(doors, world, row(1), row(11))
    assert first["import"]["sha256"] == second["import"]["sha256"]
    assert (await doors.commit(first["import"]["id"], "all")).status_code == 200
    late = await doors.commit(second["import"]["id"], "all")
    lots = await world.owner.fetch("select id from lot order by lo")
    assert (late.status_code, late.json()["code"]) == (409, "already_declared")
    assert late.json()["lot_ids"] == [public_id("lot", lot["id"]) for lot in lots]
    third = await staged(doors, world, row(1), row(11))
    assert [each["errors"][0]["code"] for each in third["bad_rows"]["data"]] == ["already_declared"] * 2


async def test_a_late_commit_that_overlaps_in_its_last_row_writes_nothing(doors: Doors, world: World) -> None:
    rows = [row(1 + 10 * n) for n in range(600)]  # Two batches: the first is written before the second meets the lot.
    import_id = (await staged(doors, world, *rows))["import"]["id"]
    lot_id = await world.lot(1, lo=6000, series="jcredit::prefix-", status="declared")
    late = await doors.commit(import_id, "all")
    assert (late.status_code, late.json()["lot_ids"]) == (409, [public_id("lot", lot_id)])
    assert await world.owner.fetchval("select count(*) from lot") == 1
    assert await world.owner.fetchval("select count(*) from import_row where lot_id is not null") == 0
    shown = await doors.get("provider", f"/v1/imports/{import_id}")
    assert shown.json()["status"] == "staged"


async def test_a_file_saved_by_a_japanese_spreadsheet_is_read(doors: Doors, world: World) -> None:
    text = written([row(1, note="髙橋商店①")])
    answer = await doors.stage(text.encode("cp932"), account=world.accounts[world.provider])
    body = answer.json()
    assert (body["import"]["encoding"], body["import"]["rows_good"]) == ("cp932", 1)
    rows = (await doors.get("provider", f"/v1/imports/{body['import']['id']}/rows")).json()["data"]
    assert rows[0]["declares"]["note"] == "髙橋商店①"
    broken = await doors.stage(b"\xff\xfe\x00", account=world.accounts[world.provider])
    assert (broken.status_code, broken.json()["code"]) == (400, "file_unreadable")


async def test_a_discarded_import_cannot_be_committed_nor_discarded_again(doors: Doors, world: World) -> None:
    import_id = (await staged(doors, world, row(1)))["import"]["id"]
    assert (await doors.post("provider", f"/v1/imports/{import_id}/discard")).json()["status"] == "discarded"
    assert (await doors.post("provider", f"/v1/imports/{import_id}/discard")).status_code == 409
    assert (await doors.commit(import_id, "good")).json()["code"] == "import_not_staged"


async def test_an_import_without_a_good_row_is_not_committed(doors: Doors, world: World) -> None:
    import_id = (await staged(doors, world, row(1, unit="kg")))["import"]["id"]
    assert (await doors.commit(import_id, "good")).json()["code"] == "nothing_to_import"


async def test_imports_and_rows_are_paged(doors: Doors, world: World) -> None:
    rows = [row(1 + 10 * n, unit="kg" if n % 2 else "t") for n in range(60)]
    body = await staged(doors, world, *rows)
    import_id, page = body["import"]["id"], body["bad_rows"]
    seen = [each["row"] for each in page["data"]]
    while page["has_more"]:
        params = {"outcome": "bad", "cursor": page["next_cursor"]}
        page = (await doors.get("provider", f"/v1/imports/{import_id}/rows", params=params)).json()
        seen += [each["row"] for each in page["data"]]
    assert seen == list(range(3, 62, 2))
    other = (await staged(doors, world, row(5000)))["import"]["id"]
    listed = (await doors.get("provider", "/v1/imports", params={"status": "staged"})).json()["data"]
    assert [each["id"] for each in listed] == [other, import_id]


async def test_other_providers_imports_and_accounts_are_not_found(doors: Doors, world: World) -> None:
    import_id = (await staged(doors, world, row(1)))["import"]["id"]
    for path in (f"/v1/imports/{import_id}", f"/v1/imports/{import_id}/rows", "/v1/imports/imp_x"):
        assert (await doors.get("other_provider", path)).status_code == 404
    assert (await doors.commit(import_id, "all", caller="other_provider")).status_code == 404
    assert (await doors.post("other_provider", f"/v1/imports/{import_id}/discard")).status_code == 404
    theirs = await doors.stage(written([row(1)]), account=world.accounts[world.other_provider])
    assert (theirs.status_code, theirs.json()["code"]) == (404, "registry_account_not_found")
    assert (await doors.get("other_provider", "/v1/imports")).json()["data"] == []
    assert (await doors.stage(written([row(1)]), account=new_id(), caller="buyer")).status_code == 403
    assert (await doors.stage(written([row(1)]), account=new_id(), caller="reader")).status_code == 403
    assert (await doors.get("nobody", f"/v1/imports/{import_id}")).status_code == 401


async def test_the_template_passes_its_own_import_but_for_what_the_desk_does_not_know(
    doors: Doors, world: World
) -> None:
    answer = await doors.get("provider", "/v1/imports/template")
    assert answer.headers["content-type"].startswith("text/csv")
    body = (await doors.stage(answer.content, account=world.accounts[world.provider])).json()
    assert (body["import"]["encoding"], body["import"]["rows_good"]) == ("utf-8-sig", 1)
    assert [error["code"] for error in body["bad_rows"]["data"][0]["errors"]] == ["registry_not_of_account"]


async def test_registry_accounts_are_entered_once(doors: Doors, world: World) -> None:
    account = {"registry_code": "jcredit", "account_no": " JC-7 ", "holder_name": "株式会社森"}
    made = await doors.post("provider", "/v1/registry-accounts", json=account)
    assert (made.status_code, made.json()["account_no"], made.headers["etag"]) == (201, "JC-7", '"v1"')
    again = await doors.post("provider", "/v1/registry-accounts", json=account)
    assert (again.status_code, again.json()["code"]) == (409, "registry_account_exists")
    assert (await doors.post("other_provider", "/v1/registry-accounts", json=account)).status_code == 201
    wrong = await doors.post(
        "provider", "/v1/registry-accounts", json=account | {"registry_code": "x", "holder_name": "　"}
    )
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/holder_name", "/registry_code"]
    listed = (await doors.get("provider", "/v1/registry-accounts")).json()["data"]
    assert [each["account_no"] for each in listed] == ["JC-1", "JC-7"]
    assert (await doors.post("buyer", "/v1/registry-accounts", json=account)).status_code == 403
