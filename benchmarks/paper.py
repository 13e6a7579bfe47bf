"""How long does one certificate take? Warm, each with other facts, so that no cache answers."""

import asyncio
import time
from datetime import date

from integrations.documents.client import CertificateFacts, CertificateLine
from integrations.documents.typst import TypstDocuments


def certificate_seconds(count: int) -> list[float]:
    """The seconds that each of `count` different certificates took, after three to warm up."""
    documents = TypstDocuments()

    async def timed(n: int) -> float:
        began = time.perf_counter()
        await documents.certificate(_facts(n))
        return time.perf_counter() - began

    async def all_of_them() -> list[float]:
        for n in range(3):
            await timed(n)
        return [await timed(n) for n in range(3, count + 3)]

    return asyncio.run(all_of_them())


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
