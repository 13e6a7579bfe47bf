"""How do tests and the demo run a fake Stripe beside them, kill it, and start it again on the same book?"""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from integrations.registries.fake.admin import Admin
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.stripe.fake.messages import Durability, Endpoint

MODULE: Final = "integrations.stripe.fake"


class FakeStripeProcess:
    """A fake Stripe with its own process and book, for as long as the `with` block lasts.

    Begin it on the main thread, as our other fakes. `webhooks` is where events go, with the secrets that sign them. A
    restart takes the same port. Kills lose nothing; give `Durability.DISK` where power cuts must not either.
    """

    def __init__(
        self,
        book: Path,
        *,
        secret_key: str,
        admin_secret: str,
        webhooks: tuple[str, Sequence[str]] | None,
        durability: Durability = Durability.PAGE_CACHE,
    ) -> None:
        endpoints = [] if webhooks is None else [Endpoint(webhooks[0], tuple(webhooks[1]))]
        told = ("--durability", durability, "--webhooks", msgspec.json.encode(endpoints).decode())
        self.secret_key = secret_key
        self.admin_secret = admin_secret
        self._child = FakeRegistryProcess(
            book, secret=secret_key, admin_secret=admin_secret, page_size=100, module=MODULE, told=told
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def book(self) -> Path:
        """Its book."""
        return self._child.book

    @property
    def base_url(self) -> str:
        """Where it listens: `base_addresses={"api": …}` of Stripe's library. The same after a restart."""
        return self._child.base_url

    @property
    def admin(self) -> Admin:
        """The blocking admin's client; for an asynchronous one give `base_url` and `admin_secret` to `AsyncAdmin`."""
        return self._child.admin

    @property
    def runs(self) -> bool:
        """Whether the process is there; False when it ended by itself."""
        return self._child.runs

    def start(self) -> None:
        """Start it and wait until it answers; raises `FakeRegistryFailed`, for instance for a tampered book."""
        self._child.start()

    def stop(self) -> None:
        """Stop it in peace, or by force when it does not listen."""
        self._child.stop()

    def kill(self) -> None:
        """End it by SIGKILL."""
        self._child.kill()

    def restart(self) -> None:
        """Start it again on the same book and port, after ending it if it still runs."""
        self._child.restart()
