"""What is said to the fake Isometric, and what stands in its book: the shapes on its wire are the document's."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from integrations.registries.fake.messages import BookRecord

Id = Annotated[str, msgspec.Meta(min_length=20, max_length=37)]
Notes = Annotated[str, msgspec.Meta(max_length=256)] | None
Name = Annotated[str, msgspec.Meta(max_length=256)]
Kilograms = Annotated[int, msgspec.Meta(gt=0)]
Purpose = Literal["corporate_targets", "public_environmental_claims", "insetting", "regulatory_requirement", "other"]
Purposes = Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1)]


class BatchQuantity(msgspec.Struct, frozen=True):
    """So many kilograms of a batch."""

    credit_batch_id: Id
    credit_quantity_kg: Kilograms


class ByBatch(msgspec.Struct, frozen=True):
    """`CreateRetirementByBatchRequest`."""

    owner_organisation_id: Id
    beneficiary_organisation_id: Id
    supplier_id: Id
    retirement_purposes: Purposes
    notes: Notes
    credit_batch_quantities: Annotated[tuple[BatchQuantity, ...], msgspec.Meta(min_length=1)]


class OldestFirst(msgspec.Struct, frozen=True):
    """`CreateRetirementOldestCreditsRequest`."""

    owner_organisation_id: Id
    beneficiary_organisation_id: Id
    supplier_id: Id
    retirement_purposes: Purposes
    notes: Notes
    credit_quantity_kg: Kilograms
    vintage: Annotated[int, msgspec.Meta(ge=1900, le=2100)] | None = None


class NewBeneficiary(msgspec.Struct, frozen=True):
    """`CreateOrganizationBeneficiary`."""

    beneficiary_name: Name
    beneficiary_domain: Name


class Issued(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch to be issued to the account's organisation, or to somebody else's."""

    prefix: str
    first: int
    kilograms: Kilograms
    supplier_id: Id
    project_id: Id
    issuance_id: Id
    sequestered_on: date
    owner_id: str = ""


class Taken(msgspec.Struct, frozen=True):
    """One part of a retirement, as the book keeps it. `from_end`: the right half of the split was retired."""

    batch_id: str
    kilograms: int
    from_end: bool


class Retired(msgspec.Struct, frozen=True):
    """A retirement as the book keeps it."""

    retired_at: datetime
    beneficiary_id: str
    purposes: tuple[str, ...]
    notes: str | None
    taken: tuple[Taken, ...]


class Stage(StrEnum):
    """What a request wants."""

    RETIRE = "retire"
    BENEFICIARY = "beneficiary"
    BENEFICIARIES = "beneficiaries"
    BATCHES = "batches"
    BATCH = "batch"
    RETIREMENTS = "retirements"
    RETIREMENT = "retirement"
    RETIREMENT_BATCHES = "retirement_batches"


class FaultName(StrEnum):
    """What can go wrong. `acts` means that it was done although the caller does not hear of it."""

    ACTS_THEN_TIMES_OUT = "acts_then_times_out"
    ACTS_THEN_DROPS = "acts_then_drops"
    ACTS_THEN_HTML = "acts_then_html"  # Done, and a gateway's 502.
    ACTS_THEN_FAILS = "acts_then_fails"  # Done, and a 500 of JSON.
    CUT_JSON = "cut_json"  # Done, half of the answer.
    SLOW = "slow"  # Done, and answered after the delay.
    DROPS_BEFORE_ACTING = "drops_before_acting"
    HTML = "html"
    DOWN = "down"
    TOO_MANY = "too_many"  # 429, and come back in zero seconds.
    REFUSES = "refuses"  # The documented 422.
    REFUSES_OTHERWISE = "refuses_otherwise"  # A 409, of which the document knows nothing.
    MISCOUNTS = "miscounts"  # The list says that it is longer than it is.
    CIRCLES = "circles"  # Each page of the list leads back to its beginning.


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault for the next `times` requests of one stage."""

    name: FaultName
    at: Stage
    times: int = 1
    delay_ms: int = 0


class Habits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the document leaves open, and this registry does one way or the other."""

    splits_from_end: bool = False
    """Of a batch that is split, the right half is retired."""
    lists_retired_for_others: bool = True
    """Batches that were retired in another's name stay in their owner's list."""


class View(msgspec.Struct, frozen=True):
    """What a checker reads: the book's lines, every batch and retirement as on the wire, and how often was asked."""

    records: tuple[BookRecord, ...]
    batches: tuple[dict[str, Any], ...]
    retirements: tuple[dict[str, Any], ...]
    beneficiaries: tuple[dict[str, Any], ...]
    posts: dict[str, int]
