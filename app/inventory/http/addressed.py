"""Who may come through a door of the inventory, which row does an address name, and of what type is a file?"""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request
from litestar.params import QueryParameter

from app.core.errors import Forbidden, NotFound
from app.core.http.errors import UnsupportedMediaType
from app.core.ids import read_public_id
from app.core.scope import Scope

FILE_MAX_BYTES: Final = 10_000_000
Filename = Annotated[str, QueryParameter(min_length=1, max_length=200, description="The file's name at the sender.")]


def id_in(prefix: str, text: str, missing: type[NotFound]) -> UUID:
    """The id in a path. What is no id of this kind is as unknown as a wrong one: raises `missing` (404)."""
    found = read_public_id(prefix, text)
    if found is None:
        raise missing("Nothing has this id.")
    return found


def needs_provider(scope: Scope) -> None:
    """Only providers have stock. Raises Forbidden (403)."""
    scope.needs("inventory:write")
    if scope.org_kind != "provider":
        raise Forbidden("Only a provider has stock.")


def needs_operator(scope: Scope) -> None:
    """Only the operator decides about other people's lots. Raises Forbidden (403)."""
    scope.needs("admin")
    if scope.org_kind != "operator":
        raise Forbidden("Only the operator of this desk may do this.")


def media_type_of(request: Request[Any, Any, Any], allowed: tuple[str, ...]) -> str:
    """The body's media type, one of those allowed. Raises UnsupportedMediaType (415)."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in allowed:
        raise UnsupportedMediaType(f"Send the file as one of: {', '.join(allowed)}.", expected=list(allowed))
    return media_type
