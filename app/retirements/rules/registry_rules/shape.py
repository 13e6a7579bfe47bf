"""What is known of a registry's own rules? Each as a datum with its source, and whether that was verified."""

from typing import Annotated, Generic, Literal, TypeVar

import msgspec

T = TypeVar("T")

Counted = Literal["characters", "bytes"]
"""How a registry counts a text: by its characters, or by the bytes of UTF-8."""
Mode = Literal["total", "serial"]
"""By total quantity (総量指定): the registry picks the serials. By serial (シリアル番号指定): they are asked for."""
DayOfYear = Annotated[str, msgspec.Meta(pattern="^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
TimeOfDay = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Named = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Words = Annotated[tuple[Named, ...], msgspec.Meta(min_length=1, max_length=20)]


FieldKey = Literal[
    "purpose",
    "purpose_detail",
    "beneficiary_name",
    "mode",
    "certification_no",
    "serials",
    "quantity",
    "energy",
    "consumption",
]
"""What a field is filled with."""


class _Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Datum(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One rule: its value, where it comes from, and what has to be known of it.

    What is not `verified` is a belief: the operator changes it when the registry says otherwise.
    """

    value: T
    verified: bool
    source: str
    note: str = ""


def believed(value: T, note: str = "") -> Datum[T]:
    """What the desk goes by where nothing of the registry's own was read."""
    return Datum(value=value, verified=False, source="The desk's own", note=note)


class PurposeRule(_Plain, frozen=True):
    """A purpose that the registry takes: its word there, its scope of use (活用範囲), whether a fiscal year is asked."""

    code: Named
    word: Named
    scope: Named
    needs_fiscal_year: bool = False


class Limit(_Plain, frozen=True):
    """The longest text that a field takes."""

    longest: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    counted: Counted = "characters"


class Limits(_Plain, frozen=True):
    """The longest texts, field by field."""

    beneficiary_name: Limit
    purpose_detail: Limit


class CutOff(_Plain, frozen=True):
    """When the registry's week ends. Times are Japan's; days of the year that are closed are written MM-DD.

    `weekday` is ISO's (1 is Monday). What is in by `time` of that day is carried out within `processing_days` working
    days. A closed weekday brings the cut-off forward to the working day before it.
    """

    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)]
    time: TimeOfDay
    processing_days: Annotated[int, msgspec.Meta(ge=0, le=60)]
    holidays_of: Literal["JP", ""]
    closed: Annotated[tuple[DayOfYear, ...], msgspec.Meta(max_length=60)] = ()


class Field(_Plain, frozen=True):
    """A field of the registry's screen, in its place there; in some modes it is not asked."""

    key: FieldKey
    label_ja: Named
    label_en: Named
    modes: tuple[Mode, ...] = ("total", "serial")
    verified: bool = False


class NoticeLabels(_Plain, frozen=True):
    """Before which words do the facts of the registry's notice stand? Several forms are tried, the first that is there."""

    transaction_no: Words
    recorded_on: Words
    quantity: Words
    serials: Words
    beneficiary_name: Words
    purpose: Words


class UseWindow(_Plain, frozen=True):
    """Energy generated in a calendar year is used for consumption from a day of that year to a day of the next."""

    first: DayOfYear
    last_next_year: DayOfYear
    """Both days are included."""


class ConsumptionRule(_Plain, frozen=True):
    """What must be told of the consumption that energy certificates are used for, and when it may lie."""

    needs_country: bool
    needs_period: bool
    use_window: UseWindow | None


class RegistryRules(msgspec.Struct, frozen=True, kw_only=True):
    """All rules of one registry. A key is a field's name here; an operator's change replaces one datum."""

    unit: Datum[Literal["t", "kg", "kWh", "MJ", ""]]
    """What one serial stands for and retirements are counted in, whole; empty: the lot's own."""
    purposes: Datum[tuple[PurposeRule, ...]]
    free_reason: Datum[bool]
    """Whether the registry takes the reason as free text: then the purpose is the desk's own grouping."""
    one_scope: Datum[bool]
    beneficiary_required: Datum[bool]
    legal_form_required: Datum[bool]
    legal_forms: Datum[tuple[str, ...]]
    limits: Datum[Limits]
    consumption: Datum[ConsumptionRule | None]
    """Of energy certificates; of other credits nothing is asked."""
    offset_elsewhere: Datum[bool]
    """Whether the place that is offset must be another than the place where the credits were made."""
    cut_off: Datum[CutOff | None]
    modes: Datum[tuple[Mode, ...]]
    fields: Datum[tuple[Field, ...]]
    notice_labels: Datum[NoticeLabels]

    def purpose(self, code: str) -> PurposeRule | None:
        """The purpose with this code, None when the registry takes it not."""
        return next((rule for rule in self.purposes.value if rule.code == code), None)
