"""Which verbs change organisations, members and their credentials? Each is one transaction's worth."""

from app.identity.operations.credentials import (
    REVOKED_CHANNEL,
    SESSION_VALID,
    NewKey,
    NewSession,
    close_session,
    create_key,
    open_session,
    renew_password_hash,
    revoke_key,
)
from app.identity.operations.members import (
    NewMember,
    add_member,
    change_member,
    grantor,
    locked_member,
)
from app.identity.operations.organisations import (
    NewOrganisation,
    decide,
    found_desk,
    sign_up,
    turn,
)

__all__ = [
    "REVOKED_CHANNEL",
    "SESSION_VALID",
    "NewKey",
    "NewMember",
    "NewOrganisation",
    "NewSession",
    "add_member",
    "change_member",
    "close_session",
    "create_key",
    "decide",
    "found_desk",
    "grantor",
    "locked_member",
    "open_session",
    "renew_password_hash",
    "revoke_key",
    "sign_up",
    "turn",
]
