"""How is a fresh key made: the text that its owner sees once, and what we keep of it?"""

from datetime import datetime

from app.core.ids import new_id
from app.core.security import credential_hash, make_api_key
from app.identity.operations import NewKey


def fresh_key(
    mode: str, name: str, scopes: frozenset[str], expires_at: datetime | None, *, random: bytes
) -> tuple[str, NewKey]:
    """The secret, and the key as it is stored. `mode` is the installation's: `live` or `test`."""
    made = make_api_key("live" if mode == "live" else "test", random=random)
    shown = f"od_{made.mode}_{made.key_id}"
    return made.text, NewKey(new_id(), credential_hash(made.text), shown, name, scopes, expires_at)
