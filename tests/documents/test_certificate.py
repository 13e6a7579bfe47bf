"""Does a certificate say what it was given, on one page, the same every time, and nothing else?"""

import subprocess
import sys
import time
from datetime import date
from hashlib import sha256
from pathlib import Path
from statistics import median

import msgspec
import pytest

from integrations.documents.client import CertificateFacts, DocumentRefused, Documents, EnergyAttribute

ROOT = Path(__file__).parents[2]

ELSEWHERE = """
import asyncio, sys, msgspec
from integrations.documents.client import CertificateFacts
from integrations.documents.typst import TypstDocuments
facts = msgspec.json.decode(sys.stdin.buffer.read(), type=CertificateFacts)
sys.stdout.buffer.write(asyncio.run(TypstDocuments().certificate(facts)))
"""


def replaced(facts: CertificateFacts, **changes: object) -> CertificateFacts:
    return msgspec.structs.replace(facts, **changes)


def test_the_setter_is_what_the_rest_of_the_house_asks_for(documents):
    assert isinstance(documents, Documents)


async def test_the_same_facts_give_the_same_bytes(documents, normal):
    assert await documents.certificate(normal) == await documents.certificate(normal)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
async def test_another_process_in_another_zone_and_locale_gives_the_same_bytes(documents, normal, zone):
    there = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        input=msgspec.json.encode(normal),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"TZ": zone, "LC_ALL": "C", "PYTHONHASHSEED": "7"},
    )
    assert sha256(there.stdout).hexdigest() == sha256(await documents.certificate(normal)).hexdigest()


@pytest.mark.parametrize("which", ["normal", "longest"])
async def test_every_fact_can_be_read_back_in_both_languages(documents, printed, request, which):
    facts: CertificateFacts = request.getfixturevalue(which)
    page = printed(await documents.certificate(facts))
    expected = [
        *("カーボン・クレジット無効化証明書", "Certificate of carbon credit retirement"),
        *(facts.number, facts.verify_url, facts.issuer_name, f"{facts.quantity:,}", "t-CO2"),
        *(facts.beneficiary_name, facts.retired_by, facts.purpose_ja, facts.purpose_en, facts.purpose_detail),
        *("2026年度", "FY2026", "2026年11月20日", "20 November 2026", "2026年11月23日", "Issued 23 November 2026"),
        *(facts.registry_name_ja, facts.registry_name_en, facts.registry_transaction, facts.reference),
        *(facts.evidence_ja, facts.evidence_en),
    ]
    for line in facts.lines:
        expected += [line.project_number, line.project_name, line.location, *line.methodologies, *line.serials]
        expected += [str(line.vintage_from), str(line.vintage_to), f"{line.quantity:,}"]
    assert [words for words in expected if not page.says(words)] == []


async def test_it_says_what_it_does_not_claim_and_never_neutral(documents, printed, normal):
    page = printed(await documents.certificate(normal))
    assert page.says("対象の催し・製品・事業者の排出がないことを述べるものではありません")
    assert page.says("It does not state that an event, product or company has no emissions.")
    assert page.says("再び使うことはできません")
    assert page.says("cannot be used again")
    assert page.says("認定を受けた事業者ではありません")
    assert page.says("registered, not certified")
    assert page.says("税務上の事業年度はこの日で決まります")
    assert "neutral" not in page.text.lower()
    assert "ニュートラル" not in page.text


async def test_the_worst_case_and_the_smallest_keep_to_one_a4_page(documents, printed, normal, longest):
    assert len(longest.beneficiary_name) == 60
    assert len(longest.purpose_detail) == 200
    assert {len(line.project_name) for line in longest.lines} == {80}
    bare = replaced(normal, lines=normal.lines[:1], fiscal_year=None, registry_transaction=None, purpose_detail="式典")
    for facts in (normal, longest, replaced(longest, demonstration=True), bare):
        page = printed(await documents.certificate(facts))
        assert page.pages == 1
        assert [round(float(side)) for side in page.reader.pages[0].mediabox[2:]] == [595, 842]


async def test_what_does_not_fit_is_counted_and_pointed_to(documents, printed, normal, longest):
    many = replaced(normal, lines=normal.lines[:1] * 40)
    page = printed(await documents.certificate(many))
    assert page.pages == 1
    assert page.says("ほか34件")
    assert page.says("… and 34 more; all in the JSON")

    ranges = tuple(f"JC-{number:03} – JC-{number:03}" for number in range(30))
    page = printed(await documents.certificate(replaced(normal, lines=(replaced(normal.lines[0], serials=ranges),))))
    assert page.says("JC-003 – JC-003")
    assert not page.says("JC-004 – JC-004")
    assert page.says("ほか26区間")

    wordy = replaced(longest, lines=tuple(replaced(line, methodologies=("方法論" * 60,)) for line in longest.lines))
    page = printed(await documents.certificate(wordy))
    assert page.pages == 1
    assert page.says("件（照合ページのJSONに全記載）")


async def test_more_text_than_a_page_takes_is_refused_rather_than_cut(documents, normal):
    with pytest.raises(DocumentRefused, match="more text than one page takes"):
        await documents.certificate(replaced(normal, purpose_detail="長" * 4000))


async def test_a_serial_without_spaces_stays_in_its_column_and_keeps_its_characters(documents, printed, normal):
    serial = "10021-405892345-405892444-VCS-VCU-259-VER-IN-1-1976-01012023-31122023-0"
    line = replaced(normal.lines[0], serials=(serial,))
    assert printed(await documents.certificate(replaced(normal, lines=(line,)))).says(serial)


@pytest.mark.parametrize(
    "text",
    [
        '#read("/etc/passwd")',
        "$x^2$",
        "*bold* _slanted_",
        "#panic()",
        "[a] <b> @c",
        "= head",
        "\\u{41}",
        "// gone",
        '"]}',
    ],
)
async def test_what_people_type_is_printed_and_never_run(documents, printed, normal, text):
    line = replaced(normal.lines[0], project_name=text, location=text, methodologies=(text,), serials=(text,))
    facts = replaced(
        normal, beneficiary_name=text, purpose_detail=text, issuer_name=text, reference=text, lines=(line,)
    )
    page = printed(await documents.certificate(facts))
    assert page.text.count("".join(text.split())) == 8
    assert "root:" not in page.text


async def test_all_fonts_are_embedded_and_ours(documents, printed, normal):
    fonts = printed(await documents.certificate(normal)).fonts()
    assert sorted(font["/FontName"].split("+")[1] for font in fonts) == ["NotoSansJP-Bold", "NotoSansJP-Regular"]
    assert all("/FontFile2" in font for font in fonts)


async def test_the_file_says_pdf_a_2b_tagged_and_dated_by_its_issue(documents, printed, normal):
    content = await documents.certificate(normal)
    reader = printed(content).reader
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert reader.trailer["/Root"]["/Lang"] == "ja-JP"
    assert reader.metadata["/CreationDate"].startswith("D:20261123000000")
    packet = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in packet
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in packet


async def test_only_a_demonstration_carries_its_mark(documents, printed, normal):
    real = printed(await documents.certificate(normal))
    shown = printed(await documents.certificate(replaced(normal, demonstration=True)))
    assert shown.says("見本：何も証明しません")
    assert shown.says("見本 — proves nothing")
    assert shown.text.count("DEMONSTRATION") == 2
    assert "DEMONSTRATION" not in real.text
    assert "見本" not in real.text


@pytest.mark.parametrize(
    ("unit", "expected", "kind"),
    [
        ("t", "213 t-CO2", "Credits issued for emissions"),
        ("kg", "213 kg-CO2", "Credits issued for emissions"),
        ("kWh", "213 kWh", "attributes of energy"),
        ("MJ", "213 MJ", "attributes of energy"),
    ],
)
async def test_each_unit_is_written_and_explained(documents, printed, normal, unit, expected, kind):
    page = printed(await documents.certificate(replaced(normal, unit=unit)))
    assert page.says(expected)
    assert page.says(kind)


async def test_a_character_without_a_glyph_is_refused_by_name(documents, normal):
    with pytest.raises(DocumentRefused, match=r"K7M2-9QXF-4HJD.*🎉"):
        await documents.certificate(replaced(normal, beneficiary_name="祭り🎉"))


async def test_names_with_rare_characters_and_their_variants_print(documents, printed, normal):
    name = "森鷗外 㐂久 𠮷野家 髙﨑 葛\U000e0100飾"
    assert printed(await documents.certificate(replaced(normal, beneficiary_name=name))).says(name)


async def test_warm_setting_takes_milliseconds(documents, normal, longest):
    for name, facts in (("normal", normal), ("longest", longest)):
        seconds = []
        for day in range(1, 21):
            fresh = replaced(facts, reference=f"OD-{day}", recorded_on=date(2026, 10, day), quantity=1000 + day)
            start = time.perf_counter()
            assert (await documents.certificate(fresh)).startswith(b"%PDF-1.7")
            seconds.append(time.perf_counter() - start)
        print(f"certificate, {name}: median {median(seconds) * 1e3:.1f} ms, slowest {max(seconds) * 1e3:.1f} ms")


def of_energy(normal: CertificateFacts, **changes: object) -> CertificateFacts:
    attribute = EnergyAttribute(
        states_ja="発電設備の電気の属性についての証書です。", states_en="Certificates of an attribute of electricity.",
        does_not_state_ja="排出を減らした量を述べません。", does_not_state_en="It states no reduction.",
        source_ja="風力", source_en="Wind", plant="Bạc Liêu wind farm (VN)", more=("FIT", "運転開始 2013-05-29"),
        consumption="VN · 2025-01-01 – 2025-12-31",
    )  # fmt: skip
    line = msgspec.structs.replace(
        normal.lines[0], methodologies=(), serials=("0000-0000-0000-0001 – 0000-0000-0000-0007",), quantity=7_000
    )
    purpose = {
        "purpose_ja": "使用した電力の電源",
        "purpose_en": "Source of the electricity used",
        "purpose_detail": "津工場",
        "registry_name_ja": "I-REC(E)登録簿",
        "registry_name_en": "I-REC(E) Registry",
    }
    told = replaced(normal, unit="kWh", quantity=7_000, lines=(line,), attribute=attribute, **purpose)
    return replaced(told, **changes)


async def test_a_certificate_of_energy_says_what_it_is_and_speaks_of_no_credit_and_no_tonne(documents, printed, normal):
    page = printed(await documents.certificate(of_energy(normal)))
    for said in (
        "エネルギー属性証書無効化証明書", "7,000kWh", "風力", "Wind", "BạcLiêuwindfarm(VN)", "FIT·運転開始2013-05-29",
        "VN·2025-01-01–2025-12-31", "証書の利用者名", "無効化した証書", "発電期間", "Itstatesnoreduction.",
        "0000-0000-0000-0001–0000-0000-0000-0007",
    ):  # fmt: skip
        assert said in page.text, said
    for never in ("クレジット", "redit", "CO2", "CO₂", "オフセット"):
        assert never not in page.text.replace(normal.issuer_name, ""), never
    assert len(page.reader.pages) == 1


async def test_a_plant_with_long_words_still_fits_one_page(documents, printed, normal):
    long = msgspec.structs.replace(of_energy(normal).attribute, plant="発" * 100, more=("追" * 100, "跡" * 100))
    assert len(printed(await documents.certificate(of_energy(normal, attribute=long))).reader.pages) == 1
