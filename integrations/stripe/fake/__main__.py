"""How is the fake Stripe started as a program of its own?

`python -m integrations.stripe.fake --host … --port … --book … --port-file …`, with its secret key in
FAKE_REGISTRY_SECRET and the admin's secret in FAKE_REGISTRY_ADMIN_SECRET, as our other fakes. It prints one line with its
port. Whoever can list this machine's commands can read the secrets of its webhooks: they are a fake's.
"""

import argparse
import asyncio
import os
from datetime import UTC, datetime

import msgspec

from integrations.registries.fake.book import Book
from integrations.registries.fake.standing import command_line, die_with, listening, server_of
from integrations.stripe.fake.faults import Faults
from integrations.stripe.fake.hooks import Hooks
from integrations.stripe.fake.messages import Durability, Endpoint
from integrations.stripe.fake.office import Office
from integrations.stripe.fake.server import create_app


def main() -> None:
    """Serve until told to stop. Raises `BookTampered` or `BookInUse` before it listens."""
    asked = _asked()
    if asked.parent is not None:
        die_with(asked.parent)
    book = Book.open(asked.book)
    office = Office(
        book,
        seed=asked.seed,
        durability=Durability(asked.durability),
        clock=lambda: datetime.now(UTC),
    )
    endpoints = msgspec.json.decode(asked.webhooks, type=tuple[Endpoint, ...])
    if endpoints:
        office.set_endpoints(endpoints)
    asyncio.run(_stand(office, Hooks(office), asked))
    book.close()


async def _stand(office: Office, hooks: Hooks, asked: argparse.Namespace) -> None:
    """Serve, with the postman beside."""
    app = create_app(
        office,
        Faults(),
        hooks,
        secret_key=os.environ["FAKE_REGISTRY_SECRET"],
        admin_secret=os.environ["FAKE_REGISTRY_ADMIN_SECRET"],
    )
    async with asyncio.TaskGroup() as both:
        postman = both.create_task(hooks.run())
        await server_of(app).serve(sockets=[listening(asked)])
        postman.cancel()
    await hooks.aclose()


def _asked() -> argparse.Namespace:
    parser = command_line("integrations.stripe.fake")
    parser.add_argument("--seed", default="offsetdesk", help="what the names of things are made of")
    parser.add_argument("--durability", choices=[*Durability], default=Durability.PAGE_CACHE)
    parser.add_argument("--webhooks", default="[]", help="where events go, as JSON: a list of Endpoint")
    return parser.parse_args()


if __name__ == "__main__":
    main()
