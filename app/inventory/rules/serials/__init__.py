"""Serials: their arithmetic, and how each registry writes them."""

import re
from collections.abc import Mapping
from typing import Final

from app.inventory.rules.serials import (
    apx,
    cercarbono,
    gold_standard,
    isometric,
    plan_vivo,
    puro,
    verra,
)
from app.inventory.rules.serials.arithmetic import (
    Located,
    SerialCode,
    SerialRefusal,
    Serials,
    carve,
    joined,
    locate,
    overlaps,
    serial_refusal,
    split,
    take,
    written,
)
from app.inventory.rules.serials.block import Block, Parse, SerialFacts
from app.inventory.rules.serials.grouped import grouped, grouping_refusal, ungrouped

__all__ = [
    "COUNTED_THROUGH",
    "FORMS",
    "GRAMMARS",
    "Block",
    "Located",
    "Parse",
    "SerialCode",
    "SerialFacts",
    "SerialRefusal",
    "Serials",
    "carve",
    "grouping_refusal",
    "joined",
    "locate",
    "numbers_like",
    "overlaps",
    "parse",
    "part_written",
    "serial_refusal",
    "series_of",
    "split",
    "take",
    "ungrouped",
    "written",
]

GRAMMARS: Final[Mapping[str, Parse]] = {
    "verra": verra.parse,
    "gold_standard": gold_standard.parse,
    "acr": apx.parse_acr,
    "art": apx.parse_art,
    "car": apx.parse_car,
    "puro": puro.parse,
    "isometric": isometric.parse,
    "plan_vivo": plan_vivo.parse,
    "cercarbono": cercarbono.parse,
}
"""By registry. J-Credit has none: no layout of its serials is published, so prefix and numbers are cells of their own."""


FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "verra": verra.FORM,
    "gold_standard": gold_standard.FORM,
    "acr": apx.ACR_FORM,
    "art": apx.ART_FORM,
    "car": apx.CAR_FORM,
    "puro": puro.FORM,
    "isometric": isometric.FORM,
    "plan_vivo": plan_vivo.FORM,
}
"""Where `first` and `last` stand in a registry's usual form, for readers of a million rows. What does not match is not
wrong yet: ask `parse`."""
COUNTED_THROUGH: Final = frozenset({"verra"})
"""Registries of one count through all issuances: what stands before a block's first number is its issuance's own number."""


def parse(registry_code: str, text: str) -> Block | SerialRefusal:
    """Read a block that is written as one text. Printing it (`text`) gives the same text back, to the character."""
    grammar = GRAMMARS.get(registry_code)
    if grammar is None:
        detail = f"No form of whole serials is known for {registry_code}: give prefix, first and last number."
        return SerialRefusal("no_serial_grammar", detail)
    return grammar(text)


def numbers_like(high: str, serials: Serials, like: str, *, units_per_serial: int) -> tuple[str, str]:
    """The first and the last number of a part of a block, in the manner of `like`, the block's own first number.

    Both are included, with as many digits and the hyphens where they stand in it.
    """
    width = sum(char.isdigit() for char in like)
    first, last = written(high, serials, width, units_per_serial=units_per_serial)
    return grouped(like, first), grouped(like, last)


def part_written(registry_code: str, text: str, serials: Serials) -> str | None:
    """A part of the block that `text` is (half-open positions in its series), written as the registry writes it.

    None where the registry's own form is not known, or the block was told by its prefix and numbers alone.
    """
    block = parse(registry_code, text) if text else None
    return block.part(serials) if isinstance(block, Block) else None


def series_of(registry_code: str, prefix: str) -> str:
    """What the numbers behind a prefix are counted within, so that a block is one series however it was told."""
    match registry_code:
        case "verra":
            return verra.SERIES
        case "gold_standard":
            return gold_standard.series_of(prefix)
        case "cercarbono":
            return prefix.removesuffix(":")
    return prefix
