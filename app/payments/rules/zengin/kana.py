"""How is a name that people typed spelt in the banks' half-width katakana?

Small letters become large and marks of length become a hyphen, as a bank's transfer form wants it (外為どっとコム,
gaitame.com/account/zengin.html, and jinjer's note on 口座名義 say so); the middle dot becomes a full stop. Kanji have no one reading: they are refused, never guessed.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.core.text import tidy_line
from app.payments.rules.zengin.characters import ALLOWED, TextKind
from app.payments.rules.zengin.legal_forms import abbreviated

_SMALL: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HIRAGANA: Final = {code: chr(code + 0x60).translate(_SMALL) for code in range(0x3041, 0x3097)}
_LARGE: Final = _SMALL | _HIRAGANA
_SIGNS: Final = str.maketrans(
    dict.fromkeys("ー\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500", "-")
    | {"・": ".", "¥": "\\", "「": "｢", "」": "｣", "\u3099": "ﾞ", "\u309a": "ﾟ"}
)
# What banks write is of these letters; there is nothing to change, and asking is faster than changing nothing.
_IS_LARGE: Final = re.compile(r"[ -`{-~アイウエオ-ヂツ-モヤユヨ-ロワヲンヴー]*")
# A voiced mark that stands by itself belongs to the letter before it; Unicode's compatibility form would set a space.
_MARKS: Final = str.maketrans({"\u309b": "\u3099", "\u309c": "\u309a"})
_HALF_WIDTH: Final[Mapping[str, str]] = {
    unicodedata.normalize("NFKC", chr(code)): chr(code) for code in (0xFF66, *range(0xFF71, 0xFF9E))
}


@dataclass(frozen=True, slots=True)
class Unspellable:
    """Why a text cannot be spelt: the first character that no rule covers, or none where nothing is left."""

    code: Literal["kanji", "not_allowed_character", "empty_field"]
    character: str
    detail: str


def large_kana(text: str) -> str:
    """The text in full-width katakana with large letters, capitals and ASCII digits; kanji and spaces stay."""
    if "\u309b" in text or "\u309c" in text:
        text = text.translate(_MARKS)
    normal = unicodedata.normalize("NFKC", text)
    return normal if _IS_LARGE.fullmatch(normal) else normal.translate(_LARGE).upper()


def to_zengin_kana(text: str, *, kind: TextKind) -> str | Unspellable:
    """The text as a field of this kind holds it: one column per character, a voiced mark counting as one.

    In a name the legal form is shortened as banks do (株式会社アオバ → ｶ)ｱｵﾊﾞ). What is spelt already stays as it is.
    """
    spoken = tidy_line(large_kana(text))
    if kind == "name":
        spoken = abbreviated(spoken)
    apart = unicodedata.normalize("NFD", spoken).translate(_SIGNS)
    spelt = "".join(_HALF_WIDTH.get(character, character) for character in apart)
    if not spelt:
        return Unspellable("empty_field", "", "There is nothing to write.")
    wrong = next((character for character in spelt if character not in ALLOWED[kind]), None)
    return spelt if wrong is None else _refused(wrong, kind)


def _refused(character: str, kind: TextKind) -> Unspellable:
    if unicodedata.name(character, "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY")) or character in "々〆":
        return Unspellable("kanji", character, f"Write {character} in kana: kanji have several readings.")
    if character == "ｦ":
        return Unspellable("not_allowed_character", "ヲ", "No name holds ヲ; most accounts are registered with オ.")
    return Unspellable("not_allowed_character", character, f"A {kind} does not hold {character!r}.")
