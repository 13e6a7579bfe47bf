"""Can this be written into a registry, where nobody can correct it afterwards?"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.errors import FieldError
from app.core.period import claimable_fiscal_years
from app.core.quantity import QUANTITY_MAX
from app.core.text import has_control_characters, tidy_line
from app.retirements.rules.consumption import Consumption
from app.retirements.rules.purposes import PURPOSES, one_scope, purpose_of

NAME_MAX: Final = 200
DETAIL_MAX: Final = 200
"""Characters. The registry's own limits are not published: these are the desk's, to be changed when they become known."""

UNITS_OF_REGISTRY: Final = {"jcredit": "t"}
"""One J-Credit is one tonne of CO2, one unit in an electronic account; other registries are not bound to one unit."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The text of a retirement as the buyer wants it in the registry; `fiscal_year` begins in April of that year."""

    beneficiary_name: str
    purpose: str
    purpose_detail: str
    fiscal_year: int | None
    consumption: Consumption | None = None
    """Of energy certificates: what they are used for (`energy_use.py` says what must be told)."""


def check(
    wish: Wish, *, registry_code: str, unit: str, quantity: int, on: date, unprintable: Collection[str]
) -> tuple[FieldError, ...]:
    """Everything that is wrong with a wish, with pointers relative to it; empty when it may be signed off.

    `on` is the day in Japan. `unprintable` are the characters of its texts that a certificate cannot show, which the
    caller asks the fonts for: rules read no files.
    """
    return (
        *_wrong_name(wish.beneficiary_name, unprintable),
        *_wrong_purpose(wish.purpose),
        *_wrong_detail(wish.purpose_detail, unprintable),
        *_wrong_fiscal_year(wish, on),
        *_wrong_quantity(registry_code, unit, quantity),
    )


def _wrong_name(name: str, unprintable: Collection[str]) -> Iterator[FieldError]:
    pointer = "/beneficiary_name"
    if not tidy_line(name):
        yield FieldError(pointer, "missing", "Give the beneficiary's full legal name, for instance 株式会社…")
        return
    yield from _wrong_line(pointer, name, NAME_MAX, unprintable)


def _wrong_purpose(code: str) -> Iterator[FieldError]:
    purpose = purpose_of(code)
    if purpose is None:
        known = ", ".join(purpose.code for purpose in PURPOSES)
        yield FieldError("/purpose", "unknown_purpose", f"One of: {known}.")
        return
    assert one_scope([purpose]), "A single purpose has a single scope of use."


def _wrong_detail(detail: str, unprintable: Collection[str]) -> Iterator[FieldError]:
    if detail:
        yield from _wrong_line("/purpose_detail", detail, DETAIL_MAX, unprintable)


def _wrong_line(pointer: str, text: str, longest: int, unprintable: Collection[str]) -> Iterator[FieldError]:
    if len(text) > longest:
        yield FieldError(pointer, "too_long", f"At most {longest} characters.")
    if has_control_characters(text) or any(char in "\t\r\n\u2028\u2029" for char in text):
        yield FieldError(pointer, "control_character", "One line, without characters that cannot be seen.")
    elif text != text.strip():
        yield FieldError(pointer, "spaces_around", "Leave out the spaces before and after.")
    refused = [char for char in dict.fromkeys(unprintable) if char in text]
    if refused:
        yield FieldError(pointer, "unprintable", f"A certificate cannot show: {' '.join(map(_named, refused))}.")


def _named(char: str) -> str:
    """The character with its code point; of what cannot be seen the code point alone."""
    return f"{char} (U+{ord(char):04X})" if char.isprintable() else f"U+{ord(char):04X}"


def _wrong_fiscal_year(wish: Wish, on: date) -> Iterator[FieldError]:
    years = claimable_fiscal_years(on)
    choice = " or ".join(map(str, years))
    purpose = purpose_of(wish.purpose)
    if wish.fiscal_year is None and purpose is not None and purpose.needs_fiscal_year:
        yield FieldError("/fiscal_year", "missing", f"This purpose needs the fiscal year that it counts for: {choice}.")
    if wish.fiscal_year is not None and wish.fiscal_year not in years:
        yield FieldError("/fiscal_year", "not_claimable", f"Recorded now it counts for the fiscal year {choice}.")


def _wrong_quantity(registry_code: str, unit: str, quantity: int) -> Iterator[FieldError]:
    if not 1 <= quantity <= QUANTITY_MAX:
        yield FieldError("/quantity", "out_of_range", f"A whole number from 1 to {QUANTITY_MAX}.")
    required = UNITS_OF_REGISTRY.get(registry_code, unit)
    if unit != required:
        yield FieldError("/unit", "wrong_unit", f"This registry retires in the unit {required}.")
