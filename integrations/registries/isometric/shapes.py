"""What does Isometric's registry say, word for word? The parts of its answers that we read, as its API names them.

Source: Isometric Registry API v0, its published OpenAPI 3.1 document. Unknown fields are passed over, as it asks its
clients to. A quantity stands there twice, as credits (tonnes with three decimals) and as whole kilograms: an answer in
which the two disagree cannot be read.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeAlias

import msgspec

Kilograms: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]  # "This field can handle bigint values."
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


class Organisation(msgspec.Struct, frozen=True):
    """Somebody who owns credits, or in whose name they are retired."""

    id: str
    name: str
    domain: str | None


class Quantity(msgspec.Struct, frozen=True):
    """One quantity in two units. Raises ValueError when they disagree."""

    credits: Decimal
    credit_kgs: Kilograms

    def __post_init__(self) -> None:
        if self.credits != Decimal(self.credit_kgs).scaleb(-3):
            raise ValueError(f"{self.credits} credits are not {self.credit_kgs} kilograms.")


class Retirement(msgspec.Struct, frozen=True):
    """A retirement on the public list. Which serials it took, its batches tell."""

    id: str
    retired_at: Moment
    purposes: tuple[str, ...]
    beneficiary: Organisation
    owner: Organisation
    credit_batch_size_total: Quantity
    url: str
    notes: str | None


class BatchStatus(StrEnum):
    """A split batch is one no more: its two children are."""

    ACTIVE = "active"
    SPLIT = "split"
    RETIRED = "retired"


class Batch(msgspec.Struct, frozen=True):
    """Credits with neighbouring serials, one for each kilogram."""

    id: str
    serial_number: str
    status: BatchStatus
    size: Quantity
    retired_at: Moment | None
    sequestered_on: date
    supplier_id: str
    parent_id: str | None
    left_child_id: str | None
    right_child_id: str | None
    issuance_id: str
    beneficiary: Organisation | None
    retirement_id: str | None
    owner: Organisation
    project_id: str


class PageInfo(msgspec.Struct, frozen=True):
    """Where the next page begins: after `end_cursor`."""

    has_next_page: bool
    end_cursor: str | None


class Listed(msgspec.Struct, frozen=True):
    """One page of a list; each node is read for itself."""

    nodes: tuple[msgspec.Raw, ...]
    total_count: Count
    page_info: PageInfo


class Whole(msgspec.Struct, frozen=True):
    """A list that has no pages."""

    nodes: tuple[msgspec.Raw, ...]
    total_count: Count


class Fault(msgspec.Struct, frozen=True):
    """One thing that was wrong with a request."""

    loc: tuple[str | int, ...]
    msg: str
    type: str


class Refusal(msgspec.Struct, frozen=True):
    """The one refusal that is documented: 422, a list of what was wrong."""

    detail: tuple[Fault, ...]
