"""How is the fake Gold Standard started as a program of its own?

`python -m integrations.registries.gold_standard.fake --host … --port … --book … --port-file …`, with the admin's secret
in FAKE_REGISTRY_ADMIN_SECRET. Its lists are public.
"""

import os
from datetime import UTC, datetime

from integrations.registries.fake.book import Book
from integrations.registries.fake.standing import command_line, die_with, stand
from integrations.registries.gold_standard.fake.counter import Counter
from integrations.registries.gold_standard.fake.server import create_app
from integrations.registries.gold_standard.fake.shelf import Shelf


def main() -> None:
    """Serve until told to stop. Raises `BookTampered` or `BookInUse` before it listens."""
    asked = command_line("integrations.registries.gold_standard.fake").parse_args()
    if asked.parent is not None:
        die_with(asked.parent)
    book = Book.open(asked.book)
    shelf = Shelf(book)
    counter = Counter(shelf, now=_now)
    stand(create_app(shelf, counter, admin_secret=os.environ["FAKE_REGISTRY_ADMIN_SECRET"], now=_now), asked)
    book.close()


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
