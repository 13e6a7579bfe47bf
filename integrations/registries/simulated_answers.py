"""What do the simulated registry's bytes mean?

Pure: a status and a body in, an answer out. Whatever is not exactly the record or a refusal that the registry
documents is unknown, so that no half reply is ever taken for a yes or a no.
"""

from datetime import date
from typing import Literal

import msgspec

from integrations.registries.base import (
    Absent,
    Found,
    LookUp,
    LookupFailed,
    NotSent,
    Recorded,
    Rejected,
    SerialBlock,
    Unknown,
)
from integrations.registries.lines import LineState, StatementLine, StatementPage
from integrations.registries.simulated_ways import WAYS_DIFFER

DOCUMENTED_REFUSALS = frozenset(
    {
        "account_closed",
        "already_retired",
        "not_enough_credits",
        "quantity_mismatch",
        "text_too_long",
        "unknown_serials",
        "whole_units_only",
    }
)


class _Retirement(msgspec.Struct, frozen=True):
    transaction_no: str
    reference: str
    recorded_on: date
    blocks: tuple[SerialBlock, ...]
    quantity: int
    beneficiary_name: str


class _Done(msgspec.Struct, frozen=True):
    status: Literal["recorded"]
    retirement: _Retirement


class _Refusal(msgspec.Struct, frozen=True):
    code: str
    message: str


class _Refused(msgspec.Struct, frozen=True):
    refusal: _Refusal


class _Listed(msgspec.Struct, frozen=True):
    retirements: tuple[msgspec.Raw, ...]
    next_cursor: str | None
    complete: bool


class _NotTaken(msgspec.Struct, frozen=True):
    error: Literal["ways_differ"]


class _Rehearsed(msgspec.Struct, frozen=True):
    status: Literal["would_be_recorded"]


class _Line(msgspec.Struct, frozen=True):
    state: LineState
    certification_no: str
    prefix: str
    first: str
    last: str
    quantity: int
    unit: str
    changed_on: date | None
    transaction_no: str
    beneficiary_name: str
    purpose: str
    note: str


class _Lines(msgspec.Struct, frozen=True):
    lines: tuple[_Line, ...]
    next_cursor: str | None
    complete: bool


class Page(msgspec.Struct, frozen=True):
    """One page of a look-up; `complete` is the registry's own word that its list is whole."""

    found: tuple[Found, ...]
    next_cursor: str | None
    complete: bool


def read_answer(status: int, body: bytes, *, reference: str) -> Recorded | Rejected | Unknown | NotSent:
    """Read the reply to a retirement: 201 with the record, 422 with a documented refusal, all else unknown.

    A simulator that works otherwise than this desk believes has taken nothing, and says so: 412.
    """
    try:
        match status:
            case 201:
                return _record_of(msgspec.json.decode(body, type=_Done), reference, body)
            case 422:
                return _refusal_of(msgspec.json.decode(body, type=_Refused))
            case 412:
                msgspec.json.decode(body, type=_NotTaken)
                return NotSent(why=f"{WAYS_DIFFER}: this simulator works otherwise than the desk is set up for")
            case _:
                return Unknown(why=f"status {status} is neither a record nor a refusal", status=status)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Unknown(why=f"a reply that cannot be read: {type(error).__name__}", status=status)


def read_rehearsal(status: int, body: bytes) -> Rejected | Unknown | None:
    """Read the reply to a retirement that was only tried: None when it would be recorded."""
    try:
        match status:
            case 200:
                msgspec.json.decode(body, type=_Rehearsed)
                return None
            case 422:
                return _refusal_of(msgspec.json.decode(body, type=_Refused))
            case _:
                return Unknown(why=f"status {status} tells nothing of what would be", status=status)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Unknown(why=f"a reply that cannot be read: {type(error).__name__}", status=status)


def read_lines(status: int, body: bytes) -> StatementPage | str:
    """Read one page of holdings or of a statement, or say why it cannot be."""
    if status != 200:
        return f"status {status}"
    try:
        page = msgspec.json.decode(body, type=_Lines)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return f"a page that cannot be read: {type(error).__name__}"
    return StatementPage(tuple(_line(line) for line in page.lines), page.next_cursor, page.complete, body)


def read_page(status: int, body: bytes) -> Page | LookupFailed:
    """Read one page of a look-up."""
    if status != 200:
        return LookupFailed(why=f"status {status}")
    try:
        listed = msgspec.json.decode(body, type=_Listed)
        return Page(tuple(_found(raw) for raw in listed.retirements), listed.next_cursor, listed.complete)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return LookupFailed(why=f"a page that cannot be read: {type(error).__name__}")


def look_up_of(pages: list[Page], *, reference: str | None) -> LookUp:
    """Sum up all pages of one look-up, by `reference` if it is given.

    Several records, or somebody else's, are no answer: a person must look.
    """
    found = [one for page in pages for one in page.found]
    if reference is not None and any(one.reference != reference for one in found):
        return LookupFailed(why="the list speaks of another reference")
    if len(found) > 1:
        return LookupFailed(
            why=f"{len(found)} records match: {', '.join(one.recorded.transaction_no for one in found)}"
        )
    if found:
        return found[0]
    return Absent(complete=all(page.complete for page in pages))


def _record_of(done: _Done, reference: str, body: bytes) -> Recorded | Unknown:
    if done.retirement.reference != reference:
        return Unknown(why="the reply speaks of another reference", status=201)
    return _recorded(done.retirement, body)


def _found(raw: msgspec.Raw) -> Found:
    retirement = msgspec.json.decode(raw, type=_Retirement)
    return Found(_recorded(retirement, bytes(raw)), retirement.reference)


def _refusal_of(refused: _Refused) -> Rejected | Unknown:
    refusal = refused.refusal
    if refusal.code not in DOCUMENTED_REFUSALS:
        return Unknown(why=f"the refusal {refusal.code!r} is not documented", status=422)
    return Rejected(code=refusal.code, message=refusal.message)


def _recorded(retirement: _Retirement, evidence: bytes) -> Recorded:
    return Recorded(
        transaction_no=retirement.transaction_no,
        recorded_on=retirement.recorded_on,
        blocks=retirement.blocks,
        quantity=retirement.quantity,
        beneficiary_name=retirement.beneficiary_name,
        evidence=evidence,
    )


def _line(line: _Line) -> StatementLine:
    return StatementLine(
        state=line.state,
        quantity=line.quantity,
        unit=line.unit,
        serial_prefix=line.prefix,
        serial_first=line.first,
        serial_last=line.last,
        issuance=line.certification_no,
        changed_on=line.changed_on,
        transaction_no=line.transaction_no,
        beneficiary_name=line.beneficiary_name,
        purpose=line.purpose,
        note=line.note,
    )
