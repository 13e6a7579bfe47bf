"""A certificate exists only for what the registry recorded, once, and its facts never change."""

import asyncio
import hashlib
import json
from dataclasses import replace

import pytest
from sqlalchemy.exc import NoResultFound

from app.certificates import operations
from app.certificates.flow import printed_facts
from app.certificates.operations import Issuing
from app.certificates.rules import new_number, read_contents, read_number
from app.core.ids import new_id
from app.core.scope import Scope
from app.retirements.rules import RetirementStatus
from tests.certificates.retired_rows import CANARY_MINOR, NOW

UNRECORDED = [status.value for status in RetirementStatus if status != RetirementStatus.RECORDED]


@pytest.mark.parametrize("status", UNRECORDED)
async def test_nothing_but_a_recorded_retirement_is_certified(build, desk, status):
    built = await build.retirement(status=status, range_status="retiring")
    await desk.issue(built)
    for table in ("certificate", "public_certificate", "event", "job"):
        assert await desk.owner.fetchval(f"select count(*) from {table}") == 0


async def test_a_recorded_retirement_gets_its_certificate_its_public_copy_its_event_and_its_job(build, desk):
    built = await build.retirement()
    await desk.issue(built)
    row = await desk.row(built)
    assert read_number(row["number"]) == row["number"]
    assert (row["status"], row["evidence_grade"], row["org_id"]) == ("issued", "registry_statement", built.org_id)
    assert row["contents_sha256"] == hashlib.sha256(row["contents"]).hexdigest()
    public = await desk.owner.fetchrow("select * from public_certificate")
    assert (public["number"], public["contents"]) == (row["number"], row["contents"])
    event = await desk.owner.fetchrow("select kind, org_id, party_ids, subject_id, request_id from event")
    assert tuple(event) == ("certificate.issued", built.org_id, [], row["id"], "test")
    job = await desk.owner.fetchrow("select name, ids from job")
    assert job["name"] == "certificates.render"
    assert json.loads(job["ids"]) == {"org_id": str(built.org_id), "certificate_id": str(row["id"])}


async def test_issuing_twice_gives_one_certificate(build, desk):
    built = await build.retirement()
    await desk.issue(built)
    first = dict(await desk.row(built))
    await desk.issue(built)
    assert dict(await desk.row(built)) == first
    assert await desk.owner.fetchval("select count(*) from event") == 1


async def test_eight_workers_issuing_at_once_give_one_certificate(build, desk):
    built = await build.retirement()
    await asyncio.gather(*(desk.issue(built) for _ in range(8)))
    assert await desk.owner.fetchval("select count(*) from certificate") == 1
    assert await desk.owner.fetchval("select count(*) from job") == 1


async def test_the_contents_state_the_retirement(build, desk):
    built = await build.retirement()
    await desk.issue(built)
    row = await desk.row(built)
    facts = read_contents(row["contents"])
    assert facts.verify_url == f"https://desk.example.jp/c/{row['number']}"
    assert (facts.quantity, facts.unit, facts.fiscal_year) == (63, "t", 2026)
    assert (facts.beneficiary_name, facts.retired_by) == (built.story.beneficiary_name, built.story.provider_name)
    assert (facts.purpose.code, facts.purpose.ja, facts.purpose.en) == (
        "OFFSET",
        "カーボン・オフセット",
        "Carbon offsetting",
    )
    assert (str(facts.recorded_on), str(facts.issued_on)) == ("2026-11-20", "2026-11-23")
    assert (facts.registry.code, facts.registry_transaction) == ("jcredit", "20261120-000482")
    assert facts.reference == built.reference
    (line,) = facts.lines
    assert (line.list_kind, line.number, line.certification_no) == ("jcredit_normal", "411", "第1回認証")
    assert line.summary == "津和野町有林における 間伐促進プロジェクト"
    assert line.methodologies == ("FO-001 Ver. 1.0", "EN-R-001 Ver. 1.3および1.7")
    assert [(span.first, span.last, span.count) for span in line.serials] == [
        ("JCL-FO-0412-03-00000011", "JCL-FO-0412-03-00000060", 50),
        ("JCL-FO-0412-03-00000071", "JCL-FO-0412-03-00000083", 13),
    ]


async def test_the_contents_hold_no_price_no_order_and_not_the_buyer(build, desk):
    built = await build.retirement()
    await desk.issue(built)
    text = (await desk.row(built))["contents"].decode()
    for secret in (CANARY_MINOR, built.story.buyer_name, built.order_id, built.org_id, built.order_id.hex):
        assert str(secret) not in text
    assert not {"price", "order", "buyer", "amount"} & set(json.loads(text))


async def test_what_changes_afterwards_does_not_change_the_certificate(build, desk, http):
    built = await build.retirement()
    number = await desk.certify(built)
    before, pdf = await desk.row(built), await http.get(f"/c/{number}.pdf")
    await desk.owner.execute("update organisation set name = '改名株式会社'")
    await desk.owner.execute("update project set summary = '別の名前'")
    await desk.owner.execute("update registry set name_ja = '別の登録簿'")
    await desk.issue(built)
    await desk.render(built)
    assert dict(await desk.row(built)) == dict(before)
    assert (await http.get(f"/c/{number}.pdf")).content == pdf.content


async def test_a_retirement_whose_serials_do_not_add_up_is_not_certified(build, desk):
    built = await build.retirement()
    await desk.owner.execute("update serial_range set hi = hi - 1 where lo = 71")
    with pytest.raises(AssertionError, match="serials of 62 units for a quantity of 63"):
        await desk.issue(built)
    assert await desk.owner.fetchval("select count(*) from certificate") == 0


async def test_a_number_that_is_taken_is_passed_over(build, desk):
    first, second = await build.retirement(), await build.retirement()
    numbers = [new_number(1), new_number(2), new_number(3)]

    async def issued(built, *tried):
        scope = Scope.of_system(built.org_id, "test").with_party(built.provider_id)
        issuing = Issuing("Desk", "https://desk.example.jp", iter(tried))
        async with desk.db.transaction(scope) as session:
            return await operations.issue(
                session, built.org_id, built.retirement_id, new_id(), issuing=issuing, now=NOW
            )

    assert await issued(first, numbers[0])
    assert await issued(second, numbers[0], numbers[0], numbers[1], numbers[2])
    assert (await desk.row(first))["number"] == numbers[0]
    row = await desk.row(second)
    assert row["number"] == numbers[1]
    assert read_contents(row["contents"]).number == numbers[1]
    assert await desk.owner.fetchval("select count(*) from event") == 2


async def test_one_organisation_s_job_cannot_certify_another_s_retirement(build, desk):
    one, other = await build.retirement(), await build.retirement()
    with pytest.raises(NoResultFound):
        await desk.issue(replace(one, retirement_id=other.retirement_id))
    assert await desk.owner.fetchval("select count(*) from certificate") == 0


async def test_the_pdf_is_kept_under_its_hash_and_says_all_serials(build, desk):
    built = await build.retirement()
    number = await desk.certify(built)
    row, printed = await desk.row(built), await desk.pdf(built)
    content = await desk.files.get(row["pdf_key"])
    sha256 = hashlib.sha256(content).hexdigest()
    assert row["pdf_key"] == f"certificates/{number}/{sha256}.pdf"
    assert (row["pdf_sha256"], row["pdf_size_bytes"]) == (sha256, len(content))
    public = await desk.owner.fetchrow("select pdf_key, pdf_sha256, rendered_at from public_certificate")
    assert tuple(public) == (row["pdf_key"], sha256, NOW)
    facts = read_contents(row["contents"])
    for span in facts.lines[0].serials:
        assert printed.says(f"{span.first} – {span.last}")
    for words in (number, facts.beneficiary_name, facts.does_not_state.ja, facts.does_not_state.en, facts.evidence.ja):
        assert printed.says(words)
    assert not printed.says("DEMONSTRATION")
    kinds = await desk.owner.fetch("select kind, seq from event where subject_id = $1 order by seq", row["id"])
    assert [tuple(event) for event in kinds] == [("certificate.issued", 1), ("certificate.rendered", 2)]


async def test_rendering_again_changes_nothing(build, desk):
    built = await build.retirement()
    await desk.certify(built)
    before = dict(await desk.row(built))
    await desk.render(built)
    assert dict(await desk.row(built)) == before
    assert await desk.owner.fetchval("select count(*) from event") == 2


async def test_the_same_contents_set_again_give_the_same_bytes(build, desk):
    built = await build.retirement()
    await desk.certify(built)
    row = await desk.row(built)
    again = await desk.documents.certificate(printed_facts(read_contents(row["contents"])))
    assert hashlib.sha256(again).hexdigest() == row["pdf_sha256"]


async def test_four_workers_rendering_at_once_keep_one_pdf(build, desk):
    built = await build.retirement()
    await desk.issue(built)
    await desk.render(built, times_at_once=4)
    assert await desk.owner.fetchval("select count(*) from event where kind = 'certificate.rendered'") == 1
    assert (await desk.row(built))["version"] == 2


async def test_a_pdf_that_the_store_lost_is_made_again_with_the_same_hash(build, desk, tmp_path):
    built = await build.retirement()
    await desk.certify(built)
    row = await desk.row(built)
    lost = tmp_path / "files" / row["pdf_key"]
    content = lost.read_bytes()
    lost.unlink()
    await desk.render(built)
    assert lost.read_bytes() == content
    assert dict(await desk.row(built)) == dict(row)


async def test_a_simulated_retirement_is_marked_on_paper_and_in_the_facts(build, desk):
    built = await build.retirement(simulated=True)
    await desk.certify(built)
    printed = await desk.pdf(built)
    assert printed.says("DEMONSTRATION")
    assert printed.says("見本：何も証明しません")
    facts = json.loads((await desk.row(built))["contents"])
    assert facts["simulated"] is True


async def test_the_longest_texts_and_characters_without_a_glyph_in_the_list_still_give_one_page(build, desk):
    built = await build.retirement(
        beneficiary_name=("一般社団法人" + "国際持続可能地域社会開発推進機構" * 20)[:200],
        provider_name=("特定非営利活動法人" + "全国森林資源循環利用推進協議会" * 20)[:100],
        purpose_detail="第十二回持続可能な地域社会のための国際会議における会場の電力および空調" * 5
        + "ならびに参加者の移動",
        summary="🌲の森" + "北海道上川郡東川町および周辺市町村の公共施設と一般住宅における更新" * 12,
        location="愛知県小牧市、愛知県瀬戸市、岐阜県岐阜市、岐阜県揖斐郡大野町、" * 8,
        methodologies=tuple(f"EN-S-0{n:02} Ver. 1.0" for n in range(12)),
        ranges=tuple((n * 10, n * 10 + 5) for n in range(1, 31)),
        serial_prefix="JCL-ER-P043-0123456789-",
    )
    await desk.certify(built)
    printed = await desk.pdf(built)
    assert printed.pages == 1
    assert printed.says("〓の森")
    assert printed.says(built.story.beneficiary_name)
    facts = json.loads((await desk.row(built))["contents"])
    assert facts["lines"][0]["summary"].startswith("🌲の森")
    assert len(facts["lines"][0]["serials"]) == 30
