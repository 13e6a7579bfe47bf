"""What do people type of a registry's notice, and what do they see of what was read and typed?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from app.core.ids import public_id
from app.core.quantity import QUANTITY_MAX
from app.retirements.models import HolderConsent, NoticeReading, RegistryTask, Retirement, RetirementMandate
from app.retirements.rules import NoticeFacts, Span
from app.retirements.schemas.retirements import AgreementOut, RetirementOut
from app.retirements.schemas.tasks import TaskOut

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
_Serial = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class SpanIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Serials from first to last, both included, as the notice writes them."""

    first: _Serial
    last: _Serial


class NoticeFactsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the notice says, typed as it stands there; `quantity` is in the task's unit."""

    transaction_no: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    recorded_on: date
    quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]
    serials: Annotated[list[SpanIn], msgspec.Meta(min_length=1, max_length=200)]
    beneficiary_name: _Text
    purpose: _Text

    def facts(self) -> NoticeFacts:
        """The facts as rules compare them."""
        return NoticeFacts(
            self.transaction_no,
            self.recorded_on,
            self.quantity,
            tuple(Span(each.first, each.last) for each in self.serials),
            self.beneficiary_name,
            self.purpose,
        )


class ReturnIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the notice goes back to the provider's people."""

    note: _Text


class DifferenceOut(msgspec.Struct, frozen=True):
    """One field in which two versions differ: what was asked for or typed first, and what was found."""

    field: str
    wanted: str
    found: str


class ReadingOut(msgspec.Struct, frozen=True):
    """What a program read of a notice, or a person typed, and where it differs from what was asked for or typed before."""

    kind: str
    typed_by: str | None
    taken_at: datetime
    notice_sha256: str
    facts: dict[str, Any]
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, row: NoticeReading) -> "ReadingOut":
        """The reading as the provider and the operator see it."""
        return cls(
            row.kind,
            None if row.typed_by is None else public_id("mem", row.typed_by),
            row.taken_at,
            row.notice_sha256,
            row.facts,
            msgspec.convert(row.differences, list[DifferenceOut]),
        )


class TypedOut(msgspec.Struct, frozen=True):
    """How far the notice is compared, and the fields in which it or two people's typing differ."""

    notice_state: str
    differences: list[DifferenceOut]
    version: int

    @classmethod
    def of(cls, task: RegistryTask, reading: NoticeReading) -> "TypedOut":
        """The answer to a typing."""
        return cls(task.notice_state, msgspec.convert(reading.differences, list[DifferenceOut]), task.version)


class EvidenceOut(msgspec.Struct, frozen=True):
    """All that proves one retirement by people: request, mandate, consent, task, notice, and what was read of it."""

    retirement: RetirementOut
    mandate: AgreementOut | None
    consent: AgreementOut | None
    task: TaskOut
    readings: list[ReadingOut]

    @classmethod
    def of(
        cls,
        retirement: Retirement,
        task: RegistryTask,
        *,
        mandate: RetirementMandate | None,
        consent: HolderConsent | None,
        readings: Sequence[NoticeReading],
    ) -> "EvidenceOut":
        """The evidence, readings in their order."""
        return cls(
            RetirementOut.of(retirement),
            AgreementOut.of(mandate),
            AgreementOut.of(consent),
            TaskOut.of(task),
            [ReadingOut.of(each) for each in readings],
        )
