"""What may an energy certificate be retired for, and for which consumption? Each registry's rules, as data.

No registry's own form, list of purposes or length of a text was read: what stands here without a source is the desk's, to
be changed here when it becomes known, and `note_ja` and `note_en` tell callers so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from app.core.errors import FieldError
from app.inventory.rules import country_of
from app.retirements.rules.consumption import Consumption
from app.retirements.rules.wish import DETAIL_MAX, NAME_MAX, Wish

ENERGY_PURPOSE: Final = "ELECTRICITY_USE"
_PURPOSES: Final = (ENERGY_PURPOSE, "RE100", "CDP", "SBT", "OTHER")
"""Never an offset: a certificate says where energy came from, and is no reduction of emissions."""


class UseWindow(NamedTuple):
    """Energy generated in a calendar year may be used for consumption between two days, both included.

    `from_month` and `from_day` are of the year of generation, `to_month` and `to_day` of the year after it.
    """

    from_month: int
    from_day: int
    to_month: int
    to_day: int
    source: str

    def of(self, year: int) -> tuple[date, date]:
        """The first and the last day of consumption for what was generated in this year."""
        return date(year, self.from_month, self.from_day), date(year + 1, self.to_month, self.to_day)


@dataclass(frozen=True, slots=True)
class EnergyRule:
    """What a registry of energy certificates asks of a retirement; texts are limited in characters."""

    purposes: tuple[str, ...]
    needs_country: bool
    needs_period: bool
    use_window: UseWindow | None
    name_max: int
    detail_max: int
    note_ja: str
    note_en: str


_UNREAD_JA: Final = "用途の一覧、入力項目の要否、文字数の上限は、登録簿の資料で未確認のため、当デスクの設定です。"
_UNREAD_EN: Final = (
    "Purposes, what must be told, and lengths of texts are this desk's: no document of the registry was read."
)
ENERGY_RULES: Final[Mapping[str, EnergyRule]] = {
    "irec": EnergyRule(
        # Purpose, beneficiary and a period's two ends are what a client of the registry's interface sends to redeem; that
        # the country is asked for is general knowledge.
        _PURPOSES,
        needs_country=True,
        needs_period=True,
        use_window=None,
        name_max=NAME_MAX,
        detail_max=DETAIL_MAX,
        note_ja=_UNREAD_JA,
        note_en=_UNREAD_EN,
    ),
    "nfc": EnergyRule(
        _PURPOSES,
        needs_country=False,
        needs_period=True,
        # Enerbank's page says: generation January to December, usable for consumption April to June of the next year. It
        # is read as one window, from April of the year of generation to June of the next.
        use_window=UseWindow(4, 1, 6, 30, "enerbank.co.jp"),
        name_max=NAME_MAX,
        detail_max=DETAIL_MAX,
        note_ja=_UNREAD_JA + "使える期間は、発電した年の4月から翌年の6月までの消費と読みました。",
        note_en=_UNREAD_EN
        + " Use is read as consumption from April of the year of generation to June of the next year.",
    ),
    "green_power": EnergyRule(
        _PURPOSES,
        needs_country=False,
        needs_period=False,
        use_window=None,
        name_max=NAME_MAX,
        detail_max=DETAIL_MAX,
        note_ja=_UNREAD_JA,
        note_en=_UNREAD_EN,
    ),
}


class ToRetire(NamedTuple):
    """So much of a block, of which one serial number stands for `units_per_serial`; its generation, both days included."""

    registry_code: str
    quantity: int
    units_per_serial: int
    generated_from: date
    generated_to: date


def check_energy(wish: Wish, asked: ToRetire) -> tuple[FieldError, ...]:
    """What is wrong with a wish beside what `check` finds, with pointers relative to it. No day decides about it."""
    rule = ENERGY_RULES.get(asked.registry_code)
    found = [*_wrong_numbers(asked)]
    if rule is None:
        found += _wrong_elsewhere(wish, asked.registry_code)
        return tuple(found)
    found += [
        *_wrong_purpose(wish, asked.registry_code, rule),
        *_wrong_texts(wish, rule),
        *_wrong_consumption(wish.consumption or Consumption(), rule),
        *_outside_window(wish.consumption, asked, rule.use_window),
    ]
    return tuple(found)


def _wrong_numbers(asked: ToRetire) -> Iterator[FieldError]:
    if asked.quantity % asked.units_per_serial:
        detail = f"One serial number stands for {asked.units_per_serial} units: only multiples of it are retired."
        yield FieldError("/quantity", "not_whole_serials", detail)


def _wrong_elsewhere(wish: Wish, registry_code: str) -> Iterator[FieldError]:
    if wish.purpose == ENERGY_PURPOSE:
        yield FieldError("/purpose", "purpose_not_of_registry", f"{registry_code} holds no energy certificates.")
    if wish.consumption is not None:
        yield FieldError("/consumption", "not_of_registry", f"{registry_code} holds no energy certificates.")


def _wrong_purpose(wish: Wish, registry_code: str, rule: EnergyRule) -> Iterator[FieldError]:
    if wish.purpose not in rule.purposes:
        detail = f"Certificates of {registry_code} are retired for one of: {', '.join(rule.purposes)}."
        yield FieldError("/purpose", "purpose_not_of_registry", detail)


def _wrong_texts(wish: Wish, rule: EnergyRule) -> Iterator[FieldError]:
    """Shorter limits than the desk's own, which `check` tells of."""
    if rule.name_max < len(wish.beneficiary_name) <= NAME_MAX:
        yield FieldError("/beneficiary_name", "too_long", f"At most {rule.name_max} characters.")
    if rule.detail_max < len(wish.purpose_detail) <= DETAIL_MAX:
        yield FieldError("/purpose_detail", "too_long", f"At most {rule.detail_max} characters.")


def _wrong_consumption(told: Consumption, rule: EnergyRule) -> Iterator[FieldError]:
    if told.country is None and rule.needs_country:
        yield FieldError("/consumption/country", "missing", "Give the country of consumption, such as JP.")
    if told.country is not None and country_of(told.country) != told.country:
        yield FieldError("/consumption/country", "unknown_country", "Two letters of ISO 3166, such as JP.")
    ends = {"period_from": told.period_from, "period_to": told.period_to}
    missing = [name for name, day in ends.items() if day is None]
    if rule.needs_period or len(missing) == 1:
        for name in missing:
            yield FieldError(f"/consumption/{name}", "missing", "Give both days of the reporting period.")
    if told.period_from and told.period_to and told.period_to < told.period_from:
        yield FieldError("/consumption/period_to", "period_reversed", "The period ends before it begins.")


def _outside_window(told: Consumption | None, asked: ToRetire, window: UseWindow | None) -> Iterator[FieldError]:
    if window is None or told is None or told.period_from is None or told.period_to is None:
        return
    # What was generated over the turn of a year is used where both of its years may be.
    first, _ = window.of(asked.generated_to.year)
    _, last = window.of(asked.generated_from.year)
    if told.period_from < first or told.period_to > last:
        generated = f"{asked.generated_from} to {asked.generated_to}"
        detail = f"What was generated from {generated} may be used for consumption from {first} to {last}."
        yield FieldError("/consumption", "outside_use_window", detail)
