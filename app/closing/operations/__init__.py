"""What may be done to close the book, within one transaction?"""

from app.closing.operations.closes import confirm, locked_close, propose
from app.closing.operations.deciding import (
    CounterAccount,
    Proposal,
    decide_difference,
    locked_difference,
    propose_difference,
    take_on,
)
from app.closing.operations.lines import last_line, take_lines
from app.closing.operations.matching import compare_rest, match_batch
from app.closing.operations.names import Named, locked_version, name_account

__all__ = [
    "CounterAccount", "Named", "Proposal", "compare_rest", "confirm", "decide_difference", "last_line", "locked_close",
    "locked_difference", "locked_version", "match_batch", "name_account", "propose", "propose_difference", "take_lines", "take_on",
]  # fmt: skip
