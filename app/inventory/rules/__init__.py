"""Serial arithmetic, and what a holdings file says: decisions without a database."""

from app.inventory.rules.holding_facts import CellCode, CellError, Column, HoldingFacts
from app.inventory.rules.holdings_file import TEMPLATE_HEADER, ParsedRow, read_holdings, template
from app.inventory.rules.serials import (
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

__all__ = [
    "TEMPLATE_HEADER",
    "CellCode",
    "CellError",
    "Column",
    "HoldingFacts",
    "Located",
    "ParsedRow",
    "SerialCode",
    "SerialRefusal",
    "Serials",
    "carve",
    "joined",
    "locate",
    "overlaps",
    "read_holdings",
    "serial_refusal",
    "split",
    "take",
    "template",
    "written",
]
