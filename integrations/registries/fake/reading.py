"""What does the fake registry's page of an account's holdings or of its statement say?

Cursors name the place behind the last line, not a number of lines: what is retired between two pages shifts nothing.
"""

from datetime import date, datetime

import msgspec

from integrations.registries.fake.messages import Line, Lines
from integrations.registries.fake.office import ANYBODY, Office
from integrations.registries.fake.state import Visible, numbers
from integrations.registries.lines import LineState


class _Behind(msgspec.Struct, frozen=True, array_like=True):
    """The last serial that was told."""

    certification_no: str
    prefix: str
    last: int


def holdings_page(office: Office, account: str, *, cursor: str | None, size: int, now: datetime) -> Lines:
    """What is active in an account, certification by certification; raises ValueError for no cursor of ours."""
    office.catch_up(now=now)
    state, owner = office.state, _owner(office, account)
    behind = None if cursor is None else _read_cursor(cursor)
    lines: list[Line] = []
    for certification_no, prefix in sorted(state.issued):
        if behind is not None and (certification_no, prefix) < (behind.certification_no, behind.prefix):
            continue
        for span in state.issued[certification_no, prefix].without(state.taken[prefix]):
            told = behind is not None and (certification_no, prefix) == (behind.certification_no, behind.prefix)
            first = max(span.first, behind.last + 1) if told and behind is not None else span.first
            if span.owner != owner or first > span.last:
                continue
            if len(lines) == size:
                last = lines[-1]
                further = _Behind(last.certification_no, last.prefix, int(last.last))
                return Lines(tuple(lines), msgspec.json.encode(further).decode(), complete=True)
            unit = state.units[certification_no, prefix]
            lines.append(
                Line(
                    LineState.ACTIVE, certification_no, prefix, str(first), str(span.last), span.last - first + 1, unit
                )
            )
    return Lines(tuple(lines), None, complete=True)


def statement_page(
    office: Office, account: str, *, since: date | None, cursor: str | None, size: int, now: datetime
) -> Lines:
    """What was retired out of an account, in the order of the records; raises ValueError for no cursor of ours.

    As many records are read as a page is long: a page may be empty and not be the last.
    """
    office.catch_up(now=now)
    after, owner = int(cursor or "0"), _owner(office, account)
    read = [one for one in office.state.recorded[after : after + size] if one is not None and one.visible_at <= now]
    lines = [
        line
        for one in read
        if since is None or one.retirement.recorded_on >= since
        for line in _lines_of(office, one, owner)
    ]
    last = after + size >= len(office.state.recorded)
    return Lines(tuple(lines), None if last else str(after + size), complete=True)


def _lines_of(office: Office, visible: Visible, owner: str) -> list[Line]:
    retirement = visible.retirement
    return [
        Line(
            state=LineState.RETIRED,
            certification_no=retirement.certification_no,
            prefix=block.prefix,
            first=block.first,
            last=block.last,
            quantity=block.count,
            unit=retirement.unit,
            changed_on=retirement.recorded_on,
            transaction_no=retirement.transaction_no,
            beneficiary_name=retirement.beneficiary_name,
            purpose=retirement.purpose,
            note=retirement.note,
        )
        for block, _, _ in numbers(retirement)
        if office.state.holder_of(retirement.certification_no, block) == owner
    ]


def _owner(office: Office, account: str) -> str:
    """Where serials are issued as they are asked for, they are everybody's who has no account of their own."""
    if not office.takes_all:
        return account
    known = any(span.owner == account for spans in office.state.issued.values() for span in spans)
    return account if known else ANYBODY


def _read_cursor(cursor: str) -> _Behind:
    try:
        return msgspec.json.decode(cursor, type=_Behind)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
