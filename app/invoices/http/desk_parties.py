"""The doors of the operator to who issues papers, for which sellers, and who may owe how much."""

from collections.abc import Iterator

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import to_builtins

from app.core.clock import utc_now
from app.core.corporate_number import is_invoice_registration_number
from app.core.db import AsyncSession, Database
from app.core.errors import FieldError
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.http.once import Made, Once
from app.core.http.paging import Cursor, Limit
from app.core.ids import new_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.identity.errors import OrganisationNotFound
from app.identity.models import Organisation, OrganisationKind
from app.invoices import errors, operations, queries
from app.invoices.http.reading import organisation_id_of
from app.invoices.models import CreditLine, ProviderInvoiceStatus
from app.invoices.operations import CreditTerms, DeskFacts
from app.invoices.rules import Terms
from app.invoices.schemas import (
    CreditLineIn,
    CreditLineOut,
    DeskProfileIn,
    DeskProfileOut,
    InvoiceStatusIn,
    InvoiceStatusOut,
)
from integrations.documents.glyphs import unprintable

TAGS = ["Operator"]
BUYERS = (OrganisationKind.BUYER, OrganisationKind.ORGANISER)
_STATUS = "/v1/admin/organisations/{organisation_id:str}/invoice-status"
_CREDIT = "/v1/admin/organisations/{organisation_id:str}/credit-line"


@post("/v1/admin/desk-profiles", tags=TAGS, opt={"errors": (errors.ProfileInvalid,)})
async def enter_desk_profile(
    data: JSONBody[DeskProfileIn], caller: NamedDependency[Scope], once: NamedDependency[Once]
) -> Response[DeskProfileOut]:
    """Say who issues papers from a day on: another version, which changes no paper of before."""
    caller.needs_operator()
    if wrong := tuple(_wrong_of(data)):
        raise errors.ProfileInvalid("See `errors`.", errors=wrong)
    now, profile_id = utc_now(), new_id()
    facts = DeskFacts(
        valid_from=data.valid_from, name=data.name, registration_number=data.registration_number,
        is_corporation=data.is_corporation, address=data.address, phone=data.phone,
        bank=None if data.bank is None else to_builtins(data.bank), notes=data.notes, numbered_by=data.numbered_by,
        fiscal_year_ends_in=data.fiscal_year_ends_in, years_kept=data.years_kept,
    )  # fmt: skip

    async def make(session: AsyncSession) -> Made:
        profile = await operations.enter_desk_profile(session, caller, facts, profile_id=profile_id, now=now)
        return Made(201, DeskProfileOut.of(profile), profile_id)

    return await once(caller, make, now=now)


@get("/v1/admin/desk-profiles", tags=TAGS)
async def list_desk_profiles(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[DeskProfileOut]:
    """Every version of who issues papers, the one that begins last first."""
    caller.needs_operator()
    page = cursors.page(Listed("admin.desk-profiles", {}, "-valid_from", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.profiles_page(session, page)
        return cursors.answer(page, rows, key=lambda row: (row.valid_from, row.id), show=DeskProfileOut.of)


@get(_STATUS, tags=TAGS, opt={"errors": (OrganisationNotFound,)})
async def show_invoice_status(
    organisation_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[InvoiceStatusOut]:
    """A provider's registration as an issuer of qualified invoices, and whether the desk has confirmed it."""
    caller.needs_operator()
    found = organisation_id_of(organisation_id)
    async with db.transaction(caller) as session:
        provider = await queries.party_of(session, caller, found, (OrganisationKind.PROVIDER,))
        return _shown_status(provider, await queries.provider_status_of(session, found))


@patch(_STATUS, tags=TAGS, opt={"errors": (OrganisationNotFound, errors.ProviderNotRegistered)})
async def confirm_invoice_status(
    organisation_id: FromPath[str],
    data: JSONBody[InvoiceStatusIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[InvoiceStatusOut]:
    """Confirm a provider's registration, since when the desk was told of it; or take that back."""
    caller.needs_operator()
    found = organisation_id_of(organisation_id)
    async with db.transaction(caller.with_party(found)) as session:  # The desk vouches for a provider.
        provider = await queries.party_of(session, caller, found, (OrganisationKind.PROVIDER,))
        status = await operations.locked_provider_status(session, found)
        require_match(if_match, 0 if status is None else status.version)
        if data.confirmed_on is not None and provider.invoice_number is None:
            raise errors.ProviderNotRegistered(f"{provider.name} has told no registration number.")
        status = await operations.confirm_registration(
            session, found, status, registration_number=provider.invoice_number if data.confirmed_on else None,
            confirmed_on=data.confirmed_on, note=data.note, now=utc_now(),
        )  # fmt: skip
        return _shown_status(provider, status)


@get(_CREDIT, tags=TAGS, opt={"errors": (OrganisationNotFound, errors.CreditLineNotFound)})
async def show_buyers_credit_line(
    organisation_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[CreditLineOut]:
    """What a buyer may owe, owes, and can still draw."""
    caller.needs_operator()
    found = organisation_id_of(organisation_id)
    async with db.transaction(caller) as session:
        await queries.party_of(session, caller, found, BUYERS)
        line = await queries.credit_line_of(session, found)
        if line is None:
            raise errors.CreditLineNotFound("This organisation has no credit line.")
        return _shown_line(line)


@patch(_CREDIT, tags=TAGS, opt={"errors": (OrganisationNotFound, errors.PaymentTermsInvalid)})
async def grant_credit_line(
    organisation_id: FromPath[str],
    data: JSONBody[CreditLineIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[CreditLineOut]:
    """Let a buyer owe so much, on these terms; the first time with `If-Match: *`. What is owed already stays owed."""
    caller.needs_operator()
    found = organisation_id_of(organisation_id)
    terms = Terms(
        closing_day=data.closing_day, months_after=data.months_after, day=data.due_day, on_holiday=data.on_holiday
    )
    granted = CreditTerms(
        limit_minor=data.limit.amount, terms=terms, retire_before_paid=data.retire_before_paid,
        valid_from=data.valid_from, valid_through=data.valid_through,
    )  # fmt: skip
    if data.valid_through is not None and data.valid_through < data.valid_from:
        raise errors.PaymentTermsInvalid("A credit line ends on the day that it begins, or later.")
    async with db.transaction(caller.with_party(found)) as session:  # The desk grants a buyer credit.
        await queries.party_of(session, caller, found, BUYERS)
        line = await operations.locked_credit_line(session, found)
        require_match(if_match, 0 if line is None else line.version)
        return _shown_line(await operations.grant(session, found, line, granted, now=utc_now()))


def _shown_status(provider: Organisation, status: ProviderInvoiceStatus | None) -> Response[InvoiceStatusOut]:
    shown = InvoiceStatusOut.of(provider, status)
    return Response(shown, headers={"ETag": etag_of(shown.version)})


def _shown_line(line: CreditLine) -> Response[CreditLineOut]:
    return Response(CreditLineOut.of(line), headers={"ETag": etag_of(line.version)})


def _wrong_of(data: DeskProfileIn) -> Iterator[FieldError]:
    """What could not be printed, and a registration number that the Agency cannot have given."""
    number = data.registration_number
    if number is not None and not is_invoice_registration_number(number, of_a_corporation=data.is_corporation):
        yield FieldError("/registration_number", "format", "T and 13 digits; a company's with its check digit.")
    printed = {"/name": data.name, "/address": data.address, "/phone": data.phone}
    printed |= {f"/notes/{n}": note for n, note in enumerate(data.notes)}
    if data.bank is not None:
        printed |= {f"/bank/{field}": value for field, value in to_builtins(data.bank).items()}
    for pointer, text in printed.items():
        if chars := "".join(unprintable(text)):
            yield FieldError(pointer, "unprintable", f"Our fonts have no glyph for {chars}.")


routes: list[HTTPRouteHandler] = [
    enter_desk_profile, list_desk_profiles, show_invoice_status, confirm_invoice_status, show_buyers_credit_line,
    grant_credit_line,
]  # fmt: skip
