"""Which of our two languages does a caller read?"""

from collections.abc import Iterator
from typing import Literal

Language = Literal["ja", "en"]


def preferred_language(accept_language: str) -> Language:
    """The one that `Accept-Language` weighs more (RFC 9110, 12.5.4); English when it says nothing of use."""
    best: tuple[int, Language] = (0, "en")
    for tag, weight in _weighed(accept_language):
        language: Language = "ja" if tag.partition("-")[0] == "ja" else "en"
        if tag.partition("-")[0] in {"ja", "en"} and weight > best[0]:
            best = (weight, language)
    return best[1]


def _weighed(accept_language: str) -> Iterator[tuple[str, int]]:
    """Each tag with its weight in thousandths; a weight that cannot be read is nothing."""
    for part in accept_language.split(",")[:20]:
        tag, _, parameter = part.strip().lower().partition(";")
        whole, _, decimals = parameter.strip().removeprefix("q=").partition(".")
        digits = (whole or "1") + decimals[:3].ljust(3, "0")
        yield tag.strip(), int(digits) if digits.isascii() and digits.isdigit() else 0
