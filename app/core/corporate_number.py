"""Is this number one that the National Tax Agency could have given? 法人番号 and 適格請求書発行事業者の登録番号."""

import re
from typing import Final

_CORPORATE: Final = re.compile(r"[1-9][0-9]{12}")
_INVOICE: Final = re.compile(r"T[1-9][0-9]{12}")


def is_corporate_number(text: str) -> bool:
    """Whether 13 digits are a 法人番号: the first is 9 - (sum of P_n x Q_n mod 9).

    P_n is the n-th of the other twelve digits counted from the right, Q_n is 1 for odd n and 2 for even n
    (National Tax Agency, houjin-bangou.nta.go.jp, checkdigit.pdf). A swapped 0 and 9 goes unseen.
    """
    if not _CORPORATE.fullmatch(text):
        return False
    weighed = sum(int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(text[1:])))
    return int(text[0]) == 9 - weighed % 9


def is_invoice_registration_number(text: str, *, of_a_corporation: bool) -> bool:
    """Whether this is `T` and 13 digits. A corporation's digits are its 法人番号; a sole trader's carry no check."""
    if not _INVOICE.fullmatch(text):
        return False
    return is_corporate_number(text[1:]) if of_a_corporation else True
