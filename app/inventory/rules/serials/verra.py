"""How does Verra write serials (VCUs)? Four forms since 2009, all over one count that runs through the whole register.

To about 2019 twelve parts with the register MER or APX; then thirteen (VCS added, register VER); since 2026 without the
sectoral scope. Seen in public exports: `13861-531686655-531686655-VCS-VCU-263-VER-AU-7-2348-01012021-30112021-1`.
"""

import re

from app.inventory.rules.serials.arithmetic import SerialRefusal
from app.inventory.rules.serials.block import Block, SerialFacts, block_of, days_of, malformed

LIKE = "19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1"
SERIES = "vcu"
"""The flag for additional certification may change, and the issuance number is of the issuance: neither tells two
serials apart, their number alone does."""
FORM = re.compile(
    r"(?P<issuance>[0-9]+)-(?P<first>[0-9]+)-(?P<last>[0-9]+)"
    r"-(?:VCU-[0-9]{3,4}-(?:MER|APX)-(?P<old_country>[A-Z]{2})-[0-9]+"
    r"|VCS-VCU-[0-9]{3,4}-VER-(?P<country>[A-Z]{2})(?:-[0-9]+)?)"
    r"-(?P<project>[0-9]+)-(?P<from>[0-9]{8})-(?P<to>[0-9]{8})-(?P<flag>[0-9])"
)


def parse(text: str) -> Block | SerialRefusal:
    """Read a block; the vintage days in it must be days, in order."""
    match = FORM.fullmatch(text)
    vintage = days_of(match["from"], match["to"]) if match else None
    if match is None or vintage is None:
        return malformed(text, LIKE)
    country = match["country"] or match["old_country"]
    facts = SerialFacts(match["issuance"], match["project"], country, None, vintage)
    return block_of("verra", match, facts, series=SERIES)
