"""Which desk does the demonstration happen at? One that knows the real project list, with an operator and its key."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.catalog.flow import load_reference
from app.core.db import API_ROLE, Database
from app.core.ids import new_id
from app.core.request_id import new_request_id
from app.core.scope import DESK_ID, Scope
from app.core.security import KEY_RANDOM_BYTES, SALT_BYTES, credential_hash, hash_password, make_api_key
from app.identity import operations as identity
from app.identity import rules
from app.identity.models import OrganisationKind, Role

_NAME: Final = "オフセットデスク（見本）"
_EMAIL: Final = "operator@desk.example"


@dataclass(frozen=True, slots=True)
class Founded:
    """The desk as it opens: how many projects it knows, and the operator's key."""

    projects: int
    operator_key: str = field(repr=False)


async def found(url: str, *, now: datetime) -> Founded:
    """Load the catalogue and found the desk, as `offsetdesk migrate` and `offsetdesk found-desk` do."""
    db = Database(url, role=API_ROLE, pool_size=1)
    try:
        report = await load_reference(db, now)
        return Founded(len(report.projects), await _operator_key(db, now=now))
    finally:
        await db.close()


async def _operator_key(db: Database, *, now: datetime) -> str:
    made = make_api_key("test", random=secrets.token_bytes(KEY_RANDOM_BYTES))
    # Nobody signs in with this password: it is told to nobody.
    password_hash = hash_password(secrets.token_urlsafe(), salt=secrets.token_bytes(SALT_BYTES))
    owner = identity.NewMember(new_id(), _EMAIL, "運営 花子", Role.OWNER, password_hash)
    rights = rules.rights_of(OrganisationKind.OPERATOR, Role.OWNER)
    shown = f"od_{made.mode}_{made.key_id}"
    key = identity.NewKey(new_id(), credential_hash(made.text), shown, "Demonstration", rights, None)
    scope = Scope.of_system(DESK_ID, new_request_id(new_id()))
    async with db.transaction(scope) as session:
        await identity.found_desk(session, name=_NAME, owner=owner, now=now)
        await identity.create_key(session, key, org_id=DESK_ID, created_by=owner.member_id, now=now)
    return made.text
