"""Are two spellings of a company's name one name? Registries and people write the same letters in several manners."""

from collections.abc import Mapping
from typing import Final

from app.core.text import folded

_LEGAL_FORMS: Final[Mapping[str, str]] = {
    "(株)": "株式会社", "(有)": "有限会社", "(同)": "合同会社", "(資)": "合資会社", "(名)": "合名会社",
    "(一社)": "一般社団法人", "(一財)": "一般財団法人", "(公社)": "公益社団法人", "(公財)": "公益財団法人",
}  # fmt: skip
"""Written short (㈱ is folded to (株)). Where a legal form stands, before or behind, is part of the name and is kept."""


def same_name(one: str, other: str) -> bool:
    """Whether two names differ in width, case, spacing and short legal forms at most."""
    return one == other or _plain(one) == _plain(other)


def _plain(name: str) -> str:
    plain = folded(name).replace(" ", "")
    for short, whole in _LEGAL_FORMS.items():
        plain = plain.replace(short, whole)
    return plain
