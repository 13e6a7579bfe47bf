"""What do the API's two doors to certificates show, and to whom?"""

import hashlib

import msgspec
import pytest

from app.certificates.rules import CertificateContents, new_number
from app.certificates.schemas import CertificateOut
from app.core.pages import PageOut


def as_(org_id) -> dict[str, str]:
    return {"Authorization": str(org_id)}


async def test_an_organisation_lists_its_own_certificates_newest_first(build, desk, http):
    first = await build.retirement()
    second = await build.retirement(org_id=first.org_id, simulated=True)
    other = await build.retirement()
    for built in (first, second, other):
        await desk.certify(built)
    answer = await http.get("/v1/certificates", headers=as_(first.org_id))
    assert answer.status_code == 200
    listed = msgspec.json.decode(answer.content, type=PageOut[CertificateOut])
    numbers = [(await desk.row(built))["number"] for built in (second, first)]
    assert [shown.number for shown in listed.data] == numbers
    assert [shown.simulated for shown in listed.data] == [True, False]
    shown, row = listed.data[1], await desk.row(first)
    assert shown.id.startswith("crt_")
    assert shown.retirement_id.startswith("ret_")
    assert (shown.pdf_sha256, shown.contents_sha256) == (row["pdf_sha256"], row["contents_sha256"])
    assert (shown.quantity, shown.beneficiary_name) == (63, first.story.beneficiary_name)


async def test_the_list_goes_on_where_the_cursor_says(build, desk, http):
    built = await build.retirement()
    buildings = [built, *[await build.retirement(org_id=built.org_id) for _ in range(2)]]
    for each in buildings:
        await desk.issue(each)
    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        answer = (await http.get("/v1/certificates", params=query, headers=as_(built.org_id))).json()
        seen += [shown["number"] for shown in answer["data"]]
        cursor = answer["next_cursor"]
    assert seen == [(await desk.row(each))["number"] for each in reversed(buildings)]
    assert cursor is None


async def test_a_provider_does_not_list_its_buyers_certificates_and_a_stranger_lists_none(build, desk, http):
    built = await build.retirement()
    await desk.certify(built)
    assert (await http.get("/v1/certificates", headers=as_(built.provider_id))).json()["data"] == []
    assert (await http.get("/v1/certificates")).status_code == 401


async def test_anybody_reads_the_frozen_bytes(build, desk, http):
    built = await build.retirement()
    number = await desk.certify(built)
    answer = await http.get(f"/v1/certificates/{number.lower().replace('-', '')}")
    row = await desk.row(built)
    assert answer.status_code == 200
    assert answer.content == row["contents"]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert msgspec.json.decode(answer.content, type=CertificateContents).number == number
    again = await http.get(f"/v1/certificates/{number}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("number", [new_number(7), "K7M2-9QXF-0000", "x"])
async def test_a_number_that_nobody_has_is_not_found(http, number):
    answer = await http.get(f"/v1/certificates/{number}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert answer.json()["detail"] == "No certificate has this number."


async def test_the_document_describes_both_shapes_and_who_may_ask(http):
    paths = (await http.get("/openapi.json")).json()
    listed = paths["paths"]["/v1/certificates"]["get"]
    shown = paths["paths"]["/v1/certificates/{number}"]["get"]
    assert listed["security"]
    assert not shown["security"]
    assert shown["responses"]["200"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/CertificateContents"
    }
    schemas = paths["components"]["schemas"]
    assert set(schemas["CertificateContents"]["properties"]) == set(CertificateContents.__struct_fields__)
    assert "CertificateOut" in schemas
    assert not [path for path in paths["paths"] if path.startswith(("/c/", "/verify", "/static", "/desk"))]
