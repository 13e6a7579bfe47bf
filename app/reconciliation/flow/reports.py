"""What does the report of an account say, and how does it become a workbook or a document? Asked first, written then."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from app.core.db import Database
from app.core.errors import FieldError
from app.core.period import JAPAN, day_in_japan
from app.core.scope import DESK_ID, Scope
from app.identity import queries as identity
from app.inventory import queries as stock
from app.reconciliation import queries
from app.reconciliation.errors import ReportTooEarly
from app.reconciliation.queries import LotHeld, StatementSeen, Sums
from integrations.documents.client import Documents, HoldingsReport, ReportLine, ReportStatement

PROJECTS_PRINTED: Final = 200
_HEADINGS: Final = (
    ("プロジェクト / Project", 16), ("認証番号 / Certification", 22), ("シリアル / Serials", 44), ("単位 / Unit", 8),
    ("確認済 / Confirmed", 10), ("取込 / Imported", 14), ("取下 / Withdrawn", 14), ("未販売 / Unsold", 14),
    ("保有 / Held", 14), ("無効化中 / Retiring", 14), ("無効化済 / Retired", 14),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """An account on a day: our book by unit and by project, the registry's statements of that time, what differed."""

    provider_name: str
    registry_code: str
    account_no: str
    holder_name: str
    day: date
    made_at: datetime
    sums: list[Sums]
    projects: list[Sums]
    active: StatementSeen | None
    retired: StatementSeen | None
    differences: int
    differing_units: int


async def report_of(
    db: Database, scope: Scope, provider_id: UUID, account_id: UUID, *, day: date, now: datetime
) -> Report:
    """The report of one account on a day, in Japan, to its end or to this moment.

    Raises ReportTooEarly (422) for a day to come, AccountNotFound (404).
    """
    if day > day_in_japan(now):
        error = FieldError("?on", "not_begun", "A day that has begun, in Japan.")
        raise ReportTooEarly("See `errors`.", errors=(error,))
    owner = Scope.of_system(provider_id, scope.request_id)
    told = _told(provider_id, account_id, day)
    async with db.transaction(scope.with_party(provider_id, DESK_ID)) as session:
        account = await stock.account_of(session, owner, account_id)
        differences, units = await queries.open_differences(session, told)
        return Report(
            provider_name=await identity.name_of(session, provider_id), registry_code=account.registry_code,
            account_no=account.account_no, holder_name=account.holder_name, day=day, made_at=now,
            sums=await queries.sums_by_unit(session, told), projects=await queries.sums_by_project(session, told),
            active=await queries.statement_seen(session, told, day=day, state="active", now=now),
            retired=await queries.statement_seen(session, told, day=day, state="retired", now=now),
            differences=differences, differing_units=units,
        )  # fmt: skip


async def workbook(db: Database, scope: Scope, provider_id: UUID, account_id: UUID, report: Report, path: Path) -> None:
    """Write the report with every lot as a workbook; memory does not grow with the lots."""
    import xlsxwriter  # When the first workbook is written: most processes write none.

    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": f"Holdings {report.day}", "created": datetime.combine(report.day, time())})
    _write_summary(book, report)
    sheet, bold = book.add_worksheet("Lots"), book.add_format({"bold": True})
    for column, (name, width) in enumerate(_HEADINGS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    row = 1
    async for lots in _lots(db, scope, provider_id, account_id, report.day):
        await asyncio.to_thread(_write_lots, sheet, row, lots)
        row += len(lots)
    await asyncio.to_thread(book.close)


async def document(documents: Documents, report: Report, *, issuer: str) -> bytes:
    """The report as a document of two languages. Raises DocumentRefused."""
    return await documents.report(
        HoldingsReport(
            issuer_name=issuer,
            provider_name=report.provider_name,
            registry_code=report.registry_code,
            account_no=report.account_no,
            holder_name=report.holder_name,
            day=report.day,
            made_on=day_in_japan(report.made_at),
            sums=tuple(_line(each) for each in report.sums),
            projects=tuple(_line(each) for each in report.projects[:PROJECTS_PRINTED]),
            projects_hidden=max(0, len(report.projects) - PROJECTS_PRINTED),
            active=_statement(report.active),
            retired=_statement(report.retired),
            differences=report.differences,
            differing_units=report.differing_units,
        )
    )


def _told(provider_id: UUID, account_id: UUID, day: date) -> dict[str, Any]:
    until = datetime.combine(day + timedelta(days=1), time(), tzinfo=JAPAN)
    return {"org_id": provider_id, "account_id": account_id, "until": until}


async def _lots(
    db: Database, scope: Scope, provider_id: UUID, account_id: UUID, day: date
) -> AsyncIterator[list[LotHeld]]:
    async with db.transaction(scope.with_party(provider_id, DESK_ID)) as session:
        async for lots in queries.lots_held(session, _told(provider_id, account_id, day)):
            yield lots


def _write_summary(book: Any, report: Report) -> None:
    sheet, bold = book.add_worksheet("Summary"), book.add_format({"bold": True})
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 7, 18)
    told = [
        ("提供者 / Provider", report.provider_name), ("登録簿 / Registry", report.registry_code),
        ("口座 / Account", f"{report.account_no} {report.holder_name}"), ("日 / As of the end of", report.day.isoformat()),
        ("作成 / Made at", report.made_at.isoformat()),
        ("不一致 / Open differences", f"{report.differences} ({report.differing_units:,})"),
    ]  # fmt: skip
    for row, (name, value) in enumerate(told):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value)
    row = len(told) + 1
    for column, name in enumerate(
        (
            "単位 / Unit",
            "取込 / Imported",
            "取下 / Withdrawn",
            "未販売 / Unsold",
            "保有 / Held",
            "無効化中 / Retiring",
            "無効化済 / Retired",
        )
    ):
        sheet.write_string(row, column, name, bold)
    for each in report.sums:
        row += 1
        sheet.write_string(row, 0, each.unit)
        for column, units in enumerate(_moved(each), start=1):
            sheet.write_number(row, column, units)
    row += 2
    for name, seen in (
        ("有効 / Active by the registry", report.active),
        ("無効化済 / Retired by the registry", report.retired),
    ):
        sheet.write_string(row, 0, name, bold)
        if seen is not None:
            sheet.write_number(row, 1, seen.units)
            sheet.write_string(row, 2, seen.as_of.isoformat())
            sheet.write_string(row, 3, seen.sha256)
        row += 1


def _write_lots(sheet: Any, row: int, lots: list[LotHeld]) -> None:
    for at, lot in enumerate(lots, start=row):
        serials = lot.serial_text or f"{lot.serial_prefix}{lot.serial_first}-{lot.serial_last}"
        words = (lot.project_number, lot.certification_no, serials, lot.unit, "yes" if lot.confirmed else "no")
        for column, word in enumerate(words):
            sheet.write_string(at, column, word)  # As text: zeros are kept, and nothing is computed.
        for column, value in enumerate(_moved(lot), start=len(words)):
            sheet.write_number(at, column, value)


def _moved(each: LotHeld | Sums) -> tuple[int, int, int, int, int, int]:
    """Imported, withdrawn, unsold, held, retiring, retired: the first is the sum of the others."""
    unsold = each.imported - each.withdrawn - each.sold
    return each.imported, each.withdrawn, unsold, each.sold - each.retiring - each.retired, each.retiring, each.retired


def _line(each: Sums) -> ReportLine:
    return ReportLine(each.name, each.unit, *_moved(each))


def _statement(seen: StatementSeen | None) -> ReportStatement | None:
    return None if seen is None else ReportStatement(seen.as_of, seen.sha256, seen.trust, seen.units)
