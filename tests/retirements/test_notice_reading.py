"""What is read of a registry's notice, and when is it what was asked for?"""

import asyncio
import io
import time
from datetime import date

import pytest
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject

from app.retirements.rules import NoticeFacts, Span, differences, read_notice, same_spans, typed_differently
from app.retirements.rules.registry_rules import shipped_rules
from integrations.documents.pdf_text import PAGES_MAX, SIZE_MAX_BYTES, pdf_text
from tests.shared.registry_notices import PICTURE, notice_lines, notice_pdf

LABELS = shipped_rules("jcredit").notice_labels.value
DAY = date(2026, 11, 30)
SAID = NoticeFacts(
    "2026-0001", DAY, 1_200, (Span("JC1-001", "JC1-1200"),), "株式会社アオバ食品", "カーボン・オフセット"
)
LINES = notice_lines(
    transaction_no="2026-0001", recorded_on=DAY, quantity="1,200 t-CO2", serials=["JC1-001 ～ JC1-1200"],
    beneficiary="株式会社アオバ食品", purpose="カーボン・オフセット",
)  # fmt: skip


def changed(**fields) -> NoticeFacts:
    return NoticeFacts(**({name: getattr(SAID, name) for name in NoticeFacts.__struct_fields__} | fields))


def fields(found) -> list[str]:
    return [each.field for each in found]


def test_the_facts_stand_behind_the_labels() -> None:
    assert read_notice("\n".join(LINES), LABELS) == SAID


def test_they_may_stand_on_the_line_below_in_full_width_and_with_hyphens_between() -> None:
    text = "通知番号\n２０２６－０００１\n無効化日\n2026/11/30\n利用者名: 株式会社アオバ食品\n用途 カーボン・オフセット\n数量 １２００\n"
    found = read_notice(f"{text}シリアル番号 JC1-001 から JC1-1200", LABELS)
    assert found is not None
    assert differences(SAID, found, registry_picks=False) == ()


@pytest.mark.parametrize("missing", range(6))
def test_where_one_fact_is_not_there_nobody_guesses(missing) -> None:
    lines = [line for n, line in enumerate(LINES) if n != missing]
    assert read_notice("\n".join(lines), LABELS) is None


@pytest.mark.parametrize("broken", ["無効化年月日：2026年2月31日", "無効化年月日：未定"])
def test_a_day_that_is_none_is_not_read(broken) -> None:
    assert read_notice("\n".join([broken, *LINES[:1], *LINES[2:]]), LABELS) is None


def test_each_field_that_says_something_else_is_named_with_both_versions() -> None:
    other = NoticeFacts(
        "2026-0002", date(2026, 12, 1), 1_199, (Span("JC1-002", "JC1-1200"),), "株式会社アオバ", "その他"
    )
    found = differences(SAID, other, registry_picks=False)
    assert fields(found) == list(NoticeFacts.__struct_fields__)
    assert (found[2].wanted, found[2].found) == ("1200", "1199")
    assert (found[3].wanted, found[3].found) == ("JC1-001 - JC1-1200", "JC1-002 - JC1-1200")


def test_spelling_is_no_difference() -> None:
    spelled = changed(beneficiary_name="㈱アオバ食品", purpose="カーボン･オフセット", transaction_no="２０２６-0001")
    assert differences(SAID, spelled, registry_picks=False) == ()


def test_where_the_registry_picks_any_serials_will_do_as_long_as_they_are_as_many() -> None:
    as_many = changed(serials=(Span("JC1-2001", "JC1-3100"), Span("JC1-5001", "JC1-5100")))
    assert differences(SAID, as_many, registry_picks=True) == ()
    assert fields(differences(SAID, as_many, registry_picks=False)) == ["serials"]
    fewer = changed(serials=(Span("JC1-2001", "JC1-3100"),))
    assert fields(differences(SAID, fewer, registry_picks=True)) == ["serials"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([("A-1", "A-10")], [("A-1", "A-4"), ("A-5", "A-10")], True),
        ([("A-1", "A-10")], [("1", "10")], True),
        ([("A-1", "A-10")], [("A-0001", "A-0010")], True),
        ([("A-1", "A-10")], [("B-1", "B-10")], False),
        ([("A-1", "A-10")], [("A-1", "A-9")], False),
        ([("A-1", "A-10")], [("A-1", "A-6"), ("A-5", "A-10")], False),
        ([("A-1", "A-10")], [("A-10", "A-1")], False),
        ([("A-1", "A-10")], [("x", "y")], False),
        ([("x", "y")], [("x", "y")], True),
        ([("x", "y")], [("x", "z")], False),
    ],
)
def test_serials_are_the_same_by_their_numbers(one, other, same) -> None:
    assert same_spans([Span(*each) for each in one], [Span(*each) for each in other]) == same


def test_two_people_who_type_alike_agree_and_one_wrong_digit_is_found() -> None:
    assert typed_differently(SAID, changed(beneficiary_name="株式会社 アオバ食品")) == ()
    assert fields(typed_differently(SAID, changed(quantity=1_201, transaction_no="2026-0010"))) == [
        *("transaction_no", "quantity")
    ]
    assert fields(typed_differently(SAID, changed(beneficiary_name="㈱アオバ食品"))) == ["beneficiary_name"]


async def test_a_pdf_with_text_is_read_to_the_letter() -> None:
    text = await pdf_text(notice_pdf(LINES))
    assert text is not None
    assert read_notice(text, LABELS) == SAID


@pytest.mark.parametrize(
    "content",
    [
        PICTURE,
        b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n",
        notice_pdf([""]).replace(b"/Type /Page", b"/Type /Pagx"),
        notice_pdf(LINES)[:2_000],
        b"%PDF-" + b"0" * SIZE_MAX_BYTES,
    ],
)
async def test_what_cannot_be_read_is_left_to_people(content) -> None:
    assert read_notice(await pdf_text(content) or "", LABELS) is None


def packed(drawn: bytes) -> bytes:
    """A PDF of one page that draws this, packed small."""
    writer, out = PdfWriter(), io.BytesIO()
    page, stream = writer.add_blank_page(100, 100), StreamObject()
    stream.set_data(drawn)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    writer.write(out)
    return out.getvalue()


async def test_a_small_file_that_unpacks_to_a_huge_one_is_not_parsed() -> None:
    bomb = packed(b"0 0 m 1 1 l S " * 2_000_000)
    began = time.monotonic()
    assert len(bomb) < 200_000
    assert await pdf_text(bomb) is None
    assert time.monotonic() - began < 3


async def test_reading_is_bounded() -> None:
    long = await pdf_text(notice_pdf([f"行 {n}" for n in range(1_000)]))
    assert long is not None
    assert "行 1\n" in long
    assert "行 999" not in long
    assert PAGES_MAX == 5
    many = await asyncio.gather(*(pdf_text(notice_pdf(LINES)) for _ in range(5)))
    assert len(set(many)) == 1
