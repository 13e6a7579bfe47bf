"""Who sees a project that only a provider's file tells of? Nobody but that provider, until the operator accepts evidence."""

from benchmarks.scenarios.import_ import holdings
from tests.imports.conftest import Importer

PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


async def test_a_declared_project_is_listed_by_accepted_evidence_and_not_before(
    verra: Importer, other: Importer
) -> None:
    staged = await verra.staged(holdings(1))
    [row] = await verra.rows(staged["import"]["id"], "good")
    assert row["declares"]["project_id"] is None
    assert row["declares"]["project"] == {
        "number": "9000", "name": "Made up project 9000", "country": "AU", "developer": "",
        "project_type": "Waste handling and disposal", "methodologies": ["ACM0001"],
    }  # fmt: skip
    assert row["declares"]["serial_text"] == "20000-1000001-1000010-VCS-VCU-263-VER-AU-7-9000-01012024-31122024-0"
    assert (await verra.commit(staged["import"]["id"])).status_code == 200
    [lot] = (await verra.party.get("/v1/lots")).json()["data"]
    project = lot["project_id"]
    for party in (other.party, verra.party):
        assert (await party.get(f"/v1/projects/{project}")).status_code == 404
        found = (await party.get("/v1/projects", params={"registry": "verra"})).json()["data"]
        assert project not in [each["id"] for each in found]
    shown = await verra.party.send(
        f"/v1/lots/{lot['id']}/evidence", PDF, "application/pdf", params={"as_of": "2026-11-01", "filename": "a.pdf"}
    )
    accepted = await verra.world.desk.post(f"/v1/admin/evidence/{shown.json()['id']}/accept", {"note": "見た"})
    assert accepted.status_code == 200, accepted.text
    listed = await other.party.get(f"/v1/projects/{project}")
    assert (listed.status_code, listed.json()["name"]) == (200, "Made up project 9000")


async def test_a_second_file_that_names_it_otherwise_changes_nothing(verra: Importer, other: Importer) -> None:
    for importer, content in (
        (verra, holdings(1)),
        (other, holdings(1, first_block=200).replace(b"Made up project 9000", b"Another name")),
    ):
        staged = await importer.staged(content)
        assert (await importer.commit(staged["import"]["id"])).status_code == 200
    lots = [(await importer.party.get("/v1/lots")).json()["data"][0] for importer in (verra, other)]
    assert lots[0]["project_id"] == lots[1]["project_id"]


async def test_a_registry_whose_whole_list_we_have_declares_no_project(verra: Importer) -> None:
    wish = {"registry_code": "jcredit", "account_no": "2", "holder_name": "見本の口座"}
    verra.account = (await verra.party.post("/v1/registry-accounts", wish)).json()["id"]
    text = (
        "registry,project_list,project_number,certification_no,serial_prefix,serial_first,serial_last,quantity,unit,"
        "vintage_from,vintage_to,note\njcredit,jcredit_normal,99999,X,P-,1,10,10,t,2024-04-01,2025-03-31,\n"
    )
    staged = await verra.staged(text.encode())
    assert staged["bad_rows"]["data"][0]["errors"][0]["code"] == "unknown_project"
