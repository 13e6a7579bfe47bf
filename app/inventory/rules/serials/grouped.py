"""How are numbers read and printed whose digits stand in groups with hyphens between them, as I-REC's do?

`0000-0000-0000-0001` .. `0000-0000-0000-1000`: first and last number are two cells. Only mock values of this form were
seen, so that the groups are taken as they come, and only two numbers of one block must be grouped alike. No published
layout of an energy registry's file is known: hyphens are read for them all, and printed back where they stood.
"""

import re
from typing import Final

from app.catalog.rules import ENERGY_REGISTRIES
from app.inventory.rules.serials.arithmetic import SerialRefusal

_GROUPED: Final = re.compile(r"[0-9]+(?:-[0-9]+)*")


def ungrouped(registry_code: str, text: str) -> str:
    """The digits of a number of a registry that may group them; any other text as it is."""
    return text.replace("-", "") if registry_code in ENERGY_REGISTRIES and _GROUPED.fullmatch(text) else text


def grouping_refusal(first: str, last: str) -> SerialRefusal | None:
    """Why two numbers cannot be of one block, although their digits could: one is grouped, or otherwise."""
    if _places(first) == _places(last):
        return None
    return SerialRefusal("grouping_differs", f"The digits of {first} and {last} are not grouped alike.")


def grouped(like: str, digits: str) -> str:
    """Digits with hyphens where `like` has them. Numbers without hyphens stay as they are."""
    places = _places(like)
    if not places:
        return digits
    assert len(digits) == len(like) - len(places), (like, digits)
    text = digits
    for place in places:
        text = f"{text[:place]}-{text[place:]}"
    return text


def _places(text: str) -> list[int]:
    return [place for place, char in enumerate(text) if char == "-"]
