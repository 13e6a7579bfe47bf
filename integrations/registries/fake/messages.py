"""What is said to the fake registry and what does it say: the shapes on its wire and in its book."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from integrations.registries.base import SerialBlock


class Code(StrEnum):
    """The documented refusals: with one of these, the request has retired nothing."""

    TEXT_TOO_LONG = "text_too_long"
    QUANTITY_MISMATCH = "quantity_mismatch"
    UNKNOWN_SERIALS = "unknown_serials"
    ALREADY_RETIRED = "already_retired"
    ACCOUNT_CLOSED = "account_closed"
    NOT_ENOUGH_CREDITS = "not_enough_credits"
    """Where the registry picks the serials: the account holds fewer of this certification."""
    WHOLE_UNITS_ONLY = "whole_units_only"


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request to retire."""

    reference: str
    certification_no: str
    blocks: tuple[SerialBlock, ...]
    quantity: int
    unit: str
    beneficiary_name: str
    purpose: str
    purpose_detail: str
    note: str


class Retirement(msgspec.Struct, frozen=True):
    """A retirement on the public list; `recorded_on` is a date in Japan."""

    transaction_no: str
    reference: str
    certification_no: str
    blocks: tuple[SerialBlock, ...]
    quantity: int
    unit: str
    beneficiary_name: str
    purpose: str
    purpose_detail: str
    note: str
    recorded_on: date


class Refusal(msgspec.Struct, frozen=True):
    """A definite no."""

    code: str
    message: str


class Page(msgspec.Struct, frozen=True):
    """A page of the list: as many records were read as a page is long, and those that match are here."""

    retirements: tuple[Retirement, ...]
    next_cursor: str | None
    complete: bool


class IssuedBlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Serials that exist, and the account that holds them."""

    account: str
    certification_no: str
    prefix: str
    first: str
    last: str
    unit: str = "t"


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the registry changes of a record afterwards; with `reversed`, its serials are active again."""

    transaction_no: str
    beneficiary_name: str | None = None
    recorded_on: date | None = None
    reversed: bool = False
    after_ms: int = 0
    """How much later it comes about, in milliseconds."""


class Line(msgspec.Struct, frozen=True):
    """A line of an account's holdings or of its statement; the serials are both included."""

    state: str
    certification_no: str
    prefix: str
    first: str
    last: str
    quantity: int
    unit: str
    changed_on: date | None = None
    transaction_no: str = ""
    beneficiary_name: str = ""
    purpose: str = ""
    note: str = ""


class Lines(msgspec.Struct, frozen=True):
    """A page of lines; the cursor is what the next one is asked for by."""

    lines: tuple[Line, ...]
    next_cursor: str | None
    complete: bool


class FaultName(StrEnum):
    """What can go wrong. `acts` means that the retirement is booked although the caller does not hear of it."""

    ACTS_THEN_TIMES_OUT = "acts_then_times_out"  # Booked, silence for the delay, then the line is cut.
    ACTS_THEN_DROPS = "acts_then_drops"
    ACTS_THEN_BAD_GATEWAY_HTML = "acts_then_bad_gateway_html"
    CUT_JSON = "cut_json"  # Booked, half of the answer.
    SLOW_SUCCESS = "slow_success"  # Booked, and answered after the delay.
    PROCESSING = "processing"  # 200 without a record; booked after the delay.
    NOT_FOUND_THEN_FOUND = "not_found_then_found"  # Booked behind a 502; look-ups see it after the delay.
    LATE_CONFIRMATION = "late_confirmation"  # Booked, answered as accepted; look-ups see it after the delay.
    PARTIAL = "partial"  # Half of the quantity is booked, and the answer says so.
    CORRECTS_LATER = "corrects_later"  # Booked and answered; after the delay the beneficiary is another.
    REVERSES_LATER = "reverses_later"  # Booked and answered; after the delay taken back.
    DUPLICATE_DELIVERY = "duplicate_delivery"  # The same request reaches the office twice at once.
    BAD_GATEWAY_HTML = "bad_gateway_html"
    REFUSES = "refuses"  # A definite refusal with the stated code.
    DROPS_BEFORE_ACTING = "drops_before_acting"
    DOWN = "down"  # 503, for look-ups as well.
    # Of look-ups, and of holdings and statements as well:
    LOOK_UP_HTML = "look_up_html"
    LOOK_UP_CUT_JSON = "look_up_cut_json"
    LOOK_UP_INCOMPLETE = "look_up_incomplete"  # The list says that it is not whole.


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault for the next `times` requests, of the reference `where` or of any."""

    name: FaultName
    times: int
    where: str | None = None
    delay_ms: int = 0
    code: Code | None = None

    def __post_init__(self) -> None:
        if self.times < 1 or self.delay_ms < 0:
            raise ValueError("A fault happens at least once, and not before it is asked for.")
        if (self.name is FaultName.REFUSES) != (self.code is not None):
            raise ValueError("A refusal needs its code, and nothing else has one.")


class Chance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Faults by lot: of a thousand requests, how many meet which; the same seed draws the same lots."""

    seed: int
    per_mille: dict[FaultName, int]
    delay_ms: int = 0
    code: Code | None = None
    """With which words it is refused, where some are refused."""

    def __post_init__(self) -> None:
        if min(self.per_mille.values(), default=0) < 0 or sum(self.per_mille.values()) > 1000:
            raise ValueError("Of a thousand requests at most a thousand can fail.")
        if (FaultName.REFUSES in self.per_mille) != (self.code is not None):
            raise ValueError("A refusal needs its code, and nothing else has one.")


class BookRecord(msgspec.Struct, frozen=True):
    """One line of the book; `hash` covers everything before it, by way of `prev`."""

    at: datetime
    body: dict[str, Any]
    hash: str
    kind: str
    prev: str
    seq: int


class BookView(msgspec.Struct, frozen=True):
    """What a checker reads: every line, every retirement, and how often each reference was asked for."""

    head: str
    records: tuple[BookRecord, ...]
    retirements: tuple[Retirement, ...]
    """As they stand now: what was reversed is not among them."""
    posts: dict[str, int]
