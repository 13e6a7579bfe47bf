"""What do callers of a test desk send and see that a live desk does not have?"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from app.sandbox.rules import STEP_PATTERN, Transfer, TransferKind


class ClockOut(msgspec.Struct, frozen=True):
    """What time it is at this test desk, and how many seconds its clock was moved ahead in all."""

    now: datetime
    ahead_s: int
    version: int


class ClockIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of a step (`P7D`, `PT90M`) and a moment that is still to come."""

    advance: Annotated[str, msgspec.Meta(pattern=STEP_PATTERN)] | None = None
    now: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class TransferIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For which of your orders, and how it is to meet it."""

    order_id: Annotated[str, msgspec.Meta(max_length=40)]
    kind: TransferKind


class TransferredOut(msgspec.Struct, frozen=True):
    """One transfer as the bank's file tells it; `amount` is whole yen."""

    payer_name: str
    amount: int
    currency: Literal["JPY"]


class BankTransfersOut(msgspec.Struct, frozen=True):
    """What came in; the job that settles it is due now."""

    order_id: str
    kind: TransferKind
    transfers: list[TransferredOut]

    @classmethod
    def of(cls, order_id: str, kind: TransferKind, transfers: list[Transfer]) -> "BankTransfersOut":
        """Shape the transfers."""
        return cls(order_id, kind, [TransferredOut(one.payer_name, one.amount_minor, "JPY") for one in transfers])


class DecidedEvidenceOut(msgspec.Struct, frozen=True):
    """Evidence as it was decided on."""

    id: str
    status: str


class StatusIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the organisation is to stand from now on."""

    status: Literal["active", "pending", "rejected", "suspended"]


class StandingOut(msgspec.Struct, frozen=True):
    """An organisation and how it stands."""

    id: str
    status: str


class FinishedTaskOut(msgspec.Struct, frozen=True):
    """A registry task that was carried out, checked and released at once."""

    id: str
    status: str
    retirement_id: str
    registry_transaction: str


class InputOut(msgspec.Struct, frozen=True):
    """One magic input: where it is sent, what it is, and what happens."""

    area: str
    send: str
    happens: str


class InputsOut(msgspec.Struct, frozen=True):
    """Every magic input of a test desk."""

    data: list[InputOut]
