"""The doors of what an organisation says of itself for its papers, and of what it may owe."""

from litestar import Response, get, patch
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import FieldError
from app.core.http.conditions import IfMatch, etag_of, require_match
from app.core.scope import Scope
from app.identity import queries as people
from app.identity.models import Organisation
from app.invoices import errors, operations, queries
from app.invoices.models import BillingProfile
from app.invoices.operations import BillingFacts
from app.invoices.schemas import BillingProfileIn, BillingProfileOut, CreditLineOut
from integrations.documents.glyphs import unprintable

TAGS = ["Papers"]
_PRINTED = ("name", "department", "address", "phone", "purchase_order")


@get("/v1/billing-profile", tags=TAGS)
async def show_billing_profile(
    caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[BillingProfileOut]:
    """How your organisation is written on its papers."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        organisation = await people.own_organisation(session, caller)
        return _shown(organisation, await queries.billing_profile_of(session, caller.org_id))


@patch("/v1/billing-profile", tags=TAGS, opt={"errors": (errors.ProfileInvalid,)})
async def change_billing_profile(
    data: JSONBody[BillingProfileIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[BillingProfileOut]:
    """Say anew how your organisation is written on papers from now on; papers of before stay as they were."""
    caller.needs("orders:write")
    _refuse_unprintable(data)
    facts = BillingFacts(
        name=data.name, department=data.department, address=data.address, phone=data.phone,
        purchase_order=data.purchase_order, email=data.email,
    )  # fmt: skip
    async with db.transaction(caller) as session:
        profile = await operations.locked_billing_profile(session, caller.org_id)
        require_match(if_match, 0 if profile is None else profile.version)
        profile = await operations.change_billing_profile(session, caller.org_id, profile, facts, now=utc_now())
        return _shown(await people.own_organisation(session, caller), profile)


@get("/v1/credit-line", tags=TAGS, opt={"errors": (errors.CreditLineNotFound,)})
async def show_credit_line(caller: NamedDependency[Scope], db: NamedDependency[Database]) -> Response[CreditLineOut]:
    """What your organisation may owe, owes, and can still draw."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        line = await queries.credit_line_of(session, caller.org_id)
        if line is None:
            raise errors.CreditLineNotFound("Your organisation has no credit line.")
        return Response(CreditLineOut.of(line), headers={"ETag": etag_of(line.version)})


def _shown(organisation: Organisation, profile: BillingProfile | None) -> Response[BillingProfileOut]:
    version = 0 if profile is None else profile.version
    return Response(BillingProfileOut.of(organisation, profile), headers={"ETag": etag_of(version)})


def _refuse_unprintable(data: BillingProfileIn) -> None:
    """What is printed is printed to the letter or not at all. Raises ProfileInvalid (422)."""
    wrong = tuple(
        FieldError(f"/{field}", "unprintable", f"Our fonts have no glyph for {chars}.")
        for field in _PRINTED
        if (chars := "".join(unprintable(getattr(data, field))))
    )
    if wrong:
        raise errors.ProfileInvalid("See `errors`.", errors=wrong)


routes: list[HTTPRouteHandler] = [show_billing_profile, change_billing_profile, show_credit_line]
