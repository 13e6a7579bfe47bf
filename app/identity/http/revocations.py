"""How does this process hear at once that another one has revoked a credential?"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from app.core.db import Database
from app.core.ear import Ear
from app.identity.operations import REVOKED_CHANNEL


class Revocations:
    """Listens for revocations and says whether it can hear them: while it cannot, nobody may rely on a memory."""

    def __init__(self, db: Database, *, on_revoked: Callable[[bytes], None], on_gap: Callable[[], None]) -> None:
        """`on_revoked` gets each credential's hash; `on_gap` is called when some may have been missed."""
        self._on_revoked = on_revoked
        self._on_gap = on_gap
        self._ear = Ear(db, {REVOKED_CHANNEL: self._told}, on_gap=self._gap)
        self.heard_count = 0
        """Raised by every message and every gap."""

    @property
    def heard(self) -> bool:
        """Whether the connection listens at this moment."""
        return self._ear.hears

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Listen while the block runs: the application's lifespan."""
        return self._ear.listening()

    def _told(self, message: str) -> None:
        self.heard_count += 1
        self._on_revoked(bytes.fromhex(message))

    def _gap(self) -> None:
        self.heard_count += 1
        self._on_gap()
