"""How does Gold Standard write serials? Its own count within each batch, and the UNFCCC's for the CERs that it keeps.

`GS1-1-UG-GS11236-16-2024-30307-1-19149`; older ones lack the second GS (`GS1-1-KH-1020-16-2012-325-1-22283`). CERs are
two whole UNFCCC serials, with " - " or " to " between them: `RW-5-1463953-2-2-0-7014 - RW-5-1467609-2-2-0-7014`.
"""

import re

from app.inventory.rules.serials.arithmetic import SerialRefusal
from app.inventory.rules.serials.block import Block, SerialFacts, block_of, malformed

LIKE = "GS1-1-UG-GS11236-16-2024-30307-1-19149"
FORM = re.compile(
    r"(?P<head>GS[0-9]+-[0-9]+-(?P<country>[A-Z]{2})-)(?:GS)?(?P<project>[0-9]+)"
    r"(?P<batch>-[0-9]+-(?P<year>[0-9]{4})-[0-9]+-)(?P<first>[0-9]+)-(?P<last>[0-9]+)"
)
_CER = re.compile(
    r"(?P<head>(?P<country>[A-Z]{2})-[0-9]+-)(?P<first>[0-9]+)(?P<tail>(?:-[0-9]+){3}-[0-9]+)"
    r"(?: - | to )(?P=head)(?P<last>[0-9]+)(?P=tail)"
)


def parse(text: str) -> Block | SerialRefusal:
    """Read a block of either kind. A CER names the CDM's project, which is not Gold Standard's number: it is left out."""
    own = FORM.fullmatch(text)
    if own:
        # With or without the second GS it is the same batch.
        series = own["head"] + own["project"] + own["batch"]
        issuance = text[: own.start("first")].removesuffix("-")
        facts = SerialFacts(issuance, own["project"], own["country"], int(own["year"]), None)
        return block_of("gold_standard", own, facts, series=series)
    cer = _CER.fullmatch(text)
    if cer:
        # The text names no batch: the block stands for itself.
        facts = SerialFacts(text, None, cer["country"], None, None)
        return block_of("gold_standard", cer, facts, series=cer["head"])
    return malformed(text, LIKE)


def series_of(prefix: str) -> str:
    """The series of what stands before the number: the second GS does not make another one."""
    return re.sub(r"^(GS[0-9]+-[0-9]+-[A-Z]{2}-)GS(?=[0-9])", r"\1", prefix, flags=re.IGNORECASE)
