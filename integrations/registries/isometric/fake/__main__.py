"""How is the fake Isometric started as a program of its own?

`python -m integrations.registries.isometric.fake --host … --port … --book … --port-file …`, with the client's secret in
FAKE_REGISTRY_SECRET and the admin's in FAKE_REGISTRY_ADMIN_SECRET; the access token is made of the former.
"""

import os
from datetime import UTC, datetime

from integrations.registries.fake.book import Book
from integrations.registries.fake.standing import command_line, die_with, stand
from integrations.registries.isometric.fake.counter import Counter
from integrations.registries.isometric.fake.office import Office
from integrations.registries.isometric.fake.scene import access_token_of
from integrations.registries.isometric.fake.server import Secrets, create_app


def main() -> None:
    """Serve until told to stop. Raises `BookTampered` or `BookInUse` before it listens."""
    asked = command_line("integrations.registries.isometric.fake").parse_args()
    if asked.parent is not None:
        die_with(asked.parent)
    client = os.environ["FAKE_REGISTRY_SECRET"]
    given = Secrets(client=client, token=access_token_of(client), admin=os.environ["FAKE_REGISTRY_ADMIN_SECRET"])
    book = Book.open(asked.book)
    app = create_app(Office(book), Counter(), given, now=lambda: datetime.now(UTC), page_size=asked.page_size)
    stand(app, asked)
    book.close()


if __name__ == "__main__":
    main()
