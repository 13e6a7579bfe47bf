"""The doors of an account's report: as JSON, as a workbook with every lot, as a document."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Stream

from app.core.clock import utc_now
from app.core.db import Database
from app.core.scope import Scope
from app.core.terms import Terms
from app.inventory.errors import AccountNotFound
from app.reconciliation import errors, flow
from app.reconciliation.http.addressed import TAGS, AccountId, ProviderId, account_id, needs_either, provider_of
from app.reconciliation.schemas import HoldingsReportOut
from integrations.documents.client import Documents

_ERRORS: Final = (errors.ReportTooEarly, errors.StatementInvalid, AccountNotFound)
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK: Final = 256 * 1024
On = Annotated[date, QueryParameter(description="The day, in Japan: the report is of its end, or of now.")]


@get("/v1/reports/holdings", tags=TAGS, opt={"errors": _ERRORS, "untagged": True})
async def show_holdings_report(
    registry_account_id: AccountId,
    on: On,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    provider_id: ProviderId = None,
) -> Response[HoldingsReportOut]:
    """What an account held on a day, by our book and by the registry's own statements of that time."""
    owner, account = _whose(caller, provider_id, registry_account_id)
    report = await flow.report_of(db, caller, owner, account, day=on, now=utc_now())
    return Response(HoldingsReportOut.of(report), headers={"Cache-Control": "no-store"})


@get("/v1/reports/holdings.xlsx", tags=TAGS, media_type=_XLSX, opt={"errors": _ERRORS, "shows": (_XLSX,)})
async def show_holdings_workbook(
    registry_account_id: AccountId,
    on: On,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    provider_id: ProviderId = None,
) -> Stream:
    """The same as a workbook, with every lot and its serials."""
    owner, account = _whose(caller, provider_id, registry_account_id)
    report = await flow.report_of(db, caller, owner, account, day=on, now=utc_now())
    with ExitStack() as made:
        path = Path(made.enter_context(TemporaryDirectory())) / "report.xlsx"
        await flow.workbook(db, caller, owner, account, report, path)
        kept = made.pop_all()  # Written whole: now it goes when it has been read.
    headers = {"Content-Disposition": f'attachment; filename="holdings-{on}.xlsx"'}
    return Stream(_parts(path, kept), media_type=_XLSX, headers=headers)


@get(
    "/v1/reports/holdings.pdf", tags=TAGS, media_type="application/pdf",
    opt={"errors": _ERRORS, "shows": ("application/pdf",), "untagged": True},
)  # fmt: skip
async def show_holdings_document(
    *,
    registry_account_id: AccountId,
    on: On,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    documents: NamedDependency[Documents],
    terms: NamedDependency[Terms],
    provider_id: ProviderId = None,
) -> Response[bytes]:
    """The same as a document in Japanese and English (PDF/A), by project."""
    owner, account = _whose(caller, provider_id, registry_account_id)
    report = await flow.report_of(db, caller, owner, account, day=on, now=utc_now())
    content = await flow.document(documents, report, issuer=terms.issuer_name)
    headers = {"Content-Disposition": f'attachment; filename="holdings-{on}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


def _whose(caller: Scope, provider_id: str | None, registry_account_id: str) -> tuple[UUID, UUID]:
    needs_either(caller, "read")
    return provider_of(caller, provider_id), account_id(registry_account_id)


async def _parts(path: Path, kept: ExitStack) -> AsyncIterator[bytes]:
    """The file in parts; its folder goes with the last of them, or when the reader goes away."""
    with kept, path.open("rb") as file:
        while part := await asyncio.to_thread(file.read, _CHUNK):
            yield part


routes: list[HTTPRouteHandler] = [show_holdings_report, show_holdings_workbook, show_holdings_document]
