"""What does anybody see of what is known of credits, and of who says so?"""

from datetime import date, datetime
from typing import Any

import msgspec

from app.catalog.models import Fact
from app.catalog.queries import FactLine
from app.catalog.rules import LABEL_NAMES, USE_NAMES, Answer, FactKind, Label, Level, Use, Verdict
from app.core.ids import public_id

_SHIPPED_BY = "system"


class SubjectOut(msgspec.Struct, frozen=True):
    """What a fact is said of. Versions are inclusive; without them every version is meant."""

    level: Level
    registry: str | None
    category: str | None
    methodology: str | None
    version_from: str | None
    version_to: str | None
    project_id: str | None
    certification_no: str | None

    @classmethod
    def of(cls, line: FactLine) -> "SubjectOut":
        """The subject of a fact."""
        fact = line.fact
        return cls(
            level=Level(fact.level),
            registry=fact.registry_code,
            category=fact.category,
            methodology=fact.methodology_code,
            version_from=fact.version_from,
            version_to=fact.version_to,
            project_id=None if fact.project_id is None else public_id("prj", fact.project_id),
            certification_no=line.certification_no,
        )


class RatingOut(msgspec.Struct, frozen=True):
    """An agency's grade on one version of its scale, as of a day."""

    agency: str
    value: str
    scale: str
    scale_version: str
    as_of: date


class PermanenceOut(msgspec.Struct, frozen=True):
    """How long the carbon is to stay away, what is kept for losses (100 basis points are 1%), and what of reversals."""

    years: int | None
    buffer_basis_points: int | None
    reversal_note: str


class RenewableOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the whole issuance counts for as renewable energy: power in kWh, heat in MJ, and its credits if told."""

    power_kwh: int | None
    heat_mj: int | None
    issued_quantity: int | None = None


class LabelDecisionOut(msgspec.Struct, frozen=True):
    """What who gives the label has decided, in its own word, and where it says so."""

    decision: str
    document_url: str
    observations_url: str


class FactOut(msgspec.Struct, frozen=True):
    """One thing that somebody says of credits. `key` is the use, the label or the agency; both days are inclusive.

    `entered_by` is `shipped` for what the desk came with, else `operator`. A fact without `valid_to` holds until
    somebody says otherwise.
    """

    id: str
    kind: FactKind
    subject: SubjectOut
    key: str
    answer: Answer | None
    decision: LabelDecisionOut | None
    rating: RatingOut | None
    sdgs: list[int]
    permanence: PermanenceOut | None
    renewable: RenewableOut | None
    note_ja: str
    note_en: str
    source: str
    source_url: str
    source_date: date | None
    valid_from: date
    valid_to: date | None
    entered_by: str
    entered_at: datetime

    @classmethod
    def of(cls, line: FactLine) -> "FactOut":
        """The fact as anybody sees it."""
        return cls(**_facts_of(line))


class FactVersionOut(FactOut, frozen=True):
    """A fact in its history: what it superseded and why, and which of the operator's people or keys entered it."""

    supersedes_id: str | None
    withdrawn: bool
    reason: str
    actor_kind: str
    actor_id: str | None

    @classmethod
    def of(cls, line: FactLine) -> "FactVersionOut":
        """The fact as the operator sees it."""
        fact, prefixes = line.fact, {"member": "mem", "key": "key"}
        return cls(
            **_facts_of(line),
            supersedes_id=None if fact.supersedes is None else public_id("fct", fact.supersedes),
            withdrawn=fact.withdrawn,
            reason=fact.reason,
            actor_kind=fact.entered_kind,
            actor_id=public_id(prefixes[fact.entered_kind], fact.entered_by) if fact.entered_kind in prefixes else None,
        )


class FactHistoryOut(msgspec.Struct, frozen=True):
    """All that was said in one place, the newest first; the first of the list is what holds, unless withdrawn."""

    data: list[FactVersionOut]


class EligibleOut(msgspec.Struct, frozen=True):
    """Whether credits count for a use. `because` names the facts; `unknown` because of none: nobody says."""

    use: Use
    name_ja: str
    name_en: str
    answer: Answer
    because: list[str]

    @classmethod
    def of(cls, use: Use, verdict: Verdict) -> "EligibleOut":
        """The verdict on a use."""
        return cls(use, *USE_NAMES[use], verdict.answer, [public_id("fct", each) for each in verdict.because])


class LabelledOut(msgspec.Struct, frozen=True):
    """Whether credits carry a label: `yes`, `no`, or `unknown` where it is undetermined, for instance by version."""

    label: Label
    name_ja: str
    name_en: str
    answer: Answer
    because: list[str]

    @classmethod
    def of(cls, key: str, verdict: Verdict) -> "LabelledOut":
        """The verdict on a label."""
        label = Label(key)
        return cls(label, *LABEL_NAMES[label], verdict.answer, [public_id("fct", each) for each in verdict.because])


def _facts_of(line: FactLine) -> dict[str, Any]:
    fact = line.fact
    return {
        "id": public_id("fct", fact.id),
        "kind": FactKind(fact.kind),
        "subject": SubjectOut.of(line),
        "key": fact.key,
        "answer": None if fact.answer is None else Answer(fact.answer),
        "note_ja": fact.note_ja,
        "note_en": fact.note_en,
        "source": fact.source,
        "source_url": fact.source_url,
        "source_date": fact.source_date,
        "valid_from": fact.valid_from,
        "valid_to": fact.valid_to,
        "entered_by": "shipped" if fact.entered_kind == _SHIPPED_BY else "operator",
        "entered_at": fact.entered_at,
        **_value_of(fact),
    }


def _value_of(fact: Fact) -> dict[str, Any]:
    shown: dict[str, Any] = {"decision": None, "rating": None, "sdgs": [], "permanence": None, "renewable": None}
    told = fact.value
    match FactKind(fact.kind):
        case FactKind.RATING:
            shown["rating"] = msgspec.convert({"agency": fact.key, **told}, RatingOut)
        case FactKind.SDG:
            shown["sdgs"] = told["sdgs"]
        case FactKind.PERMANENCE:
            shown["permanence"] = msgspec.convert(told, PermanenceOut)
        case FactKind.RENEWABLE:
            shown["renewable"] = msgspec.convert(told, RenewableOut)
        case FactKind.LABEL if told:
            shown["decision"] = LabelDecisionOut(
                told["decision"], told.get("document_url", ""), told.get("observations_url", "")
            )
        case FactKind.LABEL | FactKind.ELIGIBILITY:
            pass
    return shown
