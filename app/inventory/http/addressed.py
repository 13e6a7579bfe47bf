"""Who may come through a door of the inventory, which row does an address name, and of what type is a file?"""

from typing import Final

from app.core.errors import Forbidden
from app.core.scope import Scope

FILE_MAX_BYTES: Final = 10_000_000


def needs_provider(scope: Scope) -> None:
    """Only providers have stock. Raises Forbidden (403)."""
    scope.needs("inventory:write")
    if scope.org_kind != "provider":
        raise Forbidden("Only a provider has stock.")
