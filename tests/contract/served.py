"""Where is the contract tried? At the real server process, over a database in which something of everything is."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.core.db import API_ROLE, WORKER_ROLE, Database
from benchmarks.load import free_port, running
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.stripe.fake.child import FakeStripeProcess
from tests.contract.peopled import PAGE, SHOP_ORIGIN, peopled
from tests.world import World, open_world

SECRET = "a secret of at least thirty-two characters"


@dataclass
class Served:
    """A server's address, and whom it knows."""

    url: str
    world: World
    keys: dict[str, str | None]
    """The API key of each caller; nobody has none."""
    pages: dict[str, str] = field(default_factory=dict)
    """One address each of what the buyer has."""

    def headers(self, caller: str) -> dict[str, str]:
        """How this caller shows itself."""
        key = self.keys[caller]
        shown = {} if key is None else {"Authorization": f"Bearer {key}"}
        return shown | ({"Origin": SHOP_ORIGIN} if caller == PAGE else {})


@asynccontextmanager
async def served(database_url: str, folder: Path) -> AsyncIterator[Served]:
    """A desk with a trade in every state, and one server process of its own over the same database."""
    db, worker_db = Database(database_url, role=API_ROLE), Database(database_url, role=WORKER_ROLE)
    registry = FakeRegistryProcess(folder / "book.jsonl", secret="registry secret", admin_secret="admin", page_size=50)
    stripe = FakeStripeProcess(
        folder / "stripe.jsonl", secret_key="sk_test_contract", admin_secret="admin", webhooks=None
    )
    with registry as child, stripe as payments:
        there = {
            "stripe_url": payments.base_url, "stripe_secret_key": payments.secret_key,
            "stripe_publishable_key": "pk_test_contract",
        }  # fmt: skip
        async with open_world(db, worker_db, folder / "files", registry=child, **there) as world:
            found = await peopled(world)
            known = {name.upper(): value for name, value in there.items()}
            with server_process(database_url, folder / "files", **known) as url:
                yield Served(url, world, *found)
    await worker_db.close()
    await db.close()


@contextmanager
def server_process(database_url: str, files: Path, **settings: str) -> Iterator[str]:
    """`python -m app.main` on a port of the kernel's choosing, until the block is left."""
    port = free_port()
    given = {
        "DATABASE_URL": database_url, "SECRET": SECRET, "FILES_URL": f"file://{files}", "MODE": "test",
        "LOG_LEVEL": "WARNING", "PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}",
        "RATE_PUBLIC_PER_MIN": "0", "RATE_SIGN_IN_PER_MIN": "0", "RATE_CALLS_PER_MIN": "0", "SHARED_ANSWERS_MS": "0",
    } | settings  # fmt: skip
    with running(["app.main"], port, {f"OFFSETDESK_{name}": value for name, value in given.items()}):
        yield f"http://127.0.0.1:{port}"
