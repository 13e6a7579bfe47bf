"""How does Puro write serials? A bundle and two numbers, of up to thirty digits: more than any machine integer has.

`PURO_PR_CORC100+_NA_583695_2025_d4257227-d51e-4f45-81ef-a50d86368965_775-784` (NA is Namibia, not "nothing").
"""

import re

from app.inventory.rules.serials.arithmetic import SerialRefusal
from app.inventory.rules.serials.block import Block, SerialFacts, block_of, malformed

LIKE = "PURO_PR_CORC100+_US_517437_2025_59a44376-3b87-4814-bce1-d05adeac04ad_1-460"
FORM = re.compile(
    r"(?P<bundle>PURO_[A-Z]+_CORC(?:[0-9]+\+)?_(?P<country>[A-Z]{2})_(?P<project>[0-9]+)_(?P<year>[0-9]{4})"
    r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_)(?P<first>[0-9]+)-(?P<last>[0-9]+)"
)


def parse(text: str) -> Block | SerialRefusal:
    """Read a block."""
    match = FORM.fullmatch(text)
    if match is None:
        return malformed(text, LIKE)
    bundle = match["bundle"]
    facts = SerialFacts(bundle.removesuffix("_"), match["project"], match["country"], int(match["year"]), None)
    return block_of("puro", match, facts, series=bundle)
