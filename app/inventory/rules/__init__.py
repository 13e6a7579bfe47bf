"""Serial arithmetic, and what a holdings file says: decisions without a database."""

from app.inventory.rules.account_numbers import account_key
from app.inventory.rules.countries import country_of
from app.inventory.rules.energy_facts import TECHNOLOGIES, EnergyFacts
from app.inventory.rules.exchange import (
    Exchange,
    ExchangeRefusal,
    Place,
    Trade,
    below_the_top,
    exchange,
    without,
)
from app.inventory.rules.holding_facts import CellCode, CellError, Column, DeclaredProject, HoldingFacts
from app.inventory.rules.holdings_file import FileReading, ParsedRow, read_file, read_holdings
from app.inventory.rules.layouts import LAYOUT_NAMES, MAPPED_FIELDS, Asked, LayoutName, mapping_errors
from app.inventory.rules.records import records
from app.inventory.rules.seen_ranges import SeenRanges
from app.inventory.rules.serials import (
    Block,
    Located,
    SerialCode,
    SerialRefusal,
    Serials,
    carve,
    joined,
    locate,
    numbers_like,
    overlaps,
    parse,
    part_written,
    serial_refusal,
    split,
    take,
    ungrouped,
    written,
)
from app.inventory.rules.template_file import TEMPLATE_HEADER, template

__all__ = [
    "LAYOUT_NAMES",
    "MAPPED_FIELDS",
    "TECHNOLOGIES",
    "TEMPLATE_HEADER",
    "Asked",
    "Block",
    "CellCode",
    "CellError",
    "Column",
    "DeclaredProject",
    "EnergyFacts",
    "Exchange",
    "ExchangeRefusal",
    "FileReading",
    "HoldingFacts",
    "LayoutName",
    "Located",
    "ParsedRow",
    "Place",
    "SeenRanges",
    "SerialCode",
    "SerialRefusal",
    "Serials",
    "Trade",
    "account_key",
    "below_the_top",
    "carve",
    "country_of",
    "exchange",
    "joined",
    "locate",
    "mapping_errors",
    "numbers_like",
    "overlaps",
    "parse",
    "part_written",
    "read_file",
    "read_holdings",
    "records",
    "serial_refusal",
    "split",
    "take",
    "template",
    "ungrouped",
    "without",
    "written",
]
