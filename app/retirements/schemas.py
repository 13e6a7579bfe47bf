"""What do callers send about retirements and registry tasks, and what do they see?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.core.quantity import QUANTITY_MAX
from app.retirements.models import RegistryTask, Retirement, RetirementAttempt, RetirementCase
from app.retirements.operations import wish_of
from app.retirements.rules import Decision, EvidenceGrade, Proposal, Purpose, Wish, registry_text

Count = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]


class RetirementIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be retired of one holding, and the words that will stand in the registry."""

    holding_id: Annotated[str, msgspec.Meta(max_length=40)]
    quantity: Count
    beneficiary_name: Annotated[str, msgspec.Meta(max_length=1_000)]
    purpose: Annotated[str, msgspec.Meta(max_length=40)]
    purpose_detail: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    fiscal_year: Annotated[int, msgspec.Meta(ge=2000, le=2200)] | None = None

    def wish(self) -> Wish:
        """The words as rules read them."""
        return Wish(self.beneficiary_name, self.purpose, self.purpose_detail, self.fiscal_year)


class SignOffIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The quantity, typed once more by whoever signs off."""

    quantity: Count


class RegistryTextOut(msgspec.Struct, frozen=True):
    """The registry's fields exactly as they will stand there; nobody can correct them afterwards."""

    beneficiary_name: str
    purpose: str
    purpose_detail: str


class RetirementOut(msgspec.Struct, frozen=True):
    """A retirement. `fiscal_year` is the one that was asked for; the certificate leaves out one that came too late."""

    id: str
    holding_id: str
    order_id: str
    provider_id: str
    registry: str
    reference: str
    quantity: int
    unit: str
    beneficiary_name: str
    purpose: str
    purpose_detail: str
    fiscal_year: int | None
    registry_text: RegistryTextOut
    status: str
    requested_at: datetime
    signed_off_at: datetime | None
    recorded_on: date | None
    registry_transaction: str | None
    evidence_grade: str | None
    simulated: bool
    refusal: str | None
    version: int

    @classmethod
    def of(cls, row: Retirement) -> "RetirementOut":
        """The retirement as its buyer and its provider see it."""
        text = registry_text(wish_of(row), row.reference)
        return cls(
            id=public_id("ret", row.id),
            holding_id=public_id("hld", row.holding_id),
            order_id=public_id("ord", row.order_id),
            provider_id=public_id("org", row.provider_id),
            registry=row.registry_code,
            reference=row.reference,
            quantity=row.quantity,
            unit=row.unit,
            beneficiary_name=row.beneficiary_name,
            purpose=row.purpose,
            purpose_detail=row.purpose_detail,
            fiscal_year=row.fiscal_year,
            registry_text=RegistryTextOut(text.beneficiary_name, text.purpose, text.purpose_detail),
            status=row.status,
            requested_at=row.requested_at,
            signed_off_at=row.signed_off_at,
            recorded_on=row.recorded_on,
            registry_transaction=row.registry_transaction,
            evidence_grade=row.evidence_grade,
            simulated=row.simulated,
            refusal=row.refusal,
            version=row.version,
        )


class AttemptOut(msgspec.Struct, frozen=True):
    """One sending to the registry, with its answer and how often it was looked up."""

    n: int
    status: str
    committed_at: datetime
    answered_at: datetime | None
    answer: dict[str, Any] | None
    lookups: int


class RetirementDetailOut(msgspec.Struct, frozen=True):
    """A retirement and everything that was sent for it."""

    retirement: RetirementOut
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, row: Retirement, attempts: Sequence[RetirementAttempt]) -> "RetirementDetailOut":
        """The retirement with its sendings, the first one first."""
        sent = [
            AttemptOut(one.n, one.status, one.committed_at, one.answered_at, one.answer, one.lookups)
            for one in attempts
        ]
        return cls(RetirementOut.of(row), sent)


class PurposeOut(msgspec.Struct, frozen=True):
    """What credits may be retired for."""

    code: str
    ja: str
    en: str
    scope: str
    needs_fiscal_year: bool

    @classmethod
    def of(cls, purpose: Purpose) -> "PurposeOut":
        """The purpose as everybody sees it."""
        return cls(purpose.code, purpose.ja, purpose.en, purpose.scope, purpose.needs_fiscal_year)


class PurposesOut(msgspec.Struct, frozen=True):
    """Every purpose, in the order of the scheme's own list."""

    data: list[PurposeOut]


class ExecutedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the registry showed when the task was carried out; the day is the registry's own."""

    registry_transaction: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    recorded_on: date


class NothingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object."""


class TaskOut(msgspec.Struct, frozen=True):
    """A registry task. `sheet` is what is to be typed at the registry, word for word."""

    id: str
    provider_id: str
    retirement_id: str
    registry: str
    sheet: dict[str, Any]
    status: str
    opened_at: datetime
    maker_id: str | None
    prepared_at: datetime | None
    checker_id: str | None
    checked_at: datetime | None
    executed_at: datetime | None
    registry_transaction: str | None
    recorded_on: date | None
    notice_sha256: str | None
    notice_filename: str | None
    confirmed_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: RegistryTask) -> "TaskOut":
        """The task as its provider and the operator see it."""
        return cls(
            id=public_id("tsk", row.id),
            provider_id=public_id("org", row.org_id),
            retirement_id=public_id("ret", row.retirement_id),
            registry=row.registry_code,
            sheet=row.sheet,
            status=row.status,
            opened_at=row.opened_at,
            maker_id=_person(row.maker_id),
            prepared_at=row.prepared_at,
            checker_id=_person(row.checker_id),
            checked_at=row.checked_at,
            executed_at=row.executed_at,
            registry_transaction=row.registry_transaction,
            recorded_on=row.recorded_on,
            notice_sha256=row.notice_sha256,
            notice_filename=row.notice_filename,
            confirmed_at=row.confirmed_at,
            version=row.version,
        )


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
