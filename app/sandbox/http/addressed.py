"""What have the doors of a test desk in common? Their tag in the document, and the robot that decides."""

from typing import Final, Protocol, runtime_checkable

from app.core.scope import DESK_ID, Scope

TAGS: Final = ["Test mode"]


@runtime_checkable
class ForgetsCallers(Protocol):
    """What finds the callers of this desk, and keeps them for a moment."""

    def forget(self, *hashes: bytes) -> None:
        """Look these credentials up again at their next request."""
        ...


def robot_of(caller: Scope) -> Scope:
    """Who decides at once in the operator's place; the event names the caller who asked for it."""
    return Scope.of_system(DESK_ID, caller.request_id)
