"""How does Plan Vivo write serials? Kind, country, project, vintage, two numbers, and a mark behind them.

`PV-rPVC-MZ-110200000000034-01052022-30042023-1-2550-SPG`; fPVC are future ones, whose vintage may end in 2042.
"""

import re

from app.inventory.rules.serials.arithmetic import SerialRefusal
from app.inventory.rules.serials.block import Block, SerialFacts, block_of, days_of, malformed

LIKE = "PV-rPVC-MZ-110200000000034-01052022-30042023-1-2550-SPG"
FORM = re.compile(
    r"(?P<batch>PV-[a-z]PVC-(?P<country>[A-Z]{2})-(?P<project>[0-9]+)-(?P<from>[0-9]{8})-(?P<to>[0-9]{8})-)"
    r"(?P<first>[0-9]+)-(?P<last>[0-9]+)-[A-Z]+"
)


def parse(text: str) -> Block | SerialRefusal:
    """Read a block; the vintage days in it must be days, in order."""
    match = FORM.fullmatch(text)
    vintage = days_of(match["from"], match["to"]) if match else None
    if match is None or vintage is None:
        return malformed(text, LIKE)
    batch = match["batch"]
    facts = SerialFacts(batch.removesuffix("-"), match["project"], match["country"], None, vintage)
    return block_of("plan_vivo", match, facts, series=batch)
