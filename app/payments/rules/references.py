"""Which order does a payer mean? References are digits, for a Japanese transfer carries digits and katakana."""

import re
import unicodedata
from typing import Final

REFERENCE_LENGTH: Final = 11
_FIRST: Final = 10**9
_COUNT: Final = 9 * 10**9

# Between a reference's digits people type spaces and hyphens; a bank turns a hyphen into one of many dashes, or into the
# prolonged sound mark of half-width katakana.
_SEPARATED: Final = re.compile(r"[0-9]+(?:[ \-\u2010-\u2015\u2212\u30fc]{1,3}[0-9]+)*")
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")
_GROUP: Final = re.compile(r"[0-9]+")


def new_reference(random_number: int) -> str:
    """A payer's reference from a random number: ten digits that do not begin with 0, and a Luhn check digit.

    Pass at least 64 random bits: 9,000,000,000 references are possible, and a table's unique constraint holds them.
    """
    assert random_number >= 0, random_number
    body = str(_FIRST + random_number % _COUNT)
    return body + _check_digit(body)


def is_reference(text: str) -> bool:
    """Whether these are eleven ASCII digits whose check digit fits (ISO/IEC 7812-1, annex B: Luhn)."""
    return (
        len(text) == REFERENCE_LENGTH
        and text.isascii()
        and text.isdigit()
        and text[0] != "0"
        and _check_digit(text[:-1]) == text[-1]
    )


def reference_in(payer_name: str, memo: str) -> list[str]:
    """Every valid reference in a line's texts, in their order, each once.

    Full-width digits count, spaces and hyphens may stand inside, and a name may follow without a space. A longer
    number is not searched for eleven fitting digits inside it.
    """
    found = [*_in_text(payer_name), *_in_text(memo)]
    return list(dict.fromkeys(found)) if len(found) > 1 else found


def _in_text(text: str) -> list[str]:
    if not text:
        return []
    found = []
    for run in _SEPARATED.findall(unicodedata.normalize("NFKC", text)):
        if len(run) < REFERENCE_LENGTH:
            continue
        if run.isdecimal():
            found += [run] if is_reference(run) else []
            continue
        groups = _GROUP.findall(run)
        for first in range(len(groups)):
            for last in range(first + 1, len(groups) + 1):
                joined = "".join(groups[first:last])
                if len(joined) >= REFERENCE_LENGTH:
                    found += [joined] if is_reference(joined) else []
                    break
    return found


def _check_digit(body: str) -> str:
    """From the right every second digit counts double, and a double of two digits as their sum."""
    total = sum(body[-1::-2].translate(_DOUBLED).encode()) + sum(body[-2::-2].encode()) - ord("0") * len(body)
    return str(-total % 10)
