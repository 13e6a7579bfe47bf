"""Can money be sent to the bank account that somebody typed? Spelt and checked as the bank's file will hold it. Pure."""

from dataclasses import dataclass
from typing import Literal

from app.core.errors import FieldError
from app.payments.rules.zengin import Unspellable, to_zengin_kana

AccountKind = Literal["ordinary", "current", "savings"]
_HOLDER_MAX = 48
"""Longer names than the 30 columns of a transfer are cut there by every bank; beyond this somebody mistyped."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account at a bank in Japan. Names in kana, as the bank knows them."""

    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    kind: AccountKind
    number: str
    holder: str


def checked_account(typed: BankAccount) -> BankAccount | tuple[FieldError, ...]:
    """The account with its names in the banks' half-width kana and its number of seven digits, or what is wrong."""
    errors = [
        FieldError(f"/{field}", "not_digits", f"{width} digits.")
        for field, text, width in (("bank_code", typed.bank_code, 4), ("branch_code", typed.branch_code, 3))
        if not (len(text) == width and text.isascii() and text.isdigit())
    ]
    if not (typed.number.isascii() and typed.number.isdigit() and 1 <= len(typed.number) <= 7):
        errors.append(FieldError("/number", "not_digits", "One to seven digits."))
    spelt: dict[str, str] = {}
    for field, text, limit in (("bank_name", typed.bank_name, 15), ("branch_name", typed.branch_name, 15)):
        errors += _spell(spelt, field, text, limit)
    errors += _spell(spelt, "holder", typed.holder, _HOLDER_MAX)
    if errors:
        return tuple(errors)
    return BankAccount(
        typed.bank_code, spelt["bank_name"], typed.branch_code, spelt["branch_name"], typed.kind,
        typed.number.zfill(7), spelt["holder"],
    )  # fmt: skip


def _spell(spelt: dict[str, str], field: str, text: str, limit: int) -> list[FieldError]:
    match to_zengin_kana(text, kind="name" if field == "holder" else "branch"):
        case Unspellable() as wrong:
            return [FieldError(f"/{field}", wrong.code, wrong.detail)]
        case kana if len(kana) > limit:
            return [FieldError(f"/{field}", "too_long", f"At most {limit} columns in kana; these are {len(kana)}.")]
        case kana:
            spelt[field] = kana
            return []
