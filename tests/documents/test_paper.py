"""Do the papers of an accountant say all their particulars, the same every time, on as many pages as they need?"""

import re
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from statistics import median

import msgspec
import pytest
from msgspec.structs import replace

from integrations.documents.client import DocumentRefused
from integrations.documents.paper import PaperFacts
from integrations.documents.pdf_text import pdf_text
from tests.documents.papers import BUYER, DESK, INVOICE, KINDS, LINES, LONGEST, PAID, PAYOUT, facts, line, many

ROOT = Path(__file__).parents[2]
ELSEWHERE = """
import asyncio, sys, msgspec
from integrations.documents.paper import PaperFacts
from integrations.documents.typst import TypstDocuments
facts = msgspec.json.decode(sys.stdin.buffer.read(), type=PaperFacts)
sys.stdout.buffer.write(asyncio.run(TypstDocuments().paper(facts)))
"""
TITLES = {
    "quotation": ("御見積書", "Quotation", "お見積金額"),
    "bill": ("請求書", "Bill", "ご請求金額"),
    "invoice": ("適格請求書", "Qualified invoice", "ご請求金額"),
    "return": ("適格返還請求書", "Qualified return invoice", "ご返還金額"),
    "receipt": ("領収書", "Receipt", "領収金額"),
    "payout_statement": ("支払通知書", "Payout statement", "お支払金額"),
    "monthly_invoice": ("合計請求書（適格請求書）", "Combined qualified invoice", "ご請求金額"),
}


def squeezed(text: str) -> str:
    return "".join(text.split())


def expected(paper: PaperFacts) -> list[str]:
    """Every fact as it must be readable, whatever the kind."""
    said = [paper.number, "2026年11月23日", "23 Nov 2026", f"¥{paper.total_minor:,}", paper.order_number]
    said += [paper.purchase_order, *paper.notes]
    for party in (paper.issuer, paper.recipient):
        said += [party.name, party.address, party.phone, party.registration_number]
    for each in paper.lines:
        said += [each.name, each.project_number, each.methodology, each.vintage, *each.serials]
        said += [f"{each.quantity:,} {each.unit}", f"{each.price_minor:,}", f"{each.goods_minor:,}"]
        said += [] if each.price_per == 1 else [f"/ {each.price_per:,} {each.unit}"]
        said += [] if each.supplied_on is None else ["2026/11/20"]
    for total in paper.totals:
        said += [total.seller_name, f"{total.tax_basis_points // 100}% 対象", f"{total.goods_minor:,}"]
        said += [f"{total.tax_minor:,}", f"{total.goods_minor + total.tax_minor:,}"]
    said += ["2026年12月30日", "30 Dec 2026"] if paper.due_on is not None else []
    if paper.bank is not None:
        bank = paper.bank
        said += [bank.bank, bank.branch, bank.account_type, bank.account_number, bank.holder, bank.reference]
    if paper.paid is not None:
        said += [paper.paid.method_ja, paper.paid.method_en, "2026年11月22日", "22 Nov 2026", paper.paid.reference]
    return said


@pytest.mark.parametrize("kind", KINDS)
async def test_every_particular_can_be_read_back_in_both_languages(documents, kind):
    text = await pdf_text(await documents.paper(KINDS[kind]))
    assert text is not None
    page = squeezed(text)
    missing = [words for words in (*expected(KINDS[kind]), *TITLES[kind]) if squeezed(words) not in page]
    assert missing == []


async def test_there_is_a_paper_of_every_kind():
    assert set(KINDS) == set(msgspec.inspect.type_info(PaperFacts).fields[0].type.values)


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_facts_give_the_same_bytes(documents, kind):
    assert await documents.paper(KINDS[kind]) == await documents.paper(KINDS[kind])


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
async def test_another_process_in_another_zone_and_locale_gives_the_same_bytes(documents, zone):
    there = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        input=msgspec.json.encode(LONGEST),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"TZ": zone, "LC_ALL": "C", "PYTHONHASHSEED": "7"},
    )
    assert sha256(there.stdout).hexdigest() == sha256(await documents.paper(LONGEST)).hexdigest()


async def test_a_return_says_when_and_what_it_gives_back_of(documents, printed):
    page = printed(await documents.paper(KINDS["return"]))
    for words in ("2026年11月28日", "元の請求書", "INV-2026-000123", "元の取引日", "2026年11月20日", "返金"):
        assert page.says(words), words


async def test_a_payout_takes_the_commission_off_and_is_its_invoice(documents, printed):
    page = printed(await documents.paper(PAYOUT))
    for words in ("差引：販売手数料 5%", "less: commission 5%", "−118,500", "−11,850", "−130,350", "¥2,476,650",
                  "2,607,000", "手数料についてこの書類は発行者の適格請求書です", "2026年11月1日～2026年11月30日"):  # fmt: skip
        assert page.says(words), words


async def test_a_receipt_says_why_it_carries_no_stamp_and_only_a_receipt_does(documents, printed):
    for kind, paper in KINDS.items():
        assert printed(await documents.paper(paper)).says("電子領収書につき印紙不要") == (kind == "receipt")


@pytest.mark.parametrize("kind", ["bill", "invoice", "return", "receipt", "monthly_invoice"])
async def test_a_paper_of_an_unregistered_seller_shows_no_number_and_says_that_it_is_none(documents, printed, kind):
    page = printed(await documents.paper(replace(KINDS[kind], mode="unregistered")))
    assert page.says("この書類は適格請求書（インボイス）ではありません")
    assert page.says("This is not a qualified invoice")
    assert DESK.registration_number not in page.text
    rest = page.text.replace("この書類は適格請求書（インボイス）ではありません", "").replace("適格請求書発行事業者", "")
    assert "適格" not in rest
    assert not re.search(r"(?<!nota)qualifiedinvoice(?!s)", rest, re.IGNORECASE)


async def test_only_what_is_issued_for_others_says_so(documents, printed):
    assert printed(await documents.paper(INVOICE)).says("消費税法施行令第70条の12（媒介者交付特例）")
    assert not printed(await documents.paper(replace(INVOICE, mode="desk"))).says("媒介者交付特例")


async def test_a_paid_invoice_asks_for_nothing(documents, printed):
    page = printed(await documents.paper(replace(INVOICE, bank=None, paid=PAID, due_on=None)))
    assert page.says("合計金額（お支払い済み）")
    assert "ご請求" not in page.text
    assert "お振込先" not in page.text


async def test_lines_at_the_reduced_rate_are_marked_and_explained(documents, printed):
    mixed = facts("invoice", (LINES[0], line("軽減の品目", 3, 1_080, tax_basis_points=800)))
    page = printed(await documents.paper(mixed))
    for words in ("軽減の品目 ※", "8% 対象", "259", "※は軽減税率の対象です"):
        assert page.says(words), words
    assert "※" not in printed(await documents.paper(INVOICE)).text


async def test_sixty_characters_and_trillions_stay_whole(documents, printed):
    assert len(LONGEST.recipient.name) == 60
    page = printed(await documents.paper(LONGEST))
    assert page.pages <= 2
    assert [words for words in expected(LONGEST) if not page.says(words)] == []
    assert page.says("1,122,334,445,567")
    big = facts("bill", (line("大きな金額", 1, 1_122_334_445_567),))
    assert printed(await documents.paper(big)).says("¥1,234,567,890,123")


@pytest.mark.parametrize("count", [1, 20, 200, 500])
async def test_every_line_is_there_with_the_head_on_every_page(documents, printed, count):
    page = printed(await documents.paper(many(count)))
    for n in range(count):
        assert page.says(f"JC-{n:04}-1 – {n:04}-9"), n
    texts = [squeezed(each.extract_text()) for each in page.reader.pages]
    with_rows = [text for text in texts if "JCER-0412" in text]
    assert all("金額（円・税抜）" in text for text in with_rows)
    assert all(f"{n}/{page.pages}" in text for n, text in enumerate(texts, start=1))
    assert all(text.count("INV-2026-000123") == 2 for text in texts)
    assert (page.pages == 1) == (count == 1)


async def test_only_a_copy_and_only_a_demonstration_carry_their_marks_on_every_page(documents, printed):
    month = many(60)
    plain = printed(await documents.paper(month))
    copy = printed(await documents.paper(replace(month, copy=True)))
    shown = printed(await documents.paper(replace(month, demonstration=True)))
    assert plain.pages == copy.pages == shown.pages > 1
    assert (plain.text.count("控え"), copy.text.count("控えCOPY")) == (0, copy.pages)
    assert "DEMONSTRATION" not in plain.text
    assert shown.text.count("DEMONSTRATION–notvalid") == shown.text.count("見本—notforuse") == shown.pages


@pytest.mark.parametrize(
    "text", ['#read("/etc/passwd")', "$x^2$", "*bold* _slanted_", "#panic()", "/ term", "= head", "\\u{41}", "// gone"]
)
async def test_what_people_type_is_printed_and_never_run(documents, printed, text):
    typed = line(text, 1, 100, project_number=text, methodology=text, serials=(text,), seller_name=text)
    party = replace(BUYER, name=text, address=text, phone=text)
    paper = facts("invoice", (typed,), recipient=party, purchase_order=text, order_number=text, notes=(text,))
    page = printed(await documents.paper(paper))
    assert page.text.count(squeezed(text)) == 11
    assert "root:" not in page.text


@pytest.mark.parametrize(
    "where",
    [
        {"recipient": replace(BUYER, name="祭り🎉")},
        {"issuer": replace(DESK, address="東京🎉")},
        {"notes": ("ありがとう🎉",)},
        {"lines": (replace(LINES[0], name="森🎉"), *LINES[1:])},
    ],
)
async def test_a_character_without_a_glyph_is_refused_by_name(documents, where):
    with pytest.raises(DocumentRefused, match=r"invoice INV-2026-000123.*🎉"):
        await documents.paper(replace(INVOICE, **where))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (replace(INVOICE, lines=()), "no line"),
        (replace(INVOICE, lines=INVOICE.lines[1:]), "totals are not the sums"),
        (replace(INVOICE, totals=INVOICE.totals[1:]), "totals are not the sums"),
        (replace(INVOICE, total_minor=INVOICE.total_minor + 1), "amount is not the sum"),
        (replace(PAYOUT, commission=None), "amount is not the sum"),
    ],
)
async def test_sums_that_do_not_agree_are_refused_by_name(documents, wrong, why):
    with pytest.raises(DocumentRefused, match=f"{wrong.number}.*{why}"):
        await documents.paper(wrong)


async def test_the_file_says_pdf_a_2b_tagged_and_dated_by_its_issue_with_our_fonts(documents, printed):
    page = printed(await documents.paper(INVOICE))
    root = page.reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "ja-JP"
    assert page.reader.metadata["/CreationDate"].startswith("D:20261123000000")
    assert page.reader.metadata["/Title"] == "適格請求書 / Qualified invoice INV-2026-000123"
    packet = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in packet
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in packet
    assert sorted(font["/FontName"].split("+")[1] for font in page.fonts()) == ["NotoSansJP-Bold", "NotoSansJP-Regular"]
    assert [round(float(side)) for side in page.reader.pages[0].mediabox[2:]] == [595, 842]


async def test_warm_setting_takes_milliseconds(documents):
    for count in (3, 20):
        seconds = []
        for n in range(20):
            fresh = replace(many(count), number=f"INV-2026-{n:06}", order_number=f"ORD-{n}")
            start = time.perf_counter()
            assert (await documents.paper(fresh)).startswith(b"%PDF-1.7")
            seconds.append(time.perf_counter() - start)
        print(f"paper of {count} lines: median {median(seconds) * 1e3:.1f} ms, slowest {max(seconds) * 1e3:.1f} ms")
