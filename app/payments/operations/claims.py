"""What may a bank's line pay that is no order's? Invoices on account, which stand above payments: `main` gives them to the door."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from app.core.db import AsyncSession
from app.payments.models import BankLine


class Claim(NamedTuple):
    """An invoice on account that a reference names, and who owes it."""

    buyer_id: UUID
    claim_id: UUID


class FindClaim(Protocol):
    """The invoice that a reference names, if any; the transaction names the desk."""

    def __call__(self, session: AsyncSession, reference: str) -> Awaitable[Claim | None]: ...


class PayClaim(Protocol):
    """Lets a locked line that a person gave to an invoice pay it; the transaction names its buyer and the desk."""

    def __call__(
        self, session: AsyncSession, line: BankLine, claim: Claim, note: str, *, now: datetime
    ) -> Awaitable[None]: ...


@dataclass(frozen=True, slots=True)
class Claims:
    """What a person needs who gives a line to an invoice."""

    find: FindClaim
    pay: PayClaim
