"""How do differences that were found become discrepancies with an age: new ones opened, known ones kept, others closed?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import insert, select

from app.core import events
from app.core.db import AsyncSession, any_of
from app.core.ids import new_id
from app.core.scope import DESK_ID
from app.reconciliation.models import Comparison, Discrepancy, DiscrepancyStatus
from app.reconciliation.queries import Piece
from app.reconciliation.rules import AT_RISK, Action, Cause, DiscrepancyKind, likely_cause
from app.retirements.rules import same_name

Key = tuple[str, str, int, int, str]
"""Kind, series, range and subject: what one difference is known by."""
GONE: Final = "gone"
"""The action of a discrepancy that a later comparison did not find any more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference as it will stand in a discrepancy's row."""

    kind: DiscrepancyKind
    series_key: str
    lo: int
    hi: int
    serials: str
    subject: str
    lot_id: UUID | None
    retirement_id: UUID | None
    at_risk: bool
    ours: dict[str, Any]
    theirs: dict[str, Any]
    cause: Cause


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the findings: all that stand now, and how many were opened and closed."""

    standing: Sequence[Discrepancy]
    opened: int
    closed: Sequence[Discrepancy]


def finding_of(piece: Piece, *, serials: str, moved: bool, as_of: date | None) -> Finding | None:
    """A difference with its words; None when two names only look different."""
    kind = DiscrepancyKind(piece.kind)
    if kind == DiscrepancyKind.BENEFICIARY_DIFFERS and same_name(piece.beneficiary_name or "", piece.their_name or ""):
        return None
    if moved:
        kind = DiscrepancyKind.MOVED
    ours = {
        "place": piece.place,
        "recorded_on": piece.recorded_on.isoformat() if piece.recorded_on else None,
        "beneficiary_name": piece.beneficiary_name or None,
    }
    theirs = {
        "state": piece.state,
        "changed_on": piece.changed_on.isoformat() if piece.changed_on else None,
        "beneficiary_name": piece.their_name or None,
        "purpose": piece.purpose or None,
        "note": piece.note or None,
        "transaction_no": piece.transaction_no or None,
        "lines": piece.lines,
        "statement": piece.first_n,
        "row": piece.row_number,
    }
    cause = likely_cause(
        kind, reference=piece.reference or "", purpose=piece.purpose or "", place=piece.place,
        recorded_on=piece.recorded_on, as_of=as_of,
    )  # fmt: skip
    return Finding(
        kind, piece.series_key, piece.lo, piece.hi, serials, str(piece.retirement_id or ""), piece.lot_id,
        piece.retirement_id, kind in AT_RISK, {k: v for k, v in ours.items() if v is not None},
        {k: v for k, v in theirs.items() if v is not None}, cause,
    )  # fmt: skip


async def apply_findings(
    session: AsyncSession,
    comparison: Comparison,
    found: Iterable[Finding],
    *,
    registry_code: str,
    newest_n: int,
    now: datetime,
) -> Applied:
    """Open what is new, keep what stood (with its age, its owner and what was proposed), close what is gone."""
    standing = await _standing(session, comparison)
    accepted = await _accepted(session, comparison)
    # What two people let stand beside ours, in these very words, is told no more.
    told = [each for each in found if _said(each.ours, each.theirs) != accepted.get(_key(each))]
    kept, fresh, left = _matched(standing, told, newest_n)
    for row in left:
        row.status, row.action, row.resolved_at = DiscrepancyStatus.RESOLVED, GONE, now
        row.resolved_by, row.version = None, row.version + 1
    await session.flush()
    made = [_row(comparison, finding, registry_code, newest_n, now) for finding in fresh]
    opened: list[Discrepancy] = []
    if made:
        await session.execute(insert(Discrepancy), made)
        mine = select(Discrepancy).where(Discrepancy.org_id == comparison.org_id)
        opened = list(await session.scalars(mine.where(Discrepancy.id == any_of([row["id"] for row in made]))))
    await _tell(session, comparison, made, left, now)
    return Applied([*kept, *opened], len(opened), left)


def _matched(
    standing: Sequence[Discrepancy], found: Sequence[Finding], newest_n: int
) -> tuple[list[Discrepancy], list[Finding], list[Discrepancy]]:
    """What stood and still does, what is new, and what stood and is gone. One that grew or shrank is the same one."""
    exact = {_key(row): row for row in standing}
    kept = []
    for finding in found:
        row = exact.get(_key(finding))
        if row is not None:
            _renew(row, finding, newest_n)
            kept.append(row)
    taken = {row.id for row in kept}
    left = [row for row in standing if row.id not in taken]
    fresh = []
    for finding in found:
        if _key(finding) in exact:
            continue
        row = next((each for each in left if _goes_on(each, finding)), None)
        if row is None:
            fresh.append(finding)
            continue
        left.remove(row)
        row.lo, row.hi, row.serials = finding.lo, finding.hi, finding.serials
        _renew(row, finding, newest_n)
        kept.append(row)
    return kept, fresh, left


def digest_of(standing: Iterable[Discrepancy]) -> str:
    """SHA-256 of all differences in order, as hexadecimal digits: the same twice when nothing differs between."""
    rows = sorted(
        (
            row.kind,
            row.series_key,
            row.lo,
            row.hi,
            row.subject,
            str(row.lot_id),
            msgspec.json.encode([row.ours, row.theirs], order="sorted").decode(),
        )
        for row in standing
    )
    return sha256(msgspec.json.encode(rows)).hexdigest()


def counts_of(standing: Iterable[Discrepancy]) -> dict[str, dict[str, int]]:
    """How many differences of each kind there are, and over how many units."""
    counts: dict[str, dict[str, int]] = {}
    for row in standing:
        told = counts.setdefault(row.kind, {"differences": 0, "units": 0})
        told["differences"] += 1
        told["units"] += row.hi - row.lo
    return dict(sorted(counts.items()))


async def _standing(session: AsyncSession, comparison: Comparison) -> list[Discrepancy]:
    found = await session.scalars(
        select(Discrepancy)
        .where(
            Discrepancy.org_id == comparison.org_id,
            Discrepancy.registry_account_id == comparison.registry_account_id,
            Discrepancy.status != DiscrepancyStatus.RESOLVED,
        )
        .order_by(Discrepancy.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)


async def _accepted(session: AsyncSession, comparison: Comparison) -> dict[Key, list[Any]]:
    """What people have let stand: the words of either side, by the difference."""
    found = await session.scalars(
        select(Discrepancy)
        .where(
            Discrepancy.org_id == comparison.org_id,
            Discrepancy.registry_account_id == comparison.registry_account_id,
            Discrepancy.status == DiscrepancyStatus.RESOLVED,
            Discrepancy.action == Action.TAKE_REGISTRYS_WORD,
        )
        .order_by(Discrepancy.resolved_at)
    )
    return {_key(row): _said(row.ours, row.theirs) for row in found}


def _said(ours: dict[str, Any], theirs: dict[str, Any]) -> list[Any]:
    """The words of both sides without the place in a file at which they stood."""
    return [ours, {name: word for name, word in theirs.items() if name not in {"statement", "row", "lines"}}]


def _key(row: Discrepancy | Finding) -> Key:
    return (row.kind, row.series_key, row.lo, row.hi, row.subject)


def _goes_on(row: Discrepancy, finding: Finding) -> bool:
    """Whether a finding is what became of a difference that stood: the same in kind, and over some of its serials."""
    same = (row.kind, row.series_key, row.subject, row.lot_id)
    return (
        same == (finding.kind, finding.series_key, finding.subject, finding.lot_id)
        and row.lo < finding.hi
        and finding.lo < row.hi
    )


def _renew(row: Discrepancy, finding: Finding, newest_n: int) -> None:
    changed = (row.ours, row.theirs) != (finding.ours, finding.theirs)
    row.seen_n = newest_n
    row.ours, row.theirs, row.cause = finding.ours, finding.theirs, finding.cause
    if changed:
        row.version += 1


def _row(comparison: Comparison, finding: Finding, registry_code: str, newest_n: int, now: datetime) -> dict[str, Any]:
    return {
        "org_id": comparison.org_id, "id": new_id(), "desk_id": DESK_ID,
        "registry_account_id": comparison.registry_account_id, "registry_code": registry_code, "kind": finding.kind,
        "series_key": finding.series_key, "lo": finding.lo, "hi": finding.hi, "serials": finding.serials,
        "subject": finding.subject, "lot_id": finding.lot_id, "retirement_id": finding.retirement_id,
        "at_risk": finding.at_risk, "ours": finding.ours, "theirs": finding.theirs, "cause": finding.cause,
        "statement_n": newest_n, "seen_n": newest_n, "status": DiscrepancyStatus.OPEN, "opened_at": now,
    }  # fmt: skip


async def _tell(
    session: AsyncSession,
    comparison: Comparison,
    made: Sequence[Mapping[str, Any]],
    gone: Sequence[Discrepancy],
    now: datetime,
) -> None:
    opened = {
        row["id"]: {
            "status": DiscrepancyStatus.OPEN, "kind": row["kind"], "units": row["hi"] - row["lo"],
            "at_risk": row["at_risk"], "lot_id": str(row["lot_id"] or ""),
        }
        for row in made
    }  # fmt: skip
    await events.record_first(
        session, "discrepancy.opened", org_id=comparison.org_id, subject_kind="discrepancy", told=opened,
        party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
    closed = {row.id: {"status": DiscrepancyStatus.RESOLVED, "action": GONE} for row in gone}
    await events.record_next(
        session, "discrepancy.resolved", org_id=comparison.org_id, subject_kind="discrepancy", told=closed,
        before={"status": DiscrepancyStatus.OPEN}, party_ids=(DESK_ID,), now=now,
    )  # fmt: skip
