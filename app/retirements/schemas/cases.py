"""What does the operator see of retirements that no rule can decide, and what do two people send about them?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.retirements.models import RetirementAttempt, RetirementCase
from app.retirements.rules import Decision, EvidenceGrade, Proposal


class DecisionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a retirement at its registry, and by which file you know. The last three only when `recorded`."""

    decision: Decision
    evidence_sha256: str
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
    registry_transaction: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None
    recorded_on: date | None = None
    evidence_grade: Literal["registry_statement", "provider_notice"] | None = None

    def proposal(self) -> Proposal:
        """The decision as rules read it."""
        grade = None if self.evidence_grade is None else EvidenceGrade(self.evidence_grade)
        return Proposal(
            self.decision, self.evidence_sha256, self.note, self.registry_transaction, self.recorded_on, grade
        )


class SentOut(msgspec.Struct, frozen=True):
    """One attempt with its evidence: what was sent, and all that the registry said."""

    n: int
    status: str
    sent: dict[str, Any]
    sent_at: datetime
    answer: dict[str, Any] | None
    answered_at: datetime | None
    lookups: int
    empty_lookups: int


class CaseOut(msgspec.Struct, frozen=True):
    """A retirement that no rule can decide, with the evidence of every attempt, and what is proposed or decided."""

    id: str
    retirement_id: str
    buyer_id: str
    provider_id: str
    why: str
    status: str
    opened_at: datetime
    attempts: list[SentOut]
    decision: str | None
    registry_transaction: str | None
    recorded_on: date | None
    evidence_grade: str | None
    evidence_sha256: str | None
    note: str | None
    proposed_by: str | None
    proposed_at: datetime | None
    confirmed_by: str | None
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: RetirementCase, attempts: Sequence[RetirementAttempt]) -> "CaseOut":
        """The case as the operator sees it."""
        return cls(
            id=public_id("cas", row.id),
            retirement_id=public_id("ret", row.retirement_id),
            buyer_id=public_id("org", row.buyer_id),
            provider_id=public_id("org", row.provider_id),
            why=row.why,
            status=row.status,
            opened_at=row.opened_at,
            attempts=[
                SentOut(
                    n=each.n, status=each.status, sent=each.request, sent_at=each.committed_at, answer=each.answer,
                    answered_at=each.answered_at, lookups=each.lookups, empty_lookups=each.empty_lookups,
                )
                for each in attempts
            ],
            decision=row.decision,
            registry_transaction=row.registry_transaction,
            recorded_on=row.recorded_on,
            evidence_grade=row.evidence_grade,
            evidence_sha256=row.evidence_sha256,
            note=row.note,
            proposed_by=_person(row.proposed_by),
            proposed_at=row.proposed_at,
            confirmed_by=_person(row.confirmed_by),
            closed_at=row.closed_at,
            version=row.version,
        )  # fmt: skip


def _person(member_id: UUID | None) -> str | None:
    return None if member_id is None else public_id("mem", member_id)
