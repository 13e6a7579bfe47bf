"""Rows that other features write, put straight into the database: a retirement in any state, with its serials."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.core.ids import new_id

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
"""In Japan this is the morning of 23 November 2026."""

CANARY_MINOR = 918_273_645
"""What the buyer paid: must never be seen in a certificate."""


@dataclass(frozen=True)
class Story:
    """What was retired for whom. The defaults are an ordinary event in Shimane."""

    buyer_name: str = "株式会社ひみつの買い手"
    provider_name: str = "みどり環境株式会社"
    beneficiary_name: str = "森鷗外記念音楽祭実行委員会"
    purpose: str = "OFFSET"
    purpose_detail: str = "第12回森鷗外記念音楽祭（2026年10月10日～12日）の開催に伴う排出量の一部"
    fiscal_year: int | None = 2026
    summary: str = "津和野町有林における\n間伐促進プロジェクト"
    location: str = "島根県津和野町"
    methodologies: tuple[str, ...] = ("FO-001\nVer. 1.0", "EN-R-001\nVer. 1.3および1.7")
    status: str = "recorded"
    evidence_grade: str = "registry_statement"
    registry_transaction: str | None = "20261120-000482"
    simulated: bool = False
    serial_prefix: str = "JCL-FO-0412-03-"
    serial_first: str = "00000001"
    ranges: tuple[tuple[int, int], ...] = ((11, 41), (41, 61), (71, 84))
    """Half-open, and out of order on purpose: two of them are neighbours."""
    range_status: str = "retired"


@dataclass(frozen=True)
class Built:
    """Where the story's rows are."""

    org_id: UUID
    provider_id: UUID
    retirement_id: UUID
    order_id: UUID
    reference: str
    story: Story = field(default_factory=Story)


class Builder:
    def __init__(self, owner: asyncpg.Connection) -> None:
        self._owner = owner
        self._count = 0

    async def insert(self, table: str, **row: Any) -> None:
        names, places = ", ".join(row), ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await self._owner.execute(f"insert into {table} ({names}) values ({places})", *row.values())

    async def retirement(self, *, org_id: UUID | None = None, **changes: Any) -> Built:
        """A whole world for one retirement, apart from every other: provider, lot, order, holding, ranges."""
        story = replace(Story(), **changes)
        self._count += 1
        provider_id, lot_id = await self._supply(story)
        buyer_id = org_id or await self._organisation("buyer", story.buyer_name)
        order_id, holding_id, retirement_id = new_id(), new_id(), new_id()
        await self._order(buyer_id, order_id)
        taken = sum(hi - lo for lo, hi in story.ranges)
        held = story.range_status == "held"
        await self.insert(
            "holding", org_id=buyer_id, id=holding_id, provider_id=provider_id, lot_id=lot_id, order_id=order_id,
            line_n=1, quantity=taken, held=taken if held else 0, retiring=taken if story.range_status == "retiring" else 0,
            retired=taken if story.range_status == "retired" else 0, unit="t", created_at=NOW,
        )  # fmt: skip
        reference = f"OD-01JD4Q8ZK{self._count}"
        recorded = story.status == "recorded"
        await self.insert(
            "retirement", org_id=buyer_id, id=retirement_id, provider_id=provider_id, holding_id=holding_id,
            lot_id=lot_id, order_id=order_id, registry_code="jcredit", reference=reference, quantity=taken, unit="t",
            beneficiary_name=story.beneficiary_name, purpose=story.purpose, purpose_detail=story.purpose_detail,
            fiscal_year=story.fiscal_year, status=story.status, requested_by=new_id(), requested_at=NOW,
            recorded_on=date(2026, 11, 20) if recorded else None, registry_transaction=story.registry_transaction,
            evidence_grade=story.evidence_grade if recorded else None, simulated=story.simulated,
        )  # fmt: skip
        for lo, hi in story.ranges:
            await self.insert(
                "serial_range", org_id=buyer_id, id=new_id(), provider_id=provider_id, lot_id=lot_id,
                holding_id=holding_id, retirement_id=None if held else retirement_id, series_key=self._series(story),
                lo=lo, hi=hi, status=story.range_status,
            )  # fmt: skip
        return Built(buyer_id, provider_id, retirement_id, order_id, reference, story)

    def _series(self, story: Story) -> str:
        return f"jcredit::{story.serial_prefix.lower()}{self._count}"

    async def _organisation(self, kind: str, name: str) -> UUID:
        org_id = new_id()
        await self.insert(
            "organisation", org_id=org_id, kind=kind, name=name, status="active", created_at=NOW,
            provider_kind="creation_and_use" if kind == "provider" else None,
        )  # fmt: skip
        return org_id

    async def _supply(self, story: Story) -> tuple[UUID, UUID]:
        provider_id = await self._organisation("provider", story.provider_name)
        account_id, project_id, issuance_id, lot_id = new_id(), new_id(), new_id(), new_id()
        await self._owner.execute(
            "insert into registry (code, name_ja, name_en, unit, home_url, source) values ('jcredit',"
            " 'J-クレジット登録簿システム', 'J-Credit Registry System', 't', 'https://japancredit.go.jp/', 'test')"
            " on conflict do nothing"
        )
        await self.insert(
            "registry_account", org_id=provider_id, id=account_id, registry_code="jcredit", account_no="100-001",
            holder_name=story.provider_name, created_at=NOW,
        )  # fmt: skip
        await self.insert(
            "project", id=project_id, registry_code="jcredit", list_kind="jcredit_normal", number=f"41{self._count}",
            kind="normal", operator_name="津和野町", summary=story.summary, location=story.location,
            regions=["chugoku"], ends_text="", source="test", loaded_at=NOW,
        )  # fmt: skip
        for n, text in enumerate(story.methodologies):
            await self.insert(
                "project_methodology", project_id=project_id, n=n, code=text[:6], text=text, summary="森林経営活動"
            )
        certification_no = f"第{self._count}回認証"
        vintage = {"vintage_from": date(2024, 4, 1), "vintage_to": date(2025, 3, 31)}
        await self.insert(
            "issuance", id=issuance_id, registry_code="jcredit", certification_no=certification_no,
            project_id=project_id, unit="t", confirmed_at=NOW, **vintage,
        )  # fmt: skip
        end = max(hi for _, hi in story.ranges)
        await self.insert(
            "lot", org_id=provider_id, id=lot_id, registry_code="jcredit", registry_account_id=account_id,
            project_id=project_id, issuance_id=issuance_id, certification_no=certification_no,
            serial_prefix=story.serial_prefix, serial_first=story.serial_first,
            serial_last=str(end - 1).zfill(len(story.serial_first)), series_key=self._series(story), lo=1, hi=end,
            unit="t", status="confirmed", confirmed_at=NOW, created_at=NOW, **vintage,
        )  # fmt: skip
        return provider_id, lot_id

    async def _order(self, buyer_id: UUID, order_id: UUID) -> None:
        await self.insert(
            "orders", org_id=buyer_id, id=order_id, status="fulfilled", currency="JPY", unit="t", quantity=63,
            goods_minor=CANARY_MINOR, tax_minor=0, total_minor=CANARY_MINOR, placed_by=new_id(), placed_at=NOW,
            deadline=NOW, paid_at=NOW, closed_at=NOW,
        )  # fmt: skip
