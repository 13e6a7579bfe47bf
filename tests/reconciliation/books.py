"""Two books over the same serials: the registry's, written out as a statement, and ours, made by trading."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from app.core.ids import new_id
from app.core.long_jobs import LongJob
from app.core.scope import DESK_ID, Scope
from app.inventory import operations as inventory
from app.inventory.flow import Received
from app.inventory.models import Holding
from app.reconciliation import flow
from app.reconciliation.models import Statement, Trust
from app.reconciliation.rules import STATEMENT_HEADER, Covers, Reach
from integrations.storage.live import ObjectFiles
from tests.inventory_feature.scene import NOW, World

AS_OF = date(2026, 11, 24)
PREFIX = "ABC-"


class Row(NamedTuple):
    """One line of the registry, both serials included."""

    state: str
    first: int
    last: int
    on: date | None = None
    name: str = ""
    note: str = ""
    quantity: int | None = None
    number: str = ""

    def cells(self) -> dict[str, str]:
        return {
            "state": self.state,
            "serial_prefix": PREFIX,
            "serial_first": str(self.first).zfill(6),
            "serial_last": str(self.last).zfill(6),
            "quantity": str(self.quantity or self.last - self.first + 1),
            "changed_on": self.on.isoformat() if self.on else "",
            "beneficiary_name": self.name,
            "note": self.note,
            "transaction_no": self.number,
        }


def written(rows: Iterable[Row]) -> bytes:
    """The statement as a file in our own layout."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, STATEMENT_HEADER, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row.cells() for row in rows)
    return out.getvalue().encode()


class Books:
    """A provider's account in both books."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.files = ObjectFiles((folder / "files").as_uri())
        self.folder = folder
        self.sent = 0
        (folder / "files").mkdir(exist_ok=True)

    @property
    def account(self) -> UUID:
        return self.world.accounts[self.world.provider]

    async def confirm_account(self, provider: UUID | None = None, account: UUID | None = None) -> None:
        """The operator finds that an account is its provider's: what is fetched of it counts from now on."""
        owner = provider or self.world.provider
        desk = Scope(DESK_ID, new_id(), "member", frozenset(), "req_test", "operator")
        async with self.world.db.transaction(desk.with_party(owner)) as session:
            found = await inventory.locked_account(session, owner, account or self.world.accounts[owner])
            await inventory.confirm_account(session, desk, found, note="口座残高証明書", now=NOW)

    async def statement(
        self,
        content: bytes | Iterable[Row],
        *,
        as_of: date = AS_OF,
        covers: Covers | None = Covers.ALL,
        reach: Reach = Reach.ACCOUNT,
        since: date | None = None,
        trust: Trust = Trust.OPERATOR,
        at_once: bool = True,
        account: UUID | None = None,
        layout: str = "",
    ) -> Statement | LongJob:
        """Send a statement in, as the operator (or, with the provider's trust, as the provider)."""
        whole = content if isinstance(content, bytes) else written(content)
        self.sent += 1
        path = self.folder / f"received-{self.sent}"
        path.write_bytes(whole)
        provider = self.world.provider
        scope = (
            Scope(provider, new_id(), "member", frozenset(), "req_test", "provider")
            if trust == Trust.PROVIDER
            else Scope(DESK_ID, new_id(), "member", frozenset(), "req_test", "operator")
        )
        told = flow.Told(new_id(), account or self.account, "明細.csv", as_of, covers, reach, since, layout, None)
        return await flow.take_statement(
            self.world.db, self.files, scope, provider, Received(path, sha256(whole).hexdigest(), len(whole)), told,
            trust=trust, source="upload", job_id=new_id(), at_once=at_once, now=NOW,
        )  # fmt: skip

    async def differences(self) -> list[tuple[Any, ...]]:
        """What stands: kind, first serial, last serial, lot's id."""
        rows = await self.world.owner.fetch(
            "select kind, lo, hi - 1 as last from discrepancy where status <> 'resolved' order by kind, lo, hi"
        )
        return [tuple(row) for row in rows]

    async def retired(
        self, holding: Holding, quantity: int, *, on: date = AS_OF - timedelta(days=30), name: str = "株式会社利用者",
        status: str = "recorded", reference: str = "",
    ) -> UUID:  # fmt: skip
        """Serials of a holding retired in our book, as of a day; or on the way there, in another status."""
        world, retirement_id = self.world, new_id()
        async with world.db.transaction(world.trade(holding.org_id)) as session:
            await inventory.start_retiring(
                session, owner_id=holding.org_id, provider_id=holding.provider_id, holding_id=holding.id,
                retirement_id=retirement_id, quantity=quantity,
            )  # fmt: skip
            if status == "recorded":
                await inventory.finish_retiring(
                    session, owner_id=holding.org_id, provider_id=holding.provider_id, retirement_id=retirement_id
                )
        await world.owner.execute(
            "insert into retirement (org_id, id, provider_id, holding_id, lot_id, order_id, registry_code, reference,"
            " quantity, unit, beneficiary_name, purpose, purpose_detail, status, requested_by, requested_at, attempts,"
            " recorded_on, evidence_grade, version, signed_off_at) values ($1, $2, $3, $4, $5, $6, 'jcredit', $7, $8, 't', $9, 'OFFSET', '',"
            " $10, $1, $11, 0, $12, $13, 1, $11)",
            holding.org_id, retirement_id, holding.provider_id, holding.id, holding.lot_id, holding.order_id,
            reference or f"OD-{retirement_id}", quantity, name, status, NOW, on if status == "recorded" else None,
            "registry_answer" if status == "recorded" else None,
        )  # fmt: skip
        return retirement_id
