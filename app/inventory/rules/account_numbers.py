"""Are two account numbers of a registry the same, however somebody typed them?"""

import unicodedata
from typing import Final

from app.core.text import folded

_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u30fc"), "-")


def account_key(account_no: str) -> str:
    """The form in which account numbers are compared: case, width, spaces and the kind of dash do not count.

    Nor does what cannot be seen: a number that looks like another's is another's.
    """
    seen = "".join(
        char for char in account_no if unicodedata.category(char) not in {"Cc", "Cf", "Cs"} or char.isspace()
    )
    # Without its spaces a letter may meet an accent that stood apart: folded once more, they are one.
    return folded(folded(seen).translate(_DASHES).replace(" ", ""))
