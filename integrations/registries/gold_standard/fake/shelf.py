"""Which projects and blocks does the fake Gold Standard list? Its state is its book, read from the first line."""

from datetime import datetime
from typing import Any

import msgspec

from integrations.registries.fake.book import Book
from integrations.registries.fake.messages import BookRecord
from integrations.registries.gold_standard.fake.messages import NewBlock, NewProject, Retired, View

_COUNTRY = "KE"


class Shelf:
    """Projects and blocks; ids are given in the order of coming."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._projects: dict[int, dict[str, Any]] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        for record in book.records:
            self._learn(record)

    def add_project(self, new: NewProject, *, now: datetime) -> dict[str, Any]:
        """List a project."""
        self._write("project", new, now)
        return self._projects[new.sustaincert_id]

    def issue(self, new: NewBlock, *, now: datetime) -> dict[str, Any]:
        """Issue a block to a project that is listed."""
        self._write("block", new, now)
        return self._blocks[max(self._blocks)]

    def retire(self, retired: Retired, *, now: datetime) -> dict[str, Any]:
        """Retire a block: it leaves one list for the other, at its old place."""
        self._write("retired", retired, now)
        return self._blocks[retired.block_id]

    def issue_another(self, *, now: datetime) -> None:
        """Issue one more block of the newest block's kind."""
        newest = self._blocks[max(self._blocks)]
        first, number = newest["ending_credit_number"] + 1, newest["project"]["sustaincert_id"]
        self.issue(NewBlock(number, newest["vintage"], newest["batch_number"], first, first), now=now)

    def retire_newest(self, *, now: datetime) -> None:
        """Retire the newest block that is not."""
        newest = max(one["id"] for one in self._blocks.values() if one["status"] == "ISSUED")
        self.retire(Retired(newest, "", "Voluntary"), now=now)

    def projects(self, query: str) -> list[dict[str, Any]]:
        """Those whose number or name holds the words, the newest first."""
        found = [one for one in self._projects.values() if query in f"GS{one['sustaincert_id']} {one['name']}"]
        return sorted(found, key=lambda one: one["id"], reverse=True)

    def credits(self, query: str, status: str) -> list[dict[str, Any]]:
        """Blocks in a state whose serial, project's number or project's name holds the words, the newest first."""
        found = [
            one
            for one in self._blocks.values()
            if one["status"] == status and query in f"{one['serial_number']} {one['project']['name']}"
        ]
        return sorted(found, key=lambda one: one["id"], reverse=True)

    def view(self) -> View:
        """The whole book, for a checker."""
        return View(tuple(self._book.records), tuple(self._blocks.values()))

    def _write(self, kind: str, body: msgspec.Struct, now: datetime) -> None:
        self._learn(self._book.append(kind, msgspec.to_builtins(body), now=now))

    def _learn(self, record: BookRecord) -> None:
        match record.kind:
            case "project":
                project = msgspec.convert(record.body, NewProject)
                number = project.sustaincert_id
                self._projects[number] = {
                    "id": 100 + len(self._projects), "sustaincert_id": number, "name": project.name,
                    "country_code": _COUNTRY, "status": "GOLD_STANDARD_CERTIFIED_PROJECT",
                }  # fmt: skip
            case "block":
                self._learn_block(msgspec.convert(record.body, NewBlock), record.at)
            case "retired":
                retired = msgspec.convert(record.body, Retired)
                told = {"status": "RETIRED", "note": retired.note, "retirement_use_case": retired.use_case}
                self._blocks[retired.block_id] |= told
            case _:
                raise AssertionError(f"The book holds a line of the kind {record.kind!r}.")

    def _learn_block(self, block: NewBlock, at: datetime) -> None:
        block_id = 5000 + len(self._blocks)
        number = f"GS{block.sustaincert_id}"
        self._blocks[block_id] = {
            "id": block_id,
            "number_of_credits": block.last - block.first + 1,
            "serial_number": f"GS1-1-{_COUNTRY}-{number}-16-{block.vintage}-{block.batch_number}-{block.first}-{block.last}",
            "vintage": block.vintage,
            "status": "ISSUED",
            "certified_date": at.date().isoformat(),
            "batch_number": block.batch_number,
            "starting_credit_number": block.first,
            "ending_credit_number": block.last,
            "product": {"name": "Verified Emission Reductions", "abbreviation": "VER"},
            "retirement_use_case": None,
            "note": None,
            "project": self._projects[block.sustaincert_id],
        }
