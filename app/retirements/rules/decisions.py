"""What may two people decide about a retirement that no rule can, and what must they have seen?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.core.errors import FieldError
from app.core.text import tidy_line
from app.retirements.rules.states import AttemptStatus, EvidenceGrade


class Decision(StrEnum):
    """What became of it at the registry, as the evidence shows."""

    RECORDED = "recorded"
    ABSENT = "absent"
    """The registry has not recorded it: it is sent anew, as a new attempt."""
    REJECTED = "rejected"
    """The registry has not recorded it, and will not: the serials return to the holding."""


class CaseStatus(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"
    DECIDED = "decided"
    OVERTAKEN = "overtaken"
    """The registry's own answer came after all."""


LIVE_CASES: Final = (CaseStatus.OPEN, CaseStatus.PROPOSED)
GRADES: Final = (EvidenceGrade.REGISTRY_STATEMENT, EvidenceGrade.PROVIDER_NOTICE)
"""What a person can hold in their hands; the registry's own answer comes by itself."""
_SHA256_DIGITS: Final = 64


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision with what it rests on; the day is in the registry's own zone."""

    decision: Decision
    evidence_sha256: str
    note: str
    registry_transaction: str | None
    recorded_on: date | None
    evidence_grade: EvidenceGrade | None


def wrong_with(proposal: Proposal, *, last_attempt: AttemptStatus | None, today: date) -> list[FieldError]:
    """What keeps a proposal from being made. What the registry says it has recorded can neither be absent nor refused."""
    wrong = []
    if len(proposal.evidence_sha256) != _SHA256_DIGITS or set(proposal.evidence_sha256) - set("0123456789abcdef"):
        wrong.append(FieldError("/evidence_sha256", "not_sha256", "Sixty-four digits and letters from a to f."))
    if not tidy_line(proposal.note):
        wrong.append(FieldError("/note", "empty", "Say what you have seen."))
    if proposal.decision is not Decision.RECORDED:
        wrong += [
            FieldError(f"/{name}", "only_when_recorded", "Nothing of the registry's record: it has none, you say.")
            for name in ("registry_transaction", "recorded_on", "evidence_grade")
            if getattr(proposal, name) is not None
        ]
        if last_attempt == AttemptStatus.RECORDED:
            wrong.append(FieldError("/decision", "registry_has_it", "The registry says that it recorded this attempt."))
        return wrong
    if not tidy_line(proposal.registry_transaction or ""):
        wrong.append(FieldError("/registry_transaction", "missing", "The registry's own number of its record."))
    if proposal.recorded_on is None or proposal.recorded_on > today:
        wrong.append(FieldError("/recorded_on", "not_a_past_day", "The day of the record; it has come in Japan."))
    if proposal.evidence_grade not in GRADES:
        wrong.append(FieldError("/evidence_grade", "not_in_hand", f"One of {', '.join(GRADES)}."))
    return wrong
