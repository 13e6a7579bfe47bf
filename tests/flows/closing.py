"""How does a desk's day end? The registry's statement comes in, is compared by a job, and is looked at by people.

The layout is our own template: nobody has seen what J-Credit's registry gives out.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import httpx

from app.reconciliation.rules import STATEMENT_HEADER
from tests.world import Party, World


@dataclass(frozen=True)
class Retired:
    """What the registry shows of one retirement; both serials are included."""

    first: int
    last: int
    recorded_on: date
    beneficiary_name: str
    note: str
    transaction_no: str


@dataclass(frozen=True)
class Account:
    """A provider's account with one block of serials in it."""

    world: World
    provider: Party
    id: str
    prefix: str
    first: int
    last: int

    def statement(self, retired: Iterable[Retired]) -> bytes:
        """All that the account shows: what was retired out of it, and whatever else there is as active."""
        ended = sorted(retired, key=lambda each: each.first)
        edges = [self.first - 1, *(edge for each in ended for edge in (each.first, each.last)), self.last + 1]
        gaps = [(before + 1, after - 1) for before, after in list(pairwise(edges))[::2] if before + 1 < after]
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, STATEMENT_HEADER, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(self._line("active", first, last) for first, last in gaps)
        for each in ended:
            said = {
                "changed_on": each.recorded_on.isoformat(), "beneficiary_name": each.beneficiary_name,
                "note": each.note, "transaction_no": each.transaction_no,
            }  # fmt: skip
            writer.writerow(self._line("retired", each.first, each.last) | said)
        return out.getvalue().encode()

    def _line(self, state: str, first: int, last: int) -> dict[str, str]:
        return {
            "state": state, "serial_prefix": self.prefix, "serial_first": str(first), "serial_last": str(last),
            "quantity": str(last - first + 1),
        }  # fmt: skip

    async def compared(self, retired: Sequence[Retired], as_of: date) -> dict[str, Any]:
        """The operator sends the statement in, and a job compares; the comparison."""
        desk = self.world.desk
        asked = {
            "provider_id": self.provider.id, "registry_account_id": self.id, "filename": "明細.csv", "covers": "all",
            "as_of": as_of.isoformat(),
        }  # fmt: skip
        content, by_job = self.statement(retired), {"Prefer": "respond-async"}
        sent = await desk.send("/v1/statements", content, "text/csv", params=asked, headers=by_job)
        assert sent.status_code == 202, sent.text
        await self.world.run_jobs()
        job = (await desk.get(sent.headers["location"])).json()
        assert job["status"] == "done", job
        statement = (await desk.get(f"/v1/statements/{job['result']['statement_id']}")).json()
        assert (statement["status"], statement["trust"], statement["rows_quarantined"]) == ("compared", "operator", 0)
        return dict((await desk.get(f"/v1/reconciliations/{job['result']['reconciliation_id']}")).json())

    async def retired_lines(self) -> dict[tuple[int, int], tuple[str, str, str]]:
        """Who the registry's lines that count now name, by their serials: beneficiary, day, number."""
        asked = {"registry_account_id": self.id, "status": "retired", "limit": 100}
        lines = (await self.provider.get("/v1/statement-lines", params=asked)).json()["data"]
        return {
            (each["first"], each["last"]): (each["beneficiary_name"], each["changed_on"], each["transaction_no"])
            for each in lines
        }

    async def report(self, day: date) -> dict[str, Any]:
        """What the account held on a day; it adds up, by our book and by the registry's statement."""
        asked = {"registry_account_id": self.id, "on": day.isoformat()}
        report = dict((await self.provider.get("/v1/reports/holdings", params=asked)).json())
        [book] = report["book"]
        active = book["unsold"] + book["held"] + book["retiring"]
        assert book["imported"] == book["withdrawn"] + active + book["retired"], book
        assert (report["registry_active"]["units"], report["registry_retired"]["units"]) == (active, book["retired"])
        return report

    async def open_difference(self) -> dict[str, Any]:
        """The one difference that stands."""
        asked = {"registry_account_id": self.id, "status": "open"}
        [found] = (await self.provider.get("/v1/discrepancies", params=asked)).json()["data"]
        return dict(found)


async def answered(who: httpx.AsyncClient, difference: str, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """One step on a difference, having seen it as it is now."""
    path = f"/v1/discrepancies/{difference}"
    seen = await who.get(path)
    answer = await who.post(f"{path}/{verb}", json=body, headers={"If-Match": seen.headers["ETag"]})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
