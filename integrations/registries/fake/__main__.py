"""How is the fake registry started as a program of its own?

`python -m integrations.registries.fake --host 127.0.0.1 --port 0 --book PATH --port-file PATH`, with the secrets in
FAKE_REGISTRY_SECRET and FAKE_REGISTRY_ADMIN_SECRET. It prints one line with its port.
"""

import argparse
import os
from datetime import UTC, datetime

import msgspec

from integrations.registries.fake.book import Book
from integrations.registries.fake.faults import Faults
from integrations.registries.fake.office import Office
from integrations.registries.fake.server import Secrets, create_app
from integrations.registries.fake.standing import command_line, die_with, stand
from integrations.registries.simulated_ways import Pace, Ways


def main() -> None:
    """Serve until told to stop. Raises `BookTampered` or `BookInUse` before it listens."""
    asked = _asked()
    if asked.parent is not None:
        die_with(asked.parent)
    given = Secrets(broker=os.environ["FAKE_REGISTRY_SECRET"], admin=os.environ["FAKE_REGISTRY_ADMIN_SECRET"])
    book = Book.open(asked.book)
    app = create_app(
        Office(
            book,
            takes_all=asked.take_all,
            ways=msgspec.json.decode(asked.ways, type=Ways),
            pace=msgspec.json.decode(asked.pace, type=Pace),
        ),
        Faults(),
        given,
        now=lambda: datetime.now(UTC),
        page_size=asked.page_size,
    )
    stand(app, asked)
    book.close()


def _asked() -> argparse.Namespace:
    parser = command_line("integrations.registries.fake")
    parser.add_argument("--take-all", action="store_true", help="know every serial that nobody issued")
    parser.add_argument("--ways", default="{}", help="how it works, as JSON: see Ways")
    parser.add_argument("--pace", default="{}", help="how late it records and shows, as JSON: see Pace")
    return parser.parse_args()


if __name__ == "__main__":
    main()
