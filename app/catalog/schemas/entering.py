"""What does the operator send to say something of credits?"""

from datetime import date
from typing import Annotated, Any, Final

import msgspec

from app.catalog.rules import BASIS_POINTS, GOALS, Answer, Entry, FactKind, Label, Level, Subject, Use

QUANTITY_MAX: Final = 10**15
"""More kilowatt-hours than a country uses in years: a slip of the keyboard."""

_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Id = Annotated[str, msgspec.Meta(max_length=40)]
_Text = Annotated[str, msgspec.Meta(max_length=2000)]
_Source = Annotated[str, msgspec.Meta(min_length=1, max_length=500, description="Who says so, and where.")]
_Url = Annotated[str, msgspec.Meta(max_length=1000, description="Begins with https:// or http://.")]
_Quantity = Annotated[int, msgspec.Meta(ge=0, le=QUANTITY_MAX)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000, description="Why what was said is said otherwise.")]


class SubjectIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a fact is said of. Each level names what it needs: a registry; with it a category, a methodology (and
    versions, both inclusive), or a certification number; or a project.
    """

    level: Level
    registry: _Code | None = None
    category: _Code | None = None
    methodology: _Code | None = None
    version_from: _Code | None = None
    version_to: _Code | None = None
    project_id: _Id | None = None
    certification_no: _Code | None = None


class FactIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every fact has. To say something else in an earlier fact's place, name it in `supersedes_id` with a reason.

    Days are in Japan and inclusive; without `valid_to` the fact holds until it is superseded or withdrawn.
    """

    subject: SubjectIn
    source: _Source
    valid_from: date
    valid_to: date | None = None
    source_url: _Url = ""
    source_date: date | None = None
    note_ja: _Text = ""
    note_en: _Text = ""
    supersedes_id: _Id | None = None
    reason: Reason | None = None


class EligibilityIn(FactIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether credits count for a use."""

    use: Use
    answer: Answer

    def entry(self) -> Entry:
        """The fact as the rules take it."""
        return _entry(self, FactKind.ELIGIBILITY, self.use.value, self.answer, {})


class LabelIn(FactIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether credits carry a label; `decision` is the word of who gives it."""

    label: Label
    answer: Answer
    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    document_url: _Url = ""

    def entry(self) -> Entry:
        """The fact as the rules take it."""
        told = {"decision": self.decision, **({"document_url": self.document_url} if self.document_url else {})}
        return _entry(self, FactKind.LABEL, self.label.value, self.answer, told)


class RatingIn(FactIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An agency's grade, on which version of its scale, as of which day."""

    agency: Annotated[str, msgspec.Meta(min_length=1, max_length=40, description="In lower case: sylvera.")]
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    scale: Annotated[str, msgspec.Meta(min_length=1, max_length=100, description='From best to worst: "AAA to D".')]
    scale_version: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    as_of: date

    def entry(self) -> Entry:
        """The fact as the rules take it."""
        told = {"value": self.value, "scale": self.scale, "scale_version": self.scale_version, "as_of": str(self.as_of)}
        return _entry(self, FactKind.RATING, self.agency, None, told)


class SdgsIn(FactIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """To which of the 17 Sustainable Development Goals a project contributes."""

    sdgs: Annotated[
        list[Annotated[int, msgspec.Meta(ge=GOALS[0], le=GOALS[-1])]], msgspec.Meta(min_length=1, max_length=17)
    ]

    def entry(self) -> Entry:
        """The fact as the rules take it."""
        return _entry(self, FactKind.SDG, "", None, {"sdgs": sorted(set(self.sdgs))})


class PermanenceIn(FactIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many years the carbon is to stay away, what share is kept for losses, and what happens on a reversal."""

    reversal_note: _Text
    years: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    buffer_basis_points: Annotated[int, msgspec.Meta(ge=0, le=BASIS_POINTS, description="100 are 1%.")] | None = None

    def entry(self) -> Entry:
        """The fact as the rules take it."""
        told = {
            "years": self.years,
            "buffer_basis_points": self.buffer_basis_points,
            "reversal_note": self.reversal_note,
        }
        return _entry(self, FactKind.PERMANENCE, "", None, told)


class RenewableIn(FactIn, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a whole issuance counts for as renewable energy: power in kWh, heat in MJ; null where the registry tells none.

    With `issued_quantity`, the credits of the whole issuance, retirements of a part are told their share.
    """

    power_kwh: _Quantity | None
    heat_mj: _Quantity | None
    issued_quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)] | None = None

    def entry(self) -> Entry:
        """The fact as the rules take it."""
        return _entry(
            self,
            FactKind.RENEWABLE,
            "",
            None,
            {
                "power_kwh": self.power_kwh,
                "heat_mj": self.heat_mj,
                "issued_quantity": self.issued_quantity,
            },
        )


class WithdrawalIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a fact should not have been said."""

    reason: Reason


class MemberIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member of a programme project; days are as the registry tells them."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    source: _Source
    location: Annotated[str, msgspec.Meta(max_length=500)] = ""
    joined_on: date | None = None
    left_on: date | None = None


def _entry(told: FactIn, kind: FactKind, key: str, answer: Answer | None, value: dict[str, Any]) -> Entry:
    return Entry(
        kind=kind,
        subject=Subject(**msgspec.structs.asdict(told.subject)),
        key=key,
        answer=answer,
        source=told.source,
        source_url=told.source_url,
        source_date=told.source_date,
        valid_from=told.valid_from,
        valid_to=told.valid_to,
        note_ja=told.note_ja,
        note_en=told.note_en,
        value=value,
    )
