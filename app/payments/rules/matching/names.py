"""Do two payers' names, as banks write them, stand for one payer?

A bank tells a payer in half-width katakana, with the legal form shortened, its own words and the payer's reference around
it. Two names are alike when nothing but that differs. Kanji have no one reading and stay as they are: a buyer gives the
name in kana that its bank sends, or a person learns it from a line.
"""

import re
from typing import Final

from app.payments.rules.matching.distance import distance
from app.payments.rules.zengin.kana import large_kana
from app.payments.rules.zengin.legal_forms import without_legal_form

SAME: Final = 10_000
"""Basis points of two names that fold to one."""
NUMBER_DIGITS_MIN: Final = 5
"""A number at either end of a name with as many digits is a reference or a customer's number; fewer are part of it (77)."""

# What banks print before a name: 振込 and 送金, in kanji or kana, with a count or a sign behind it.
_BANKS_WORDS: Final = re.compile(r"(?:(?:振込|送金)[0-9]?|(?:フリコミ|ソウキン)[0-9]?(?=[ *:./()-]))[ *:./-]*")
_SIGNS: Final = re.compile(r"[\s\-.,·・ー'\"`*:/\\_&「」｢｣\u2010-\u2015\u2212\u2500]+")
# Letters that banks cannot write, or that people mistake: the names of accounts hold their modern sound.
_SOUNDS: Final = str.maketrans("ヲヰヱ", "オイエ")
_MODERN: Final = re.compile(r"[^ヲヰヱ]*")
_NUMBER: Final = re.compile(rf"\A[0-9]{{{NUMBER_DIGITS_MIN},}}|[0-9]{{{NUMBER_DIGITS_MIN},}}\Z")
_BRACKETS: Final = str.maketrans("", "", "()")
# Nothing of a name of these letters is folded again, but for the words of a legal form.
_PLAIN: Final = re.compile(r"[アイウエオ-ヂツ-モヤユヨ-ロワンヴA-Z]*")


def folded_payer(text: str) -> str:
    """The name in full-width katakana without what banks and payers put around it; "" when nothing else is there.

    Width, small letters, marks of length, spaces, dots and legal forms (`legal_forms`) no longer count. Folding twice
    changes nothing.
    """
    name = _folded(text)
    while not (_PLAIN.fullmatch(name) and without_legal_form(name) == name) and (again := _folded(name)) != name:
        name = again
    return name


def similarity(a: str, b: str) -> int:
    """How alike two names are, in basis points: 10,000 if and only if they fold to one. Symmetric.

    Two names without any letter are the same name, and say nothing: look at `folded_payer` first.
    """
    return likeness(folded_payer(a), folded_payer(b))


def likeness(a: str, b: str) -> int:
    """How alike two folded names are, in basis points, rounded down: the share of the longer that need not be touched.

    One slip (a letter wrong, missing, too many, or two swapped) costs one letter wherever it stands. Pairs of letters
    would punish it twice in a short name, and call names alike that only share their parts; both would let two different
    names be the same.
    """
    if a == b:
        return SAME
    longer = max(len(a), len(b))
    return SAME * (longer - distance(a, b)) // longer


def letters_of(folded: str) -> int:
    """A set of the name's letters as bits; letters may share one. A slip changes two bits at most."""
    letters = 0
    for letter in folded:
        letters |= 1 << (ord(letter) % 97)
    return letters


def slips_allowed(length: int, least: int) -> int:
    """How many slips two names, the longer of this length, may have and still be `least` alike."""
    return length * (SAME - least) // SAME


def _folded(text: str) -> str:
    name = large_kana(text)
    if not _MODERN.fullmatch(name):
        name = name.translate(_SOUNDS)
    words = _BANKS_WORDS.match(name)
    if words and words.end() < len(name):
        name = name[words.end() :]
    name = _SIGNS.sub("", name)
    while (shorter := _without_number(without_legal_form(name))) != name:
        name = shorter
    return name.translate(_BRACKETS) if "(" in name or ")" in name else name


def _without_number(name: str) -> str:
    if name[:1].isdecimal() or name[-1:].isdecimal():
        return _NUMBER.sub("", name)
    return name
