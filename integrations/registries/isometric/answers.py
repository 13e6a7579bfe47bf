"""What do Isometric's bytes mean?

Pure: a status and a body in, a value or `Trouble` out; nothing raises, whatever the bytes. The document knows one
refusal, 422; every other answer to a retirement that is not its record is unknown.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Generic, TypeVar

import msgspec

from integrations.registries.base import Recorded, Rejected, SerialBlock, Unknown
from integrations.registries.isometric.shapes import Batch, BatchStatus, Listed, Refusal, Retirement, Whole
from integrations.registries.lines import LineState, StatementLine

UNIT = "kg"
INVALID_REQUEST = "invalid_request"
"""Our code for the documented refusal."""

_SERIAL = re.compile(r"(?P<prefix>ISO-.*-)(?P<first>[0-9]{1,30})-(?P<last>[0-9]{1,30})")
_CANNOT_BE_READ = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ArithmeticError)

_T = TypeVar("_T")


class Trouble(msgspec.Struct, frozen=True):
    """An answer that is of no use, with its status if one arrived. `unsent`: no byte of the request left."""

    why: str
    status: int | None
    retry_after: str | None = None
    unsent: bool = False


class Page(msgspec.Struct, Generic[_T], frozen=True):
    """One page of a list, and where the next one begins; None at the end."""

    items: tuple[_T, ...]
    total_count: int
    next_after: str | None
    raw: bytes


def read(status: int, body: bytes, of: type[_T]) -> _T | Trouble:
    """Read one thing that was asked for."""
    if status != 200:
        return Trouble(f"status {status}", status)
    try:
        return msgspec.json.decode(body, type=of)
    except _CANNOT_BE_READ as error:
        return Trouble(f"an answer that cannot be read: {type(error).__name__}", status)


def read_page(status: int, body: bytes, of: type[_T]) -> Page[_T] | Trouble:
    """Read one page of a list. A page that promises another and does not say where it begins cannot be read."""
    listed = read(status, body, Listed)
    if isinstance(listed, Trouble):
        return listed
    items = _each(listed.nodes, of)
    if isinstance(items, Trouble):
        return items
    more = listed.page_info.has_next_page
    if more and not listed.page_info.end_cursor:
        return Trouble("a page that promises another and does not say where", status)
    return Page(items, listed.total_count, listed.page_info.end_cursor if more else None, body)


def read_whole(status: int, body: bytes, of: type[_T]) -> tuple[_T, ...] | Trouble:
    """Read a list that has no pages; one that is shorter or longer than it says cannot be read."""
    whole = read(status, body, Whole)
    if isinstance(whole, Trouble):
        return whole
    if whole.total_count != len(whole.nodes):
        return Trouble(f"{len(whole.nodes)} of {whole.total_count} were listed", status)
    return _each(whole.nodes, of)


def read_made(status: int, body: bytes) -> Retirement | Rejected | Unknown:
    """Read the answer to a retirement: 200 with the record, 422 with what was wrong, all else unknown."""
    if status == 422:
        return refusal_of(status, body)
    made = read(status, body, Retirement)
    return Unknown(made.why, made.status) if isinstance(made, Trouble) else made


def refusal_of(status: int, body: bytes) -> Rejected | Unknown:
    """Read the documented refusal; one that does not say what was wrong is none."""
    try:
        detail = msgspec.json.decode(body, type=Refusal).detail
    except _CANNOT_BE_READ as error:
        return Unknown(f"a refusal that cannot be read: {type(error).__name__}", status)
    if not detail:
        return Unknown("a refusal without a reason", status)
    return Rejected(INVALID_REQUEST, "; ".join(f"{'.'.join(map(str, one.loc))}: {one.msg}" for one in detail))


def block_of(batch: Batch) -> SerialBlock | None:
    """A batch's serials, quantity in kilograms; None when its serial number is not in the known form."""
    match = _SERIAL.fullmatch(batch.serial_number)
    if match is None or int(match["first"]) > int(match["last"]):
        return None
    return SerialBlock(match["prefix"], match["first"], match["last"], batch.size.credit_kgs)


def record_of(retirement: Retirement, batches: Sequence[Batch], evidence: bytes) -> Recorded | Trouble:
    """The record of a retirement, with the serials of the batches that it took; all of them, or it is no record."""
    if any((one.status, one.retirement_id) != (BatchStatus.RETIRED, retirement.id) for one in batches):
        return Trouble(f"batches of {retirement.id} that are not retired by it", 200)
    taken_kg = sum(one.size.credit_kgs for one in batches)
    total_kg = retirement.credit_batch_size_total.credit_kgs
    if taken_kg != total_kg:
        return Trouble(f"the batches of {retirement.id} are {taken_kg} kg, and it says {total_kg} kg", 200)
    blocks = tuple(block_of(one) for one in batches)
    known = tuple(block for block in blocks if block is not None)
    if len(known) != len(blocks):
        return Trouble(f"a batch of {retirement.id} has a serial number of an unknown form", 200)
    return Recorded(
        transaction_no=retirement.id,
        recorded_on=retirement.retired_at.astimezone(UTC).date(),  # Its moments are in UTC, and so are its days.
        blocks=known,
        quantity=total_kg,
        beneficiary_name=retirement.beneficiary.name,
        evidence=evidence,
    )


def first_word(notes: str | None) -> str | None:
    """Our reference, if the public note begins with one: it is put there before all else."""
    words = (notes or "").split()
    return words[0] if words else None


def held_line(batch: Batch) -> StatementLine:
    """An active batch as a line."""
    return StatementLine(
        state=LineState.ACTIVE,
        quantity=batch.size.credit_kgs,
        unit=UNIT,
        serial=batch.serial_number,
        issuance=batch.issuance_id,
        project=batch.project_id,
        vintage=str(batch.sequestered_on.year),
    )


def retired_lines(retirement: Retirement, batches: Iterable[Batch]) -> list[StatementLine]:
    """A retirement as lines, one for each batch that it took."""
    return [
        msgspec.structs.replace(
            held_line(batch),
            state=LineState.RETIRED,
            changed_on=retirement.retired_at.astimezone(UTC).date(),
            transaction_no=retirement.id,
            beneficiary_name=retirement.beneficiary.name,
            purpose=", ".join(retirement.purposes),
            note=retirement.notes or "",
        )
        for batch in batches
    ]


def same_name(one: str, other: str) -> bool:
    """Letter by letter, save for the two Unicode spellings of one letter."""
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


def _each(nodes: Iterable[msgspec.Raw], of: type[_T]) -> tuple[_T, ...] | Trouble:
    try:
        return tuple(msgspec.json.decode(node, type=of) for node in nodes)
    except _CANNOT_BE_READ as error:
        return Trouble(f"an entry that cannot be read: {type(error).__name__}", 200)
