"""Can this be written into a registry, where nobody can correct it afterwards?"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.errors import FieldError
from app.core.period import claimable_fiscal_years
from app.core.quantity import QUANTITY_MAX
from app.core.text import has_control_characters, tidy_line
from app.retirements.rules.consumption import Consumption
from app.retirements.rules.legal_names import has_legal_form
from app.retirements.rules.registry_rules import Limit, RegistryRules

PREFECTURES: Final = frozenset(f"{n:02d}" for n in range(1, 48))
"""The codes of JIS X 0401."""
OFFSET: Final = "OFFSET"
DOMAIN_MAX: Final = 253
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Wish:
    """The text of a retirement as the buyer wants it in the registry; `fiscal_year` begins in April of that year.

    `also_purposes` are further reports that the same credits serve, for the same beneficiary. `offset_place` is the
    prefecture ("01" to "47") of what is offset.
    """

    beneficiary_name: str
    purpose: str
    purpose_detail: str
    fiscal_year: int | None
    also_purposes: tuple[str, ...] = ()
    offset_place: str | None = None
    consumption: Consumption | None = None
    """Of energy certificates: what they are used for (`energy_use.py` checks it)."""
    beneficiary_domain: str | None = None
    """The beneficiary's internet domain, for registries that tell beneficiaries of one name apart by it."""


def check(
    wish: Wish,
    *,
    rules: RegistryRules,
    unit: str,
    quantity: int,
    on: date,
    unprintable: Collection[str],
    made_in: Collection[str] = (),
) -> tuple[FieldError, ...]:
    """Everything that is wrong with a wish, with pointers relative to it; empty when it may be signed off.

    `on` is the day in Japan. `unprintable` are the characters of its texts that a certificate cannot show, which the
    caller asks the fonts for: rules read no files. `made_in` are the prefectures that the project's place names.
    """
    return (
        *_wrong_name(wish.beneficiary_name, rules, unprintable),
        *_wrong_domain(wish.beneficiary_domain),
        *_wrong_purposes(wish, rules),
        *_wrong_detail(wish.purpose_detail, rules.limits.value.purpose_detail, unprintable),
        *_wrong_fiscal_year(wish, rules, on),
        *_wrong_place(wish, rules, made_in),
        *_wrong_quantity(rules, unit, quantity),
    )


def _wrong_name(name: str, rules: RegistryRules, unprintable: Collection[str]) -> Iterator[FieldError]:
    pointer = "/beneficiary_name"
    if not tidy_line(name):
        if rules.beneficiary_required.value:
            yield FieldError(pointer, "missing", "Give the beneficiary's full legal name, for instance 株式会社…")
        return
    wrong = [*_wrong_line(pointer, name, rules.limits.value.beneficiary_name, unprintable)]
    yield from wrong
    if not wrong and rules.legal_form_required.value and not has_legal_form(name, rules.legal_forms.value):
        yield FieldError(
            pointer,
            "legal_form_missing",
            "Give the full name with its legal form, for instance 株式会社アオバ and not アオバ. "
            "A private person's name cannot stand there: the registry takes legal persons and public bodies.",
        )


def _wrong_domain(domain: str | None) -> Iterator[FieldError]:
    if domain is not None and (len(domain) > DOMAIN_MAX or _DOMAIN.fullmatch(domain) is None):
        yield FieldError("/beneficiary_domain", "no_domain", "A domain in small letters, for instance aoba.example.")


def _wrong_purposes(wish: Wish, rules: RegistryRules) -> Iterator[FieldError]:
    main = rules.purpose(wish.purpose)
    known = ", ".join(rule.code for rule in rules.purposes.value)
    if main is None:
        yield FieldError("/purpose", "unknown_purpose", f"One of: {known}.")
    seen = {wish.purpose}
    for n, code in enumerate(wish.also_purposes):
        pointer, other = f"/also_purposes/{n}", rules.purpose(code)
        if other is None:
            yield FieldError(pointer, "unknown_purpose", f"One of: {known}.")
        elif code in seen:
            yield FieldError(pointer, "repeated", "Name each purpose once.")
        elif rules.one_scope.value and main is not None and other.scope != main.scope:
            yield FieldError(
                pointer,
                "mixed_scopes",
                f"One application has one scope of use (活用範囲): {code} needs a retirement of its own.",
            )
        seen.add(code)


def _wrong_detail(detail: str, limit: Limit, unprintable: Collection[str]) -> Iterator[FieldError]:
    if detail:
        yield from _wrong_line("/purpose_detail", detail, limit, unprintable)


def _wrong_place(wish: Wish, rules: RegistryRules, made_in: Collection[str]) -> Iterator[FieldError]:
    pointer = "/offset_place"
    if wish.offset_place is None:
        return
    if wish.offset_place not in PREFECTURES:
        yield FieldError(pointer, "unknown_place", "A prefecture's code of JIS X 0401, from 01 to 47.")
    elif OFFSET not in (wish.purpose, *wish.also_purposes):
        yield FieldError(pointer, "not_asked", "Only offsetting has a place that is offset.")
    elif rules.offset_elsewhere.value and wish.offset_place in made_in:
        yield FieldError(
            pointer,
            "same_place",
            "What is offset must lie elsewhere than where the credits were made. Choose other credits.",
        )


def _wrong_line(pointer: str, text: str, limit: Limit, unprintable: Collection[str]) -> Iterator[FieldError]:
    if length(text, limit) > limit.longest:
        yield FieldError(pointer, "too_long", f"At most {limit.longest} {limit.counted}.")
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


def length(text: str, limit: Limit) -> int:
    """How long a text is, as the registry counts: characters, or bytes of UTF-8."""
    return len(text.encode()) if limit.counted == "bytes" else len(text)


def _wrong_fiscal_year(wish: Wish, rules: RegistryRules, on: date) -> Iterator[FieldError]:
    years = claimable_fiscal_years(on)
    choice = " or ".join(map(str, years))
    purposes = [rules.purpose(code) for code in (wish.purpose, *wish.also_purposes)]
    if wish.fiscal_year is None and any(rule is not None and rule.needs_fiscal_year for rule in purposes):
        yield FieldError("/fiscal_year", "missing", f"This purpose needs the fiscal year that it counts for: {choice}.")
    if wish.fiscal_year is not None and wish.fiscal_year not in years:
        yield FieldError("/fiscal_year", "not_claimable", f"Recorded now it counts for the fiscal year {choice}.")


def _wrong_quantity(rules: RegistryRules, unit: str, quantity: int) -> Iterator[FieldError]:
    if not 1 <= quantity <= QUANTITY_MAX:
        yield FieldError("/quantity", "out_of_range", f"A whole number from 1 to {QUANTITY_MAX}.")
    required = rules.unit.value or unit
    if unit != required:
        yield FieldError("/unit", "wrong_unit", f"This registry retires in the unit {required}.")
