"""Which layouts of holdings files are known, and how does a row of each become what a provider holds?"""

from app.inventory.rules.layouts.chosen import LAYOUT_NAMES, Asked, Chosen, LayoutName, chosen_layout
from app.inventory.rules.layouts.layout import Layout
from app.inventory.rules.layouts.mapping import MAPPED_FIELDS, mapping_errors

__all__ = [
    "LAYOUT_NAMES",
    "MAPPED_FIELDS",
    "Asked",
    "Chosen",
    "Layout",
    "LayoutName",
    "chosen_layout",
    "mapping_errors",
]
