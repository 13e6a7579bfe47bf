"""What do callers send about retirements and registry tasks, and what do they see?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.core.quantity import QUANTITY_MAX
from app.retirements.models import RegistryTask, Retirement, RetirementAttempt
from app.retirements.operations import energy_of, wish_of
from app.retirements.rules import Consumption, EnergyRetired, EnergyRule, Purpose, Wish, registry_text

Count = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]


class RetirementIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be retired of one holding, and the words that will stand in the registry."""

    holding_id: Annotated[str, msgspec.Meta(max_length=40)]
    quantity: Count
    beneficiary_name: Annotated[str, msgspec.Meta(max_length=1_000)]
    purpose: Annotated[str, msgspec.Meta(max_length=40)]
    purpose_detail: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    fiscal_year: Annotated[int, msgspec.Meta(ge=2000, le=2200)] | None = None
    consumption: Consumption | None = None

    def wish(self) -> Wish:
        """The words as rules read them."""
        return Wish(self.beneficiary_name, self.purpose, self.purpose_detail, self.fiscal_year, self.consumption)


class SignOffIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The quantity, typed once more by whoever signs off."""

    quantity: Count


class RegistryTextOut(msgspec.Struct, frozen=True):
    """The registry's fields exactly as they will stand there; nobody can correct them afterwards."""

    beneficiary_name: str
    purpose: str
    purpose_detail: str


class RetirementOut(msgspec.Struct, frozen=True):
    """A retirement. `fiscal_year` is the one that was asked for; the certificate leaves out one that came too late.

    `energy` is null for other than energy certificates.
    """

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
    energy: EnergyRetired | None
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
            energy=energy_of(row),
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


class UseWindowOut(msgspec.Struct, frozen=True):
    """Energy generated in a calendar year is used for consumption from a day of that year to a day of the next.

    Both days are included, and written MM-DD.
    """

    first: str
    last: str
    source: str


class EnergyRuleOut(msgspec.Struct, frozen=True):
    """What a registry of energy certificates asks of a retirement. The notes say what nobody here has read in a source."""

    registry: str
    purposes: list[str]
    needs_country: bool
    needs_period: bool
    use_window: UseWindowOut | None
    note_ja: str
    note_en: str

    @classmethod
    def of(cls, registry_code: str, rule: EnergyRule) -> "EnergyRuleOut":
        """The rule as everybody sees it."""
        window = rule.use_window
        shown = window and UseWindowOut(
            f"{window.from_month:02}-{window.from_day:02}", f"{window.to_month:02}-{window.to_day:02}", window.source
        )
        return cls(
            registry_code, list(rule.purposes), rule.needs_country, rule.needs_period, shown, rule.note_ja, rule.note_en
        )


class PurposesOut(msgspec.Struct, frozen=True):
    """Every purpose, in the order of the scheme's own list; and which of them energy certificates are retired for."""

    data: list[PurposeOut]
    energy_rules: list[EnergyRuleOut]


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


def _person(member_id: UUID | None) -> str | None:
    return None if member_id is None else public_id("mem", member_id)
