"""What does a registry's notice say, and is it what was asked for?"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from app.core.text import folded, narrow, tidy_line
from app.retirements.rules.legal_names import same_name
from app.retirements.rules.registry_rules import NoticeLabels

FIELDS: Final = ("transaction_no", "recorded_on", "quantity", "serials", "beneficiary_name", "purpose")
_DAY: Final = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})")
_COUNT: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_SPAN: Final = re.compile(r"([0-9A-Za-z][0-9A-Za-z-]*)\s*(?:[~～〜]|から|\bto\b|\s-\s)\s*([0-9A-Za-z][0-9A-Za-z-]*)")
_SERIAL: Final = re.compile(r"(|.*[^0-9])([0-9]{1,30})")
_JOINT: Final = re.compile(r"^[\s:：]+|\s+$")


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Serials from first to last, both included, as the registry writes them."""

    first: str
    last: str


class NoticeFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The facts of a notice. `recorded_on` is the registry's own day; `quantity` is in the task's unit."""

    transaction_no: str
    recorded_on: date
    quantity: int
    serials: tuple[Span, ...]
    beneficiary_name: str
    purpose: str


class Difference(msgspec.Struct, frozen=True):
    """One field in which two versions differ, both as they are written."""

    field: str
    wanted: str
    found: str


def read_notice(text: str, labels: NoticeLabels) -> NoticeFacts | None:
    """The facts that stand behind the labels in a notice's text; None when one of them is not there or not readable."""
    lines = [tidy_line(line) for line in text.splitlines() if tidy_line(line)]
    told = {name: _behind(lines, getattr(labels, name)) for name in FIELDS}
    if any(not values for values in told.values()):
        return None
    day, count = _day(told["recorded_on"][0]), _COUNT.search(narrow(told["quantity"][0]))
    spans = tuple(_spans(told["serials"]))
    if day is None or count is None or not spans:
        return None
    return NoticeFacts(
        told["transaction_no"][0],
        day,
        int(count[0].replace(",", "")),
        spans,
        told["beneficiary_name"][0],
        told["purpose"][0],
    )


def differences(wanted: NoticeFacts, found: NoticeFacts, *, registry_picks: bool) -> tuple[Difference, ...]:
    """Where a notice says something else than was asked for, in the order of its fields.

    Names are compared as names, words without width, case and spaces, serials by their numbers. Where the registry
    picks the serials, they need only be as many as the quantity: `span_count` tells.
    """
    same = {
        "transaction_no": _plain(wanted.transaction_no) == _plain(found.transaction_no),
        "recorded_on": wanted.recorded_on == found.recorded_on,
        "quantity": wanted.quantity == found.quantity,
        "serials": same_spans(wanted.serials, found.serials)
        or (registry_picks and span_count(found.serials) == wanted.quantity),
        "beneficiary_name": same_name(wanted.beneficiary_name, found.beneficiary_name),
        "purpose": _plain(wanted.purpose) == _plain(found.purpose),
    }
    return tuple(
        Difference(name, _shown(getattr(wanted, name)), _shown(getattr(found, name)))
        for name in FIELDS
        if not same[name]
    )


def typed_differently(one: NoticeFacts, other: NoticeFacts) -> tuple[Difference, ...]:
    """Where two people's typing differs: to the letter, but for width, case and spaces."""
    return tuple(
        Difference(name, _shown(getattr(one, name)), _shown(getattr(other, name)))
        for name in FIELDS
        if _plain(_shown(getattr(one, name))) != _plain(_shown(getattr(other, name)))
    )


def same_spans(one: Iterable[Span], other: Iterable[Span]) -> bool:
    """Whether the spans name the same serials: neighbours count as one, and one side may leave the prefix out."""
    one, other = tuple(one), tuple(other)
    if one == other:
        return True  # Also where digits stand in groups, which no number is read from.
    ours, theirs = _joined(one), _joined(other)
    if ours is None or theirs is None or len(ours) != len(theirs):
        return False
    return all(
        (a.first, a.last) == (b.first, b.last) and (a.prefix == b.prefix or "" in (a.prefix, b.prefix))
        for a, b in zip(ours, theirs, strict=True)
    )


def span_count(spans: Iterable[Span]) -> int | None:
    """How many serials the spans hold; None when one is not written as ascending numbers, or two overlap."""
    joined = _joined(spans)
    return None if joined is None else sum(block.last - block.first + 1 for block in joined)


class Block(NamedTuple):
    """Serials as numbers: what stands before the digits that end them, the first and the last."""

    prefix: str
    first: int
    last: int


def block_of(span: Span) -> Block | None:
    """The span as numbers; None where it has none, they descend, or their prefixes differ."""
    first, last = (_SERIAL.fullmatch(narrow(text).replace(" ", "")) for text in (span.first, span.last))
    if first is None or last is None or last[1] not in (first[1], ""):
        return None
    block = Block(first[1], int(first[2]), int(last[2]))
    return block if block.first <= block.last else None


def wanted_facts(sheet: dict[str, Any], *, transaction_no: str, recorded_on: date) -> NoticeFacts:
    """What the notice of a task has to say: its sheet, and what its person noted at the registry."""
    return NoticeFacts(
        transaction_no,
        recorded_on,
        sheet["quantity"],
        sheet_spans(sheet),
        sheet["beneficiary_name"],
        sheet["purpose"],
    )


def sheet_spans(sheet: dict[str, Any]) -> tuple[Span, ...]:
    """The serials of a task's sheet, with their prefixes."""
    return tuple(Span(each["prefix"] + each["first"], each["prefix"] + each["last"]) for each in sheet["serials"])


def _joined(spans: Iterable[Span]) -> list[Block] | None:
    """The spans as numbers, neighbours joined, in order; None where one is not readable or two overlap."""
    blocks = [block_of(span) for span in spans]
    joined: list[Block] = []
    for block in sorted(each for each in blocks if each is not None):
        before = joined[-1] if joined and joined[-1].prefix == block.prefix else None
        if before is not None and block.first <= before.last:
            return None
        if before is not None and block.first == before.last + 1:
            joined[-1] = before._replace(last=block.last)
        else:
            joined.append(block)
    return None if None in blocks else joined


def _behind(lines: list[str], labels: Iterable[str]) -> list[str]:
    """What stands behind the first of these labels that begins a line: the rest of the line, or the next line."""
    for label in labels:
        wanted = folded(label)
        found = []
        for at, line in enumerate(lines):
            if not folded(line).startswith(wanted):
                continue
            rest = _JOINT.sub("", line[len(label) :])
            if not rest and at + 1 < len(lines):
                rest = lines[at + 1]
            if rest:
                found.append(rest)
        if found:
            return found
    return []


def _spans(values: Iterable[str]) -> Iterator[Span]:
    for value in values:
        for first, last in _SPAN.findall(narrow(value)):
            yield Span(first, last)


def _day(text: str) -> date | None:
    found = _DAY.search(narrow(text))
    try:
        return None if found is None else date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _plain(text: str) -> str:
    return folded(text).replace(" ", "")


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{span.first} - {span.last}" for span in value)
    return str(value)
