"""Is what certificates are retired for told as their registry asks, and are they whole numbers of theirs?"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from app.core.errors import FieldError
from app.inventory.rules import country_of
from app.retirements.rules.consumption import Consumption
from app.retirements.rules.registry_rules import ConsumptionRule, UseWindow
from app.retirements.rules.wish import Wish


class ToRetire(NamedTuple):
    """So much of a block, of which one serial number stands for `units_per_serial`; its generation, both days included."""

    registry_code: str
    quantity: int
    units_per_serial: int
    generated_from: date
    generated_to: date


def check_energy(wish: Wish, asked: ToRetire, rule: ConsumptionRule | None) -> tuple[FieldError, ...]:
    """What is wrong with a wish beside what `check` finds, with pointers relative to it. No day decides about it.

    `rule` is None for credits that are no energy certificates.
    """
    wrong = [*_wrong_numbers(asked)]
    if rule is None:
        return (*wrong, *_not_asked(wish, asked.registry_code))
    told = wish.consumption or Consumption()
    return (*wrong, *_wrong_consumption(told, rule), *_outside_window(told, asked, rule.use_window))


def window_of(window: UseWindow, year: int) -> tuple[date, date]:
    """The first and the last day of consumption that what was generated in this year may be used for."""
    return date.fromisoformat(f"{year}-{window.first}"), date.fromisoformat(f"{year + 1}-{window.last_next_year}")


def _wrong_numbers(asked: ToRetire) -> Iterator[FieldError]:
    if asked.quantity % asked.units_per_serial:
        detail = f"One serial number stands for {asked.units_per_serial} units: only multiples of it are retired."
        yield FieldError("/quantity", "not_whole_serials", detail)


def _not_asked(wish: Wish, registry_code: str) -> Iterator[FieldError]:
    if wish.consumption is not None:
        yield FieldError("/consumption", "not_asked", f"{registry_code} holds no energy certificates.")


def _wrong_consumption(told: Consumption, rule: ConsumptionRule) -> Iterator[FieldError]:
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


def _outside_window(told: Consumption, asked: ToRetire, window: UseWindow | None) -> Iterator[FieldError]:
    if window is None or told.period_from is None or told.period_to is None:
        return
    # What was generated over the turn of a year is used where both of its years may be.
    first, _ = window_of(window, asked.generated_to.year)
    _, last = window_of(window, asked.generated_from.year)
    if told.period_from < first or told.period_to > last:
        generated = f"{asked.generated_from} to {asked.generated_to}"
        detail = f"What was generated from {generated} may be used for consumption from {first} to {last}."
        yield FieldError("/consumption", "outside_use_window", detail)
