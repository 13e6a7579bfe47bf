"""When are two names of a legal person the same, and does a name say what kind of person it is?

What was typed is what is kept and sent: these forms are only compared.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from app.core.text import folded

_ABBREVIATED: Final = {
    "(株)": "株式会社",
    "(有)": "有限会社",
    "(合)": "合同会社",
    "(資)": "合資会社",
    "(名)": "合名会社",
    "(一社)": "一般社団法人",
    "(一財)": "一般財団法人",
    "(公社)": "公益社団法人",
    "(公財)": "公益財団法人",
    "(特非)": "特定非営利活動法人",
    "(医)": "医療法人",
    "(学)": "学校法人",
    "(福)": "社会福祉法人",
    "(独)": "独立行政法人",
}
"""How legal forms are shortened; ㈱ and ㈲ become (株) and (有) by NFKC."""
_SHORT_FORM: Final = 2
"""Forms as short as 市 or 組合 stand in other words too: they count only where a word ends."""
_PUNCTUATION: Final = re.compile(r"[.,·・'’]")


def comparable_name(name: str) -> str:
    """The form in which names are compared: width, case, spaces, and shortened legal forms no longer count."""
    plain = folded(name)
    for short, long in _ABBREVIATED.items():
        plain = plain.replace(short, long)
    return plain.replace(" ", "")


def same_name(one: str, other: str) -> bool:
    """Whether two names are of the same legal person, as far as spelling tells."""
    return comparable_name(one) == comparable_name(other)


def has_legal_form(name: str, forms: Iterable[str]) -> bool:
    """Whether a name says its legal form, as 株式会社 or Co., Ltd. do: a private person's name has none."""
    spoken = folded(name)
    for short, long in _ABBREVIATED.items():
        spoken = spoken.replace(short, long)
    words = spoken.split()
    bare = [_PUNCTUATION.sub("", word) for word in words]
    return any(_says(form, spoken, words, bare) for form in forms)


def _says(form: str, spoken: str, words: list[str], bare: list[str]) -> bool:
    wanted = folded(form)
    if not wanted.isascii():
        if len(wanted) > _SHORT_FORM:
            return wanted in spoken
        ending = words if len(wanted) > 1 else words[-1:]  # 中村 花子 is nobody's village.
        return any(word.endswith(wanted) and word != wanted for word in ending)
    parts = [_PUNCTUATION.sub("", part) for part in unicodedata.normalize("NFKC", wanted).split()]
    return any(bare[at : at + len(parts)] == parts for at in range(1, len(bare)))
