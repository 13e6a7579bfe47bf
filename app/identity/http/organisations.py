"""How does an organisation sign up, and what does it see of itself?"""

import secrets
from collections.abc import Iterator
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import FieldError, Unprocessable
from app.core.http.conditions import etag_of
from app.core.http.limiter import SIGN_IN
from app.core.ids import new_id
from app.core.request_id import current_request_id
from app.core.scope import DESK_ID, Scope
from app.core.security import KEY_RANDOM_BYTES
from app.core.terms import Terms
from app.identity import operations, queries, rules
from app.identity.errors import EmailTaken
from app.identity.http.keys import fresh_key
from app.identity.http.passwords import Passwords
from app.identity.models import OrganisationKind, Role
from app.identity.operations import NewMember, NewOrganisation
from app.identity.schemas import ApiKeyOut, MemberOut, OrganisationOut, SignedUpOut, SignUp
from integrations.documents.glyphs import unprintable

TAGS = ["Organisations"]
NO_STORE = {"Cache-Control": "no-store"}


@post("/v1/organisations", status_code=201, tags=TAGS, opt={"limit": SIGN_IN, "errors": (EmailTaken,)})
async def sign_up(
    data: JSONBody[SignUp],
    db: NamedDependency[Database],
    passwords: NamedDependency[Passwords],
    terms: NamedDependency[Terms],
) -> Response[SignedUpOut]:
    """Sign up as a buyer, an organiser or a provider. The answer holds the first API key, this once."""
    if wrong := _wrong_about(data):
        raise Unprocessable("See `errors`.", errors=wrong)
    org_id, now, kind = new_id(), utc_now(), OrganisationKind(data.kind)
    made = NewOrganisation(org_id, kind, data.name, data.corporate_number, data.invoice_number, data.provider_kind)
    password_hash = await passwords.hashed(data.member.password)
    owner = NewMember(new_id(), data.member.email, data.member.name, Role.OWNER, password_hash)
    rights = rules.rights_of(kind, Role.OWNER)
    secret, key = fresh_key(terms.mode, "First key", rights, None, random=secrets.token_bytes(KEY_RANDOM_BYTES))
    scope = Scope(org_id, owner.member_id, "member", rights, current_request_id.get(), kind)
    async with db.transaction(scope.with_party(DESK_ID)) as session:
        organisation, member, api_key = await operations.sign_up(session, made, owner, key, now=now)
        told = SignedUpOut(OrganisationOut.of(organisation), MemberOut.of(member), ApiKeyOut.of(api_key), secret)
    return Response(told, status_code=201, headers=NO_STORE)


@get("/v1/organisation", tags=TAGS)
async def show_organisation(caller: NamedDependency[Scope], db: NamedDependency[Database]) -> Response[OrganisationOut]:
    """Your own organisation, and whether the operator has decided on it."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        found = await queries.own_organisation(session, caller)
        return Response(OrganisationOut.of(found), headers={"ETag": etag_of(found.version)})


def _wrong_about(data: SignUp) -> tuple[FieldError, ...]:
    company: dict[str, Any] = {
        "corporate_number": data.corporate_number,
        "invoice_number": data.invoice_number,
        "provider_kind": data.provider_kind,
    }
    first = data.member
    return (
        *(tuple(rules.wrong_about_name(data.name, "/name")) or _unprintable_in(data.name)),
        *rules.wrong_about_company(kind=data.kind, **company),
        *rules.wrong_about_person(email=first.email, name=first.name, password=first.password, at="/member"),
    )


def _unprintable_in(name: str) -> Iterator[FieldError]:
    """A legal name is printed on certificates: what their fonts cannot show is refused while it can be corrected."""
    if refused := unprintable(name):
        yield FieldError("/name", "unprintable", f"A certificate cannot show: {' '.join(dict.fromkeys(refused))}")


routes: list[HTTPRouteHandler] = [sign_up, show_organisation]
