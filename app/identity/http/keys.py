"""How is a fresh key or token made: the text that its owner sees once, and what we keep of it?"""

from datetime import datetime
from uuid import UUID

from app.core.ids import new_id
from app.core.security import (
    ACCESS_PREFIX,
    REFRESH_PREFIX,
    credential_hash,
    make_api_key,
    make_buyer_token,
    make_publishable_key,
)
from app.identity.operations import NewKey, NewStorefrontKey, NewTokens


def fresh_key(
    mode: str,
    name: str,
    scopes: frozenset[str],
    expires_at: datetime | None,
    *,
    storefront_id: UUID | None = None,
    random: bytes,
) -> tuple[str, NewKey]:
    """The secret, and the key as it is stored. `mode` is the installation's: `live` or `test`."""
    made = make_api_key("live" if mode == "live" else "test", random=random)
    shown = f"od_{made.mode}_{made.key_id}"
    return made.text, NewKey(new_id(), credential_hash(made.text), shown, name, scopes, expires_at, storefront_id)


def fresh_publishable_key(mode: str, *, random: bytes) -> tuple[str, NewStorefrontKey]:
    """The key for a storefront's page, and what is stored of it."""
    made = make_publishable_key("live" if mode == "live" else "test", random=random)
    return made.text, NewStorefrontKey(new_id(), credential_hash(made.text), f"od_pk_{made.mode}_{made.key_id}")


def fresh_tokens(*, random: tuple[bytes, bytes]) -> tuple[tuple[str, str], NewTokens]:
    """The (access, refresh) tokens, and what is stored of them."""
    access = make_buyer_token(ACCESS_PREFIX, random=random[0])
    refresh = make_buyer_token(REFRESH_PREFIX, random=random[1])
    return (access, refresh), NewTokens(new_id(), credential_hash(access), credential_hash(refresh))
