"""How is a certificate numbered, so that a mistyped number is never somebody else's certificate?

Eleven random characters of Crockford base32 and a check character: `K7M2-9QXF-4HJD`. The twelve values, read as the
coefficients of a polynomial over GF(32), must vanish at a generator of the field. Each place then has a weight of its
own (a power of the generator), so that every single wrong character and every swap of two places is seen, wherever.
"""

import re
from typing import Final

from app.core.ids import ALPHABET
from app.core.text import narrow

RANDOM_BITS: Final = 55
"""How much randomness a number takes: guessing one of a million certificates needs 36,000,000,000 tries."""
_RANDOM_CHARS: Final = 11
_LONGEST_TYPED: Final = 64
_SEPARATORS: Final = re.compile(r"[\s\u2010-\u2015\u2212\u30fc\uff70-]")
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_FIELD: Final = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2): multiplying by x runs through all 31 values before it comes back."""


def new_number(random: int) -> str:
    """The number for 55 random bits, with its check character: `K7M2-9QXF-4HJD`. The bits come from `secrets`."""
    assert 0 <= random < 1 << RANDOM_BITS, "55 bits are needed"
    digits = [(random >> (5 * place)) & 31 for place in reversed(range(_RANDOM_CHARS))]
    return _grouped("".join(ALPHABET[digit] for digit in [*digits, _times_x(_remainder(digits))]))


def read_number(text: str) -> str | None:
    """The number that somebody typed, as we write it; None when it is none.

    Lower case, full-width characters, spaces, other hyphens or none, and O, I, L for 0, 1, 1 are understood.
    """
    if len(text) > _LONGEST_TYPED:
        return None
    plain = _SEPARATORS.sub("", narrow(text))
    chars = plain.upper().translate(_LOOK_ALIKES) if plain.isascii() else ""
    digits = [ALPHABET.find(char) for char in chars]
    if len(digits) != _RANDOM_CHARS + 1 or min(digits) < 0 or _remainder(digits) != 0:
        return None
    return _grouped(chars)


def _remainder(digits: list[int]) -> int:
    """The polynomial's value at x, the first digit being the highest coefficient."""
    value = 0
    for digit in digits:
        value = _times_x(value) ^ digit
    return value


def _times_x(value: int) -> int:
    shifted = value << 1
    return shifted ^ _FIELD if shifted & 32 else shifted


def _grouped(chars: str) -> str:
    return f"{chars[:4]}-{chars[4:8]}-{chars[8:]}"
