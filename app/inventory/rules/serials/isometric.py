"""How does Isometric write serials? One number for each kilogram, within a batch.

Known from the one example of its public OpenAPI document: `ISO-1-BSTORE-GBR-F5X7-2024-78177-81177`.
"""

import re

from app.inventory.rules.serials.arithmetic import SerialRefusal
from app.inventory.rules.serials.block import Block, SerialFacts, block_of, malformed

LIKE = "ISO-1-BSTORE-GBR-F5X7-2024-78177-81177"
FORM = re.compile(
    r"(?P<batch>ISO-[0-9]+-[A-Z0-9]+-(?P<country>[A-Z]{3})-[A-Z0-9]+-(?P<year>[0-9]{4})-)"
    r"(?P<first>[0-9]+)-(?P<last>[0-9]+)"
)


def parse(text: str) -> Block | SerialRefusal:
    """Read a block. It holds the project's short code, which is not the id that files name projects by."""
    match = FORM.fullmatch(text)
    if match is None:
        return malformed(text, LIKE)
    batch = match["batch"]
    facts = SerialFacts(batch.removesuffix("-"), None, match["country"], int(match["year"]), None)
    return block_of("isometric", match, facts, series=batch)
