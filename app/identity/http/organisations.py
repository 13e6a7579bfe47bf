"""How does an organisation sign up, and what does it see of itself?"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import FieldError, Unprocessable
from app.core.http.conditions import etag_of
from app.core.ids import new_id
from app.core.request_id import current_request_id
from app.core.scope import DESK_ID, Scope
from app.core.security import KEY_RANDOM_BYTES
from app.core.terms import Terms
from app.identity import operations, queries, rules
from app.identity.errors import EmailTaken
from app.identity.http.caller import PUBLISHABLE
from app.identity.http.keys import fresh_key
from app.identity.http.passwords import Passwords
from app.identity.models import Member, Organisation, OrganisationKind, Role
from app.identity.operations import NewMember, NewOrganisation
from app.identity.schemas import ApiKeyOut, BuyerIn, MemberOut, OrganisationOut, SignedUpOut, SignUp
from integrations.documents.glyphs import unprintable

TAGS = ["Organisations"]
NO_STORE = {"Cache-Control": "no-store"}


@post(
    "/v1/organisations",
    status_code=201,
    tags=TAGS,
    opt={"errors": (EmailTaken,), "rate": "sign_in", PUBLISHABLE: True},
)
async def sign_up(
    data: JSONBody[SignUp],
    db: NamedDependency[Database],
    passwords: NamedDependency[Passwords],
    terms: NamedDependency[Terms],
    reader: NamedDependency[Scope | None] = None,
) -> Response[SignedUpOut]:
    """Sign up as a buyer, an organiser or a provider. The answer holds the first API key, this once.

    With a storefront's publishable key you become a buyer or organiser of the storefront's; then no key is made.
    """
    if wrong := wrong_about_sign_up(data):
        raise Unprocessable("See `errors`.", errors=wrong)
    if reader is not None and reader.actor_kind == "storefront":
        return await _through(reader, data, db, passwords)
    org_id, now, kind = new_id(), utc_now(), OrganisationKind(data.kind)
    numbers = (data.corporate_number, data.invoice_number)
    made = NewOrganisation(org_id, kind, data.name, *numbers, data.provider_kind, approved=terms.sandbox)
    password_hash = await passwords.hashed(data.member.password)
    owner = NewMember(new_id(), data.member.email, data.member.name, Role.OWNER, password_hash)
    rights = rules.rights_of(kind, Role.OWNER)
    secret, key = fresh_key(terms.mode, "First key", rights, None, random=secrets.token_bytes(KEY_RANDOM_BYTES))
    scope = Scope(org_id, owner.member_id, "member", rights, current_request_id.get(), kind)
    async with db.transaction(scope.with_party(DESK_ID)) as session:
        organisation, member, api_key = await operations.sign_up(session, made, owner, key, now=now)
        told = SignedUpOut(OrganisationOut.of(organisation), MemberOut.of(member), ApiKeyOut.of(api_key), secret)
    return Response(told, status_code=201, headers=NO_STORE)


async def _through(storefront: Scope, data: SignUp, db: Database, passwords: Passwords) -> Response[SignedUpOut]:
    if data.kind == "provider":
        wrong = FieldError("/kind", "unexpected", "Providers sign up at the desk, not through a storefront.")
        raise Unprocessable("See `errors`.", errors=(wrong,))
    wanted = BuyerIn(data.name, data.kind, data.corporate_number, data.invoice_number, data.member)
    organisation, member = await opened_buyer(wanted, storefront, db, passwords, by_itself=True)
    assert member is not None, "Who signs up is the first member."
    told = SignedUpOut(OrganisationOut.of(organisation), MemberOut.of(member), None, None)
    return Response(told, status_code=201, headers=NO_STORE)


async def opened_buyer(
    data: BuyerIn, caller: Scope, db: Database, passwords: Passwords, *, by_itself: bool
) -> tuple[Organisation, Member | None]:
    """A buyer of the storefront that the caller came through; its first member, when it has one.

    `by_itself` when the person signs up on the storefront's page, and is who acts. Raises EmailTaken (409).
    """
    assert caller.storefront_id is not None, "The caller came through a storefront."
    assert caller.storefront_org_id is not None, "The caller came through a storefront."
    org_id, kind, owner = new_id(), OrganisationKind(data.kind), None
    through = (caller.storefront_org_id, caller.storefront_id)
    made = NewOrganisation(org_id, kind, data.name, data.corporate_number, data.invoice_number, None, through)
    if data.member is not None:
        password_hash = await passwords.hashed(data.member.password)
        owner = NewMember(new_id(), data.member.email, data.member.name, Role.OWNER, password_hash)
    scope = replace(caller, actor_kind="member", actor_id=owner.member_id) if by_itself and owner else caller
    async with db.transaction(scope.with_party(org_id, DESK_ID)) as session:
        return await operations.open_buyer(session, made, owner, now=utc_now())


@get("/v1/organisation", tags=TAGS)
async def show_organisation(caller: NamedDependency[Scope], db: NamedDependency[Database]) -> Response[OrganisationOut]:
    """Your own organisation, and whether the operator has decided on it."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        found = await queries.own_organisation(session, caller)
        return Response(OrganisationOut.of(found), headers={"ETag": etag_of(found.version)})


def wrong_about_sign_up(data: SignUp | BuyerIn) -> tuple[FieldError, ...]:
    """What is wrong with a company that signs up, and with its first member."""
    company: dict[str, Any] = {
        "corporate_number": data.corporate_number,
        "invoice_number": data.invoice_number,
        "provider_kind": data.provider_kind if isinstance(data, SignUp) else None,
    }
    first = data.member
    person = first and rules.wrong_about_person(
        email=first.email, name=first.name, password=first.password, at="/member"
    )
    return (
        *(tuple(rules.wrong_about_name(data.name, "/name")) or _unprintable_in(data.name)),
        *rules.wrong_about_company(kind=data.kind, **company),
        *(person or ()),
    )


def _unprintable_in(name: str) -> Iterator[FieldError]:
    """A legal name is printed on certificates: what their fonts cannot show is refused while it can be corrected."""
    if refused := unprintable(name):
        yield FieldError("/name", "unprintable", f"A certificate cannot show: {' '.join(dict.fromkeys(refused))}")


routes: list[HTTPRouteHandler] = [sign_up, show_organisation]
