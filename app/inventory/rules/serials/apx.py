"""How do the registers that APX built write serials? ACR, ART with FCPF, and CAR: a batch, a number, " to ", a number.

`ACR-US-1185-2025-3078-1 to 85847`, `ART-GY-102-2021-11-2759599 to 2760598`, `FCPF-CI-130-2023-20-1 to 46404`,
`CAR-1-US-1335-31-983-KS-2025-9205-1 to 5000`, for compliance `CAR-ROC-US-2056-129-2283-WV-2025-8969-1 to 260294`.
"""

import re

from app.inventory.rules.serials.arithmetic import SerialRefusal
from app.inventory.rules.serials.block import Block, SerialFacts, block_of, malformed

ACR_LIKE = "ACR-US-1185-2025-3078-1 to 85847"
ART_LIKE = "ART-GY-102-2021-11-2759599 to 2760598"
CAR_LIKE = "CAR-1-US-1335-31-983-KS-2025-9205-1 to 5000"
_SHORT = r"-(?P<country>[A-Z]{2})-(?P<project>[0-9]+)-(?P<year>[0-9]{4})-[0-9]+-)"
_RANGE = r"(?P<first>[0-9]+) to (?P<last>[0-9]+)"
ACR_FORM = re.compile(r"(?P<batch>ACR" + _SHORT + _RANGE)
ART_FORM = re.compile(r"(?P<batch>(?:ART|FCPF)" + _SHORT + _RANGE)
CAR_FORM = re.compile(
    r"(?P<batch>CAR-(?:[0-9]+|ROC)-(?P<country>[A-Z]{2})-(?P<project>[0-9]+)-[0-9]+-[0-9]+-[A-Z]{2,3}"
    r"-(?P<year>[0-9]{4})-[0-9]+-)" + _RANGE
)


def parse_acr(text: str) -> Block | SerialRefusal:
    """Read a block of ACR's."""
    return _parsed("acr", ACR_FORM, text, ACR_LIKE)


def parse_art(text: str) -> Block | SerialRefusal:
    """Read a block of ART's, FCPF's included."""
    return _parsed("art", ART_FORM, text, ART_LIKE)


def parse_car(text: str) -> Block | SerialRefusal:
    """Read a block of CAR's, registry offset credits (ROC) included."""
    return _parsed("car", CAR_FORM, text, CAR_LIKE)


def _parsed(registry_code: str, form: re.Pattern[str], text: str, like: str) -> Block | SerialRefusal:
    match = form.fullmatch(text)
    if match is None:
        return malformed(text, like)
    batch = match["batch"]
    facts = SerialFacts(batch.removesuffix("-"), match["project"], match["country"], int(match["year"]), None)
    return block_of(registry_code, match, facts, series=batch)
