"""How long does one certificate take, and one invoice? Warm, each with other facts, so that no cache answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date

from integrations.documents.client import CertificateFacts, CertificateLine
from integrations.documents.paper import PaperBank, PaperFacts, PaperLine, PaperParty, PaperTotal
from integrations.documents.typst import TypstDocuments


def certificate_seconds(count: int) -> list[float]:
    """The seconds that each of `count` different certificates took, after three to warm up."""
    documents = TypstDocuments()
    return [wall for wall, _ in _timed(lambda n: documents.certificate(_facts(n)), count)]


def invoice_seconds(count: int) -> list[tuple[float, float]]:
    """The seconds by the clock, and of the processor, that each of `count` different invoices took, after three.

    The processor's are what the paper costs however many others want it at the moment; the goal is by the clock.
    """
    documents = TypstDocuments()
    return _timed(lambda n: documents.paper(invoice_facts(n)), count)


def _timed(make: Callable[[int], Awaitable[bytes]], count: int) -> list[tuple[float, float]]:
    async def timed(n: int) -> tuple[float, float]:
        began, spent = time.perf_counter(), time.process_time()
        await make(n)
        return time.perf_counter() - began, time.process_time() - spent

    async def all_of_them() -> list[tuple[float, float]]:
        for n in range(3):
            await timed(n)
        return [await timed(n) for n in range(3, count + 3)]

    return asyncio.run(all_of_them())


def invoice_facts(n: int) -> PaperFacts:
    """The qualified invoice of an order of three lines and two sellers, marked as worth nothing as a test desk marks it."""
    lines = tuple(_invoice_line(n, place) for place in range(3))
    totals = tuple(
        PaperTotal(seller_name=seller, tax_basis_points=1_000, goods_minor=goods, tax_minor=goods // 10)
        for seller in dict.fromkeys(line.seller_name for line in lines)
        if (goods := sum(line.goods_minor for line in lines if line.seller_name == seller))
    )
    return PaperFacts(
        kind="invoice", mode="for_provider", number=f"INV-2026-{n + 1:06}", issued_on=date(2026, 11, 23),
        issuer=PaperParty(
            name="株式会社オフセットデスク", registration_number="T7000012050002", address="〒100-0005 東京都千代田区丸の内1-2-3",
            phone="03-0000-0001",
        ),
        recipient=PaperParty(
            name=f"株式会社アオバ食品{n} 経理部", registration_number="", address=f"〒699-5605 島根県津和野町{n}番地",
            phone="0856-00-0002",
        ),
        order_number=f"ord_{n:026}", purchase_order=f"PO-2026-{n:04}", supplied_from=date(2026, 11, 20),
        supplied_through=date(2026, 11, 20), due_on=date(2026, 12, 31), valid_through=None, returned=None, lines=lines,
        totals=totals, commission=None, total_minor=sum(each.goods_minor + each.tax_minor for each in totals),
        bank=PaperBank(
            bank="みずほ銀行（0001）", branch="丸の内中央支店（004）", account_type="普通", account_number="1234567",
            holder="カ）オフセツトデスク", reference=f"{10_000_000_000 + n}",
        ),
        paid=None, notes=("振込手数料は貴社にてご負担ください。",), stamp_free=False, copy=False, demonstration=True,
    )  # fmt: skip


def _invoice_line(n: int, place: int) -> PaperLine:
    quantity, price = 120 + n, 4_500 + place
    return PaperLine(
        name=f"J-クレジット 町有林における間伐促進プロジェクト {n}-{place}", project_number=f"JCER-{n:04}", methodology="FO-001 森林経営活動",
        vintage="2024-04-01 – 2025-03-31", serials=(f"JC-{n}-{place}-00000001 – JC-{n}-{place}-00000120",),
        order_number=f"ord_{n:026}", seller_name=("津和野町森林組合", "鳥取県東部森林組合")[place % 2],
        supplied_on=date(2026, 11, 20), quantity=quantity, unit="t", price_minor=price, price_per=1,
        goods_minor=quantity * price, tax_basis_points=1_000,
    )  # fmt: skip


def _facts(n: int) -> CertificateFacts:
    line = CertificateLine(
        project_number=f"{n}", project_name=f"町有林における間伐促進プロジェクト {n}", location="島根県津和野町",
        methodologies=("FO-001",), vintage_from=date(2024, 4, 1), vintage_to=date(2025, 3, 31),
        serials=(f"JC-{n}-00000001 – JC-{n}-00000120",), quantity=120,
    )  # fmt: skip
    return CertificateFacts(
        number=f"K7M2-9QXF-{n:04d}", verify_url=f"https://desk.example/c/K7M2-9QXF-{n:04d}", issuer_name="オフセットデスク",
        issued_on=date(2026, 11, 23), quantity=120 + n, unit="t", beneficiary_name=f"株式会社アオバ食品{n}",
        retired_by="みどり環境株式会社", purpose_ja="カーボン・オフセット", purpose_en="Carbon offset",
        purpose_detail="第10回全国大会の開催に伴う排出量の一部", fiscal_year=2026, recorded_on=date(2026, 11, 20),
        registry_name_ja="J-クレジット登録簿", registry_name_en="J-Credit Registry", registry_transaction=f"T-{n}",
        reference=f"OD-{n}", evidence_ja="登録簿の回答", evidence_en="The registry's answer", lines=(line,), demonstration=False,
    )  # fmt: skip
