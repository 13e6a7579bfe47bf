"""Which characters of a text can our documents not print?"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"

# A format character (zero-width, direction override) can make a name look like another one; the rest has no shape.
_UNSHOWABLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def unprintable(text: str) -> list[str]:
    """The characters of `text` that our fonts have no shape for, each once, in order of appearance.

    Refuse them at input: PDF/A-2b admits no missing glyph, and a registry lets nobody correct a text afterwards. A
    variation selector (異体字セレクタ) is fine after a character for which both weights have that variant.
    """
    glyphs, variants = _covered()
    refused: dict[str, None] = {}
    previous = 0
    for character in text:
        code = ord(character)
        known = code in glyphs or (previous, code) in variants
        if not known or unicodedata.category(character) in _UNSHOWABLE:
            refused[character] = None
        previous = code
    return list(refused)


@cache  # The files never change while we run; reading them takes some 20 ms.
def _covered() -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Characters, and pairs of character and variation selector, that every weight has: names are set in both."""
    charmaps = [_charmap(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf"))]
    glyphs = frozenset.intersection(*(glyphs for glyphs, _ in charmaps))
    variants = frozenset.intersection(*(variants for _, variants in charmaps))
    return glyphs, variants


def _charmap(font: bytes) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Read a TrueType file's `cmap` (OpenType specification, chapter cmap): formats 4, 12 and 14."""
    glyphs: set[int] = set()
    variants: set[tuple[int, int]] = set()
    for table in _subtables(font):
        match struct.unpack_from(">H", table)[0]:
            case 4:
                glyphs.update(_basic_plane(table))
            case 12:
                glyphs.update(_all_planes(table))
            case 14:
                variants.update(_variations(table))
            case other:
                raise ValueError(f"a character map of format {other} is not known here")
    return frozenset(glyphs), frozenset(variants)


def _subtables(font: bytes) -> Iterator[bytes]:
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = {tag: at for tag, _, at, _ in struct.iter_unpack(">4sLLL", font[12 : 12 + 16 * tables])}
    start = directory[b"cmap"]
    (count,) = struct.unpack_from(">H", font, start + 2)
    records = struct.iter_unpack(">HHL", font[start + 4 : start + 4 + 8 * count])
    for offset in sorted({at for _, _, at in records}):
        yield font[start + offset :]


def _basic_plane(table: bytes) -> Iterator[int]:
    """Format 4: segments with a delta, or with an index into glyph numbers that may still say 'missing' (0)."""
    (twice,) = struct.unpack_from(">H", table, 6)
    columns = (14, 16 + twice, 16 + 2 * twice, 16 + 3 * twice)
    ends, starts, deltas, ranges = (struct.unpack_from(f">{twice // 2}H", table, at) for at in columns)
    for segment, (first, last, delta, distance) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(first, last + 1):
            glyph = code
            if distance:
                at = columns[3] + 2 * segment + distance + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", table, at)
                if glyph == 0:
                    continue
            if (glyph + delta) % 65536:
                yield code


def _all_planes(table: bytes) -> Iterator[int]:
    """Format 12: groups of first character, last character, first glyph."""
    (groups,) = struct.unpack_from(">L", table, 12)
    for first, last, glyph in struct.iter_unpack(">LLL", table[16 : 16 + 12 * groups]):
        yield from (code for code in range(first, last + 1) if glyph + code - first)


def _variations(table: bytes) -> Iterator[tuple[int, int]]:
    """Format 14: per selector, ranges whose usual glyph is the variant, and characters with a glyph of their own."""
    (records,) = struct.unpack_from(">L", table, 6)
    for record in range(records):
        at = 10 + 11 * record
        selector = int.from_bytes(table[at : at + 3], "big")
        usual, own = struct.unpack_from(">LL", table, at + 3)
        if usual:
            (count,) = struct.unpack_from(">L", table, usual)
            for entry in range(usual + 4, usual + 4 + 4 * count, 4):
                first = int.from_bytes(table[entry : entry + 3], "big")
                yield from ((code, selector) for code in range(first, first + table[entry + 3] + 1))
        if own:
            (count,) = struct.unpack_from(">L", table, own)
            for entry in range(own + 4, own + 4 + 5 * count, 5):
                yield int.from_bytes(table[entry : entry + 3], "big"), selector
