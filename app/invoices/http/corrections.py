"""The doors of the operator to corrections of papers: one person proposes, another has it issued."""

from collections.abc import Awaitable, Callable, Iterator

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import FieldError, InvalidState
from app.core.http.once import Made, Make, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id, read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.core.terms import Terms
from app.invoices import errors, operations, queries
from app.invoices.http.reading import paper_id_of
from app.invoices.models import Paper, PaperCorrection
from app.invoices.operations import Said
from app.invoices.schemas import CorrectionIn, CorrectionOut
from integrations.documents.glyphs import unprintable

TAGS = ["Operator"]
_DECIDING = (
    errors.CorrectionNotFound, errors.CorrectionNeedsPerson, errors.SecondPersonForCorrection, InvalidState,
)  # fmt: skip
Decide = Callable[[AsyncSession, PaperCorrection], Awaitable[None]]
_PRINTED = ("recipient_name", "recipient_address", "purchase_order", "note")


@post(
    "/v1/admin/papers/{paper_id:str}/corrections",
    tags=TAGS,
    opt={
        "errors": (
            errors.PaperNotFound, errors.PaperNotCorrectable, errors.CorrectionNeedsPerson, errors.ProfileInvalid,
        )
    },
)  # fmt: skip
async def propose_correction(
    paper_id: FromPath[str],
    data: JSONBody[CorrectionIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[CorrectionOut]:
    """Propose that an invoice be said anew to whom it should name. Nothing is issued until a second person has it issued."""
    caller.needs_operator()
    if wrong := tuple(_wrong_of(data)):
        raise errors.ProfileInvalid("See `errors`.", errors=wrong)
    now, correction_id = utc_now(), new_id()
    said = Said(
        recipient_name=data.recipient_name, recipient_address=data.recipient_address,
        purchase_order=data.purchase_order, note=data.note,
    )  # fmt: skip
    async with db.transaction(caller) as session:
        found = await queries.paper_of_any(session, caller, paper_id_of(paper_id))

    async def make(session: AsyncSession) -> Made:
        row = await operations.propose_correction(session, found, said, correction_id=correction_id, now=now)
        return Made(201, CorrectionOut.of(row), row.id)

    return await once(caller.with_party(found.org_id), make, now=now)  # The paper is its recipient's too.


@get("/v1/admin/paper-corrections", tags=TAGS)
async def list_corrections(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[CorrectionOut]:
    """Every correction, proposed or decided, the newest first."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.paper-corrections", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.corrections_page(session, page)
        return cursors.answer(page, rows, key=lambda row: (row.id,), show=CorrectionOut.of)


@post(
    "/v1/admin/paper-corrections/{correction_id:str}/issue",
    tags=TAGS,
    status_code=200,
    opt={"errors": (*_DECIDING, errors.DeskProfileMissing, errors.PaperIncomplete)},
)
async def issue_correction(
    correction_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
    terms: NamedDependency[Terms],
) -> Response[CorrectionOut]:
    """Have the corrected paper issued, as somebody else than who proposed it. The wrong one stays as it was given out."""
    caller.needs_operator()
    now, (found, paper) = utc_now(), await _known(db, caller, correction_id)

    async def issue(session: AsyncSession, row: PaperCorrection) -> None:
        await operations.issue_correction(session, row, paper, demonstration=terms.mode == "test", now=now)

    parties = (found.org_id, *queries.sellers_on(paper))
    return await once(caller.with_party(*parties), _deciding(found, issue), now=now)


@post(
    "/v1/admin/paper-corrections/{correction_id:str}/reject",
    tags=TAGS,
    status_code=200,
    opt={"errors": _DECIDING},
)
async def reject_correction(
    correction_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    once: NamedDependency[Once],
) -> Response[CorrectionOut]:
    """Turn a proposal down, as somebody else than who made it."""
    caller.needs_operator()
    now, (found, _) = utc_now(), await _known(db, caller, correction_id)

    async def reject(session: AsyncSession, row: PaperCorrection) -> None:
        await operations.reject_correction(session, row, now=now)

    return await once(caller.with_party(found.org_id), _deciding(found, reject), now=now)


def _deciding(found: PaperCorrection, decide: Decide) -> Make:
    """What answers for a decision about a proposal: it is decided under its lock, and shown as it is then."""

    async def make(session: AsyncSession) -> Made:
        row = await operations.locked_correction(session, found.org_id, found.id)
        await decide(session, row)
        return Made(200, CorrectionOut.of(row), row.id)

    return make


async def _known(db: Database, caller: Scope, written: str) -> tuple[PaperCorrection, Paper]:
    """The correction and the paper that it is of. Raises CorrectionNotFound (404)."""
    correction_id = read_public_id("pcr", written)
    if correction_id is None:
        raise errors.CorrectionNotFound("There is no such correction.")
    async with db.transaction(caller) as session:
        row = await queries.correction_of_any(session, correction_id)
        return row, await queries.paper_of_any(session, caller, row.paper_id)


def _wrong_of(data: CorrectionIn) -> Iterator[FieldError]:
    for field in _PRINTED:
        if chars := "".join(unprintable(getattr(data, field))):
            yield FieldError(f"/{field}", "unprintable", f"Our fonts have no glyph for {chars}.")


routes: list[HTTPRouteHandler] = [propose_correction, list_corrections, issue_correction, reject_correction]
