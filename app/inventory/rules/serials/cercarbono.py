"""How does Cercarbono write serials? A batch's key in one cell, the first and the last number in two others.

`CDC_5_1_1_321_14_R1_XX_CO_1_2_2021` from 4426 to 4971; the second part is the project. `_BF` marks a buffer.
"""

import re

from app.inventory.rules.serials.arithmetic import SerialRefusal, locate
from app.inventory.rules.serials.block import Block, SerialFacts, malformed

LIKE = "CDC_1_1_1_321_14_1_2009"
_KEY = re.compile(r"CDC_(?P<project>[0-9]+)(?:_[A-Z0-9]+)+")
_JOINED = re.compile(r"(?P<key>CDC_[A-Z0-9_]+):(?P<first>[0-9]+)-(?P<last>[0-9]+)")


def parse_cells(key: str, first: str, last: str) -> Block | SerialRefusal:
    """Read a block from its three cells."""
    match = _KEY.fullmatch(key)
    if match is None:
        return malformed(key, LIKE)
    located = locate("cercarbono", key, first, last)
    if isinstance(located, SerialRefusal):
        return located
    facts = SerialFacts(key, match["project"], None, None, None)
    return Block("cercarbono", f"{key}:", first, "-", last, "", located, facts)


def cells(block: Block) -> tuple[str, str, str]:
    """The three cells that a block was read from."""
    return block.before.removesuffix(":"), block.first, block.last


def parse(text: str) -> Block | SerialRefusal:
    """Read a block from one text of ours, `key:first-last`: the registry itself never writes the three as one."""
    match = _JOINED.fullmatch(text)
    return parse_cells(match["key"], match["first"], match["last"]) if match else malformed(text, f"{LIKE}:1-546")
