"""What do buyers send about retirements, and what do they see?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from app.core.ids import public_id
from app.core.quantity import QUANTITY_MAX
from app.retirements.models import HolderConsent, Retirement, RetirementAttempt, RetirementMandate
from app.retirements.operations import attribute_of, purpose_word_of, wish_of
from app.retirements.rules import DOMAIN_MAX, Consumption, EnergyRetired, ShownStatus, Wish, registry_text, shown_status

PurposeCode = Annotated[str, msgspec.Meta(max_length=40)]
PrefectureCode = Annotated[str, msgspec.Meta(max_length=2, description="JIS X 0401, 01 to 47.")]
DomainName = Annotated[str, msgspec.Meta(max_length=DOMAIN_MAX)]
Count = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]


class RetirementIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be retired of one holding, and the words that will stand in the registry."""

    holding_id: Annotated[str, msgspec.Meta(max_length=40)]
    quantity: Count
    beneficiary_name: Annotated[str, msgspec.Meta(max_length=1_000)]
    purpose: Annotated[str, msgspec.Meta(max_length=40)]
    purpose_detail: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    fiscal_year: Annotated[int, msgspec.Meta(ge=2000, le=2200)] | None = None
    also_purposes: Annotated[list[PurposeCode], msgspec.Meta(max_length=10)] = []
    """Further reports that the same credits serve: of the same beneficiary and the same scope of use (活用範囲)."""
    offset_place: PrefectureCode | None = None
    """The prefecture of what is offset, where offsetting is the purpose."""
    consumption: Consumption | None = None
    """Of energy certificates: the use that they are retired for."""
    beneficiary_domain: DomainName | None = None
    """The beneficiary's internet domain: some registries tell beneficiaries of one name apart by it, and show it to nobody."""

    def wish(self) -> Wish:
        """The words as rules read them."""
        return Wish(
            self.beneficiary_name,
            self.purpose,
            self.purpose_detail,
            self.fiscal_year,
            tuple(self.also_purposes),
            self.offset_place,
            self.consumption,
            self.beneficiary_domain,
        )


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

    `power_kwh` and `heat_mj` are its share of the renewable energy that its issuance counts for, rounded down. `energy`
    is what certificates of energy are an attribute of; null for other credits. `reconciled` is what was recorded and
    what a statement of its registry (fetched by this desk, or vouched for by its operator) showed in the same words; the
    first day of which one did is `reconciled_as_of`, and stays.
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
    beneficiary_domain: str | None
    purpose: str
    purpose_detail: str
    fiscal_year: int | None
    also_purposes: list[str]
    offset_place: str | None
    power_kwh: int | None
    heat_mj: int | None
    energy: EnergyRetired | None
    registry_text: RegistryTextOut
    status: ShownStatus
    requested_at: datetime
    signed_off_at: datetime | None
    not_before: datetime | None
    """From when the payment is final: nothing is sent to the registry before."""
    payment_disputed: bool
    """The payment is disputed, or waits for a person: nothing is sent until that is decided."""
    recorded_on: date | None
    registry_transaction: str | None
    evidence_grade: str | None
    simulated: bool
    reconciled_as_of: date | None
    refusal: str | None
    version: int

    @classmethod
    def of(cls, row: Retirement) -> "RetirementOut":
        """The retirement as its buyer and its provider see it."""
        text = registry_text(wish_of(row), row.reference, purpose_word=purpose_word_of(row))
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
            beneficiary_domain=row.beneficiary_domain,
            purpose=row.purpose,
            purpose_detail=row.purpose_detail,
            fiscal_year=row.fiscal_year,
            also_purposes=list(row.also_purposes),
            offset_place=row.offset_place,
            power_kwh=row.power_kwh,
            heat_mj=row.heat_mj,
            energy=attribute_of(row),
            registry_text=RegistryTextOut(text.beneficiary_name, text.purpose, text.purpose_detail),
            status=shown_status(row.status, row.reconciled_as_of),
            requested_at=row.requested_at,
            signed_off_at=row.signed_off_at,
            not_before=row.not_before,
            payment_disputed=row.disputed_at is not None,
            recorded_on=row.recorded_on,
            registry_transaction=row.registry_transaction,
            evidence_grade=row.evidence_grade,
            simulated=row.simulated,
            reconciled_as_of=row.reconciled_as_of,
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


class AgreementOut(msgspec.Struct, frozen=True):
    """What somebody agreed to: who, when, and the text word for word in both languages."""

    given_by: str
    given_at: datetime
    text_version: str
    text_ja: str
    text_en: str

    @classmethod
    def of(cls, row: RetirementMandate | HolderConsent | None) -> "AgreementOut | None":
        """The mandate or consent; None when there is none."""
        return None if row is None else cls.given(row)

    @classmethod
    def given(cls, row: RetirementMandate | HolderConsent) -> "AgreementOut":
        """The mandate or consent that was given."""
        return cls(public_id("mem", row.given_by), row.given_at, row.text_version, row.text_ja, row.text_en)


class RetirementDetailOut(msgspec.Struct, frozen=True):
    """A retirement, everything that was sent for it, and its buyer's mandate (委任)."""

    retirement: RetirementOut
    attempts: list[AttemptOut]
    mandate: AgreementOut | None

    @classmethod
    def of(
        cls, row: Retirement, attempts: Sequence[RetirementAttempt], mandate: RetirementMandate | None
    ) -> "RetirementDetailOut":
        """The retirement with its sendings, the first one first."""
        sent = [
            AttemptOut(one.n, one.status, one.committed_at, one.answered_at, one.answer, one.lookups)
            for one in attempts
        ]
        return cls(RetirementOut.of(row), sent, AgreementOut.of(mandate))
