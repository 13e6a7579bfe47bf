"""Which row does this address name?"""

from uuid import UUID

from app.core.errors import NotFound
from app.core.ids import read_public_id


def id_in(prefix: str, text: str, missing: type[NotFound]) -> UUID:
    """The id in a path. What is no id of this kind is as unknown as a wrong one: raises `missing` (404)."""
    found = read_public_id(prefix, text)
    if found is None:
        raise missing("Nothing has this id.")
    return found
