"""What may we ask of a registry, and which answers are there?

A retirement cannot be taken back and no registry surveyed takes an idempotency key, so the answers are a closed union
whose default is *unknown*: only what a registry documents as a definite refusal is `Rejected`, and only what certainly
never left this machine is `NotSent`. Everything else is looked up, never sent again.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeAlias, runtime_checkable

import msgspec

from integrations.registries.lines import Reading

_DIGITS = re.compile(r"[0-9]{1,30}")  # Some registries write serials of 30 digits.

ALREADY_RETIRED = "already_retired"


class SerialChoice(StrEnum):
    """Who picks the serials of a retirement."""

    DESK = "desk"
    """They are asked for one by one, and what is recorded must be the same."""
    REGISTRY = "registry"
    """A quantity of a batch or an issuance is asked for, and the registry's serials win."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a registry can do for us; the retirement flow decides by this, never by the registry's name."""

    repeatable: bool
    """The same reference sent twice retires once: it may be asked again without looking first."""
    finds_by_reference: bool
    finds_by_serial: bool
    settles_within_s: int
    """The longest time between an accepted request and its record being found, in seconds."""
    serials_chosen_by: SerialChoice = SerialChoice.DESK
    fractions: bool = False
    """Whether less than a tonne (or a megawatt-hour) can be retired."""
    dry_run: bool = False
    """Whether a retirement can be tried without being made."""
    simulated: bool
    """Nothing real is retired: all that follows from it bears a watermark."""
    worked_by_people: bool


class SerialBlock(msgspec.Struct, frozen=True):
    """Serials as registries write them: a prefix and two decimal numbers, both included.

    Raises ValueError when the numbers are not decimal digits (30 at most) in ascending order. `quantity` is in the
    instrument's own unit, as the registry states it.
    """

    prefix: str
    first: str
    last: str
    quantity: int

    def __post_init__(self) -> None:
        if not (_DIGITS.fullmatch(self.first) and _DIGITS.fullmatch(self.last)):
            raise ValueError("A serial is one to thirty decimal digits.")
        if int(self.first) > int(self.last):
            raise ValueError("A block's first serial comes after its last.")

    @property
    def count(self) -> int:
        """How many serials the block holds."""
        return int(self.last) - int(self.first) + 1


class RetirementRequest(msgspec.Struct, frozen=True):
    """One retirement as signed off; `quantity` is in `unit`. The reference is ours, and made before the first call.

    An adapter tells its registry what that has a field for. What came later has a default: requests that were written
    down before are read with it.
    """

    reference: str
    certification_no: str
    blocks: tuple[SerialBlock, ...]
    quantity: int
    unit: str
    beneficiary_name: str
    purpose: str
    purpose_detail: str
    note: str
    purpose_codes: tuple[str, ...] = ()
    """The desk's codes of every purpose, the one in `purpose` first; empty in requests that were written before."""
    beneficiary_domain: str | None = None
    """The internet domain that the beneficiary is known by, if it gave one."""
    vintage: int | None = None
    """The calendar year of the credits; None when they are of several."""


class Recorded(msgspec.Struct, frozen=True):
    """The registry states that it retired this. `recorded_on` is a date in the registry's own zone.

    The words are the registry's, not ours: compare them with `differences`. `evidence` holds the bytes of its answer.
    """

    transaction_no: str
    recorded_on: date
    blocks: tuple[SerialBlock, ...]
    quantity: int
    beneficiary_name: str
    evidence: bytes | None


class Rejected(msgspec.Struct, frozen=True):
    """A definite refusal that the registry documents: this request retired nothing. See `serials_return`."""

    code: str
    message: str


class Unknown(msgspec.Struct, frozen=True):
    """It may have happened: look it up, never send it again. `status` is the HTTP status, if one arrived."""

    why: str
    status: int | None


class NotSent(msgspec.Struct, frozen=True):
    """No byte of the request left for the registry: it may be tried again."""

    why: str


class Found(msgspec.Struct, frozen=True):
    """Exactly one record was found; `reference` is what its public note says, None when it names none."""

    recorded: Recorded
    reference: str | None


class Absent(msgspec.Struct, frozen=True):
    """Nothing was found. Without `complete` (every page read, and the registry says its list is whole) it proves nothing."""

    complete: bool


class LookupFailed(msgspec.Struct, frozen=True):
    """The look-up gave no answer that can be used; ask again later, or a person looks."""

    why: str


Answer: TypeAlias = Recorded | Rejected | Unknown | NotSent
LookUp: TypeAlias = Found | Absent | LookupFailed


@runtime_checkable
class Registry(Protocol):
    """Any registry, also one that only people can work."""

    @property
    def capabilities(self) -> Capabilities: ...


@runtime_checkable
class ReadableRegistry(Registry, Protocol):
    """A registry whose records a program can read. No method raises for what the network or the registry does.

    Pages are asked for one by one, each by the cursor of the one before, so that nobody holds a whole statement.
    """

    async def holdings(self, account_no: str, *, cursor: str | None, request_id: str) -> Reading:
        """What is active in an account at this moment."""
        ...

    async def statement(self, account_no: str, *, since: date | None, cursor: str | None, request_id: str) -> Reading:
        """What was retired or canceled out of an account, since a day of the registry's zone or ever."""
        ...


@runtime_checkable
class AutomaticRegistry(Registry, Protocol):
    """A registry that a program can work. No method raises for what the network or the registry does."""

    async def retire(self, request: RetirementRequest, *, request_id: str) -> Answer: ...

    async def find(self, reference: str, *, request_id: str) -> LookUp: ...

    async def find_by_serial(self, block: SerialBlock, *, request_id: str) -> LookUp: ...


@runtime_checkable
class RehearsingRegistry(AutomaticRegistry, Protocol):
    """A registry whose `capabilities.dry_run` is true."""

    async def rehearse(self, request: RetirementRequest, *, request_id: str) -> Rejected | Unknown | None:
        """Try a retirement without making it: None when it would have been taken."""
        ...


class UnknownRegistry(LookupError):
    """No registry of this code is set up here."""


class Registries:
    """The registries that this desk works with, by our code for them."""

    def __init__(self, by_code: Mapping[str, Registry]) -> None:
        self._by_code = dict(by_code)

    def registry_for(self, code: str) -> Registry:
        """Return the registry of this code; raises `UnknownRegistry`. Ask `isinstance(…, AutomaticRegistry)` next."""
        registry = self._by_code.get(code)
        if registry is None:
            raise UnknownRegistry(f"No registry is set up under the code {code!r}.")
        return registry

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in alphabetical order."""
        return tuple(sorted(self._by_code))


def public_note(request: RetirementRequest) -> str:
    """Return the registry's public note: our reference first, so that its own list can be reconciled by it."""
    return f"{request.reference} {request.note}".strip()


def serials_return(rejected: Rejected) -> bool:
    """Tell whether the serials are surely still ours to use after this refusal.

    Serials that are already retired are not: an earlier attempt of ours may have done it. Look up by serial first.
    """
    return rejected.code != ALREADY_RETIRED


def differences(
    request: RetirementRequest, recorded: Recorded, *, chosen_by: SerialChoice = SerialChoice.DESK
) -> list[str]:
    """Return what the registry recorded otherwise than we asked, one sentence each; empty when it is the same.

    Blocks are compared as sets of serials, because registries join and split blocks; names letter by letter, save for
    the two Unicode spellings of one letter. Where the registry picks the serials, they are no difference here: whether
    they are of the same issuance, and can be had, is found out when they are swapped in.
    """
    found = []
    if recorded.quantity != request.quantity:
        found.append(f"quantity: asked {request.quantity}, recorded {recorded.quantity}")
    if chosen_by is SerialChoice.DESK and _joined(recorded.blocks) != _joined(request.blocks):
        found.append(f"serials: asked {written_blocks(request.blocks)}, recorded {written_blocks(recorded.blocks)}")
    if _composed(recorded.beneficiary_name) != _composed(request.beneficiary_name):
        found.append(f"beneficiary: asked {request.beneficiary_name!r}, recorded {recorded.beneficiary_name!r}")
    return found


def written_blocks(blocks: Iterable[SerialBlock]) -> str:
    """Blocks as a person reads them."""
    return ", ".join(f"{block.prefix}{block.first}-{block.last}" for block in blocks) or "none"


def _joined(blocks: Iterable[SerialBlock]) -> list[tuple[str, int, int]]:
    """Blocks in order with neighbours made one; overlaps stay apart, since they are never the same as none."""
    joined: list[tuple[str, int, int]] = []
    for prefix, first, last in sorted((block.prefix, int(block.first), int(block.last)) for block in blocks):
        if joined and joined[-1][0] == prefix and joined[-1][2] + 1 == first:
            joined[-1] = (prefix, joined[-1][1], last)
        else:
            joined.append((prefix, first, last))
    return joined


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
