"""Which rights has who, and is what somebody typed about themselves acceptable?"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

from app.core.corporate_number import is_corporate_number, is_invoice_registration_number
from app.core.errors import FieldError
from app.core.scope import RIGHTS
from app.core.text import has_control_characters, tidy_line

Decision = Literal["approve", "reject"]

PASSWORD_MIN: Final = 12
"""Characters. 15 or more are advised (NIST SP 800-63-4, second draft: SHOULD be at least 15)."""
PASSWORD_MAX: Final = 128
NAME_MAX: Final = 200
EMAIL_MAX: Final = 254
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_OWN_HOUSE: Final = frozenset({"read", "members:write", "keys:write"})
_BUYING: Final = frozenset({"orders:write", "retirements:write", "retirements:sign_off"})
_FRONTS: Final = frozenset({"storefronts:write", "act_for_buyers"})
_OF_KIND: Final = {
    "provider": _OWN_HOUSE | _FRONTS | {"inventory:write", "listings:write", "tasks:write"},
    "buyer": _OWN_HOUSE | _FRONTS | _BUYING,
    "organiser": _OWN_HOUSE | _FRONTS | _BUYING,
    "operator": _OWN_HOUSE | {"admin"},
}
_OF_KEYS_ALONE: Final = frozenset({"act_for_buyers"})
"""No role has this: it is a machine that acts for a storefront's buyers, and never a person."""
_THROUGH: Final = _BUYING | {"read"}
"""What can be done for a buyer through a storefront: its house (members, keys, storefronts) stays its own."""
_TRADING: Final = frozenset(
    {"read", "orders:write", "retirements:write", "inventory:write", "listings:write", "tasks:write"}
)
_OF_ROLE: Final = {
    "owner": frozenset(RIGHTS),
    "admin": frozenset(RIGHTS),
    "trader": _TRADING,
    "approver": _TRADING | {"retirements:sign_off"},
    "viewer": frozenset({"read"}),
}
_OF_STATUS: Final = {
    "active": frozenset(RIGHTS),
    "pending": frozenset({"read", "inventory:write", "members:write", "keys:write"}),
    "rejected": frozenset[str](),
    "suspended": frozenset[str](),
}
# What a browser takes for an address (WHATWG HTML, 4.10.5.1.5), with at least one dot in the domain.
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)


def rights_of(kind: str, role: str) -> frozenset[str]:
    """What a member may do whose organisation is active: what the role allows, within the kind of organisation."""
    return (_OF_ROLE[role] & _OF_KIND[kind]) - _OF_KEYS_ALONE


def rights_now(held: frozenset[str], *, kind: str, status: str) -> frozenset[str]:
    """What remains of the rights of a role or key in this kind of organisation with this status."""
    return held & _OF_KIND[kind] & _OF_STATUS[status]


def key_rights(scopes: frozenset[str]) -> frozenset[str]:
    """What a key may do for its own organisation: one that acts for buyers does not trade for itself."""
    return scopes - _BUYING if scopes >= _OF_KEYS_ALONE else scopes


def acting_rights(scopes: frozenset[str], *, kind: str, status: str) -> frozenset[str]:
    """What a key with these scopes may do for a buyer of its storefront: the buyer's rights, as far as the key has them."""
    return scopes & through_rights(rights_now(rights_of(kind, "owner"), kind=kind, status=status))


def through_rights(rights: frozenset[str]) -> frozenset[str]:
    """What remains of a buyer's rights when it comes through a storefront."""
    return rights & _THROUGH


def needed_to_give(scopes: frozenset[str]) -> frozenset[str]:
    """The rights that somebody must have to make a key with these scopes.

    A key that acts for buyers holds rights that its owner's kind may lack: they open buyers' doors alone, and who may
    change the storefront may give them.
    """
    if scopes >= _OF_KEYS_ALONE:
        return (scopes - _OF_KEYS_ALONE - _BUYING) | {"storefronts:write"}
    return scopes


def may_trade(status: str) -> bool:
    """Whether an organisation's lots may be listed and its orders placed: only when it is active."""
    return status == "active"


def is_shut(status: str) -> bool:
    """Whether an organisation's credentials open nothing any more."""
    return status in {"rejected", "suspended"}


def first_status(kind: str, *, approved: bool) -> str:
    """A provider waits for the operator's approval, unless it is given to all (a sandbox); everybody else may begin."""
    return "pending" if kind == "provider" and not approved else "active"


def decided_status(found: str, decision: Decision) -> str | None:
    """The status after the operator's decision; None when there is nothing to decide in the status found."""
    if found != "pending":
        return None
    match decision:
        case "approve":
            return "active"
        case "reject":
            return "rejected"


def is_from_own_pages(method: str, *, fetch_site: str | None, origin: str | None, host: str) -> bool:
    """Whether a request that a browser signed with its cookie came from our own pages; reading is always allowed.

    `Sec-Fetch-Site` decides; a browser without it says `Origin`, which must be the host that was asked.
    """
    if method in SAFE_METHODS:
        return True
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    return host != "" and (origin or "").partition("://")[2].lower() == host.lower()


def is_email(text: str) -> bool:
    """Whether this is an e-mail address as a browser takes it."""
    return len(text) <= EMAIL_MAX and _EMAIL.fullmatch(text) is not None


def folded_email(email: str) -> str:
    """The form in which two addresses are the same address."""
    return email.casefold()


def password_as_hashed(password: str) -> str:
    """The same password however the keyboard composed its characters (NIST SP 800-63B, 5.1.1.2: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def wrong_about_name(name: str, pointer: str) -> Iterator[FieldError]:
    """What keeps a legal or personal name from being stored as typed: nothing in it, or a character nobody sees."""
    if not tidy_line(name):
        yield FieldError(pointer, "blank", "Must hold a name.")
    if has_control_characters(name) or any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in name):
        yield FieldError(pointer, "invalid", "Must be one line without control or invisible characters.")


def wrong_about_person(*, email: str, name: str, password: str, at: str) -> Iterator[FieldError]:
    """What is wrong with a new member; `at` is the pointer of the object that holds the three fields."""
    if not is_email(email):
        yield FieldError(f"{at}/email", "format", "Must be an e-mail address.")
    yield from wrong_about_name(name, f"{at}/name")
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        limits = f"Must have {PASSWORD_MIN} to {PASSWORD_MAX} characters; 15 or more are advised."
        yield FieldError(f"{at}/password", "length", limits)
    elif password_as_hashed(password).casefold() == folded_email(email):
        yield FieldError(f"{at}/password", "same_as_email", "Must not be the e-mail address.")


def wrong_about_company(
    *, kind: str, corporate_number: str | None, invoice_number: str | None, provider_kind: str | None
) -> Iterator[FieldError]:
    """What is wrong with a company's numbers and its kind of provider.

    The qualified-invoice number of who has a 法人番号 is `T` and that; others get 13 digits that carry no check
    (National Tax Agency, invoice-kohyo.nta.go.jp/about-toroku).
    """
    if corporate_number is not None and not is_corporate_number(corporate_number):
        yield FieldError("/corporate_number", "check_digit", "Must be 13 digits with a right check digit.")
    if invoice_number is not None:
        if not is_invoice_registration_number(invoice_number, of_a_corporation=corporate_number is not None):
            yield FieldError("/invoice_number", "format", "Must be T and 13 digits; a company's with its check digit.")
        elif corporate_number is not None and invoice_number != f"T{corporate_number}":
            yield FieldError("/invoice_number", "differs", "A company's is T and its corporate number.")
    if kind == "provider" and provider_kind is None:
        yield FieldError("/provider_kind", "missing", "A provider says which kind it is.")
    if kind != "provider" and provider_kind is not None:
        yield FieldError("/provider_kind", "unexpected", "Only a provider has this.")
