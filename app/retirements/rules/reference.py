"""By which name does a registry's public note know our retirement?"""

import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_ALPHABET: Final = ALPHABET + "*~$=U"
"""Crockford's base32 check symbols: the number modulo 37."""
LENGTH: Final = 12
RANDOM_BITS: Final = 5 * LENGTH
PREFIX: Final = "OD-"

_SHAPE: Final = re.compile(rf"{PREFIX}([{ALPHABET}]{{{LENGTH}}})([{re.escape(CHECK_ALPHABET)}])")


def new_reference(random: int) -> str:
    """`OD-`, twelve characters of Crockford's base32 and a check symbol: 16 characters, short enough for any note.

    `random` has 60 bits, drawn at the edge. A mistyped character or two swapped ones are noticed by the check symbol.
    """
    assert 0 <= random < 1 << RANDOM_BITS, random
    chars = [ALPHABET[(random >> (5 * place)) & 31] for place in range(LENGTH - 1, -1, -1)]
    return f"{PREFIX}{''.join(chars)}{CHECK_ALPHABET[random % 37]}"


def is_reference(text: str) -> bool:
    """Whether a text is one of ours, with the right check symbol."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return False
    number = 0
    for char in found[1]:
        number = number << 5 | ALPHABET.index(char)
    return CHECK_ALPHABET[number % 37] == found[2]


def reference_in(text: str) -> str | None:
    """The first of our references in somebody's text, None when there is none."""
    return next((each[0] for each in _SHAPE.finditer(text) if is_reference(each[0])), None)
