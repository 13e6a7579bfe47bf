"""What do the bytes of Gold Standard's public API mean?

Pure: nothing raises, whatever the bytes. No specification is published; the shapes are those that others measured in
July 2026: a bare list, newest id first, and the totals in two headers. A block's `status` is what it is today, and the
list names no day of its retirement.
"""

from collections.abc import Mapping
from typing import Annotated, Final, TypeVar

import msgspec

from integrations.registries.lines import LineState, StatementLine

UNIT: Final = "t"
ISSUED: Final = "ISSUED"
RETIRED: Final = "RETIRED"
_STATES: Final = {ISSUED: LineState.ACTIVE, RETIRED: LineState.RETIRED}
_CANNOT_BE_READ = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)

_MOST: Final = 10**15
"""Of credits in one block or list: what is larger is nonsense."""

_T = TypeVar("_T")


class Project(msgspec.Struct, frozen=True):
    """A project. Its GS number is `sustaincert_id`: neither its `id` nor the number that its name may bear."""

    id: int | str
    sustaincert_id: int | str | None


class Block(msgspec.Struct, frozen=True):
    """Credits with neighbouring serials, in tonnes."""

    id: int | str
    number_of_credits: Annotated[int, msgspec.Meta(ge=0, le=_MOST)]
    serial_number: str
    status: str
    project: Project
    vintage: int | str | None = None
    note: str | None = None
    retirement_use_case: str | None = None
    batch_number: int | str | None = None


class Trouble(msgspec.Struct, frozen=True):
    """An answer that is of no use."""

    why: str
    retry_after: str | None


class Totals(msgspec.Struct, frozen=True):
    """What the headers say of the whole list; None where they say nothing that can be read."""

    entries: int | None
    credits: int | None


def read_list(status: int, body: bytes, headers: Mapping[str, str], of: type[_T]) -> tuple[_T, ...] | Trouble:
    """Read one page of a list."""
    if status == 403:
        why = "status 403: more entries were asked for than it gives, or the caller does not look like a browser"
        return Trouble(why, headers.get("retry-after"))
    if status != 200:
        return Trouble(f"status {status}", headers.get("retry-after"))
    try:
        return msgspec.json.decode(body, type=tuple[of, ...])  # type: ignore[valid-type] # A type that is a value here.
    except _CANNOT_BE_READ as error:
        return Trouble(f"an answer that cannot be read: {type(error).__name__}", None)


def totals_of(headers: Mapping[str, str]) -> Totals:
    """The counts beside a page."""
    return Totals(number_in(headers.get("x-total-count")), number_in(headers.get("x-total-number-of-credits")))


def number_in(told: int | str | None) -> int | None:
    """A whole number that may be written as text; None when it is none."""
    if isinstance(told, int):
        return told if 0 <= told <= _MOST else None
    text = told or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) else None


def gs_number(account_no: str) -> int | None:
    """The number of `GS11236` or `11236`; None for anything else."""
    return number_in(account_no.strip().upper().removeprefix("GS"))


def belongs(block: Block, number: int, status: str) -> bool:
    """Whether a block is of this project and in this state: what was asked for is not always what is listed."""
    return block.status == status and number_in(block.project.sustaincert_id) == number


def line_of(block: Block) -> StatementLine:
    """A block as a line. No account, beneficiary or day is told; the note is the registry's public one."""
    number = number_in(block.project.sustaincert_id)
    return StatementLine(
        state=_STATES[block.status],
        quantity=block.number_of_credits,
        unit=UNIT,
        serial=block.serial_number,
        issuance="" if block.batch_number is None else str(block.batch_number),
        project="" if number is None else f"GS{number}",
        vintage="" if block.vintage is None else str(block.vintage),
        purpose=block.retirement_use_case or "",
        note=(block.note or "").strip(),
        transaction_no=str(block.id) if block.status == RETIRED else "",
    )
