"""How does the book close? Decisions: values in, values out."""

from app.closing.rules.chain import ALGORITHM, ClosedBalance, DayDigest, month_hash
from app.closing.rules.counterparts import (
    COUNTERPARTS,
    DIFFERENCE_REASON,
    FEE_CATEGORY,
    FEE_REASON,
    UNLINED_REASONS,
    Counterpart,
    Finder,
)
from app.closing.rules.journal import Encoding, Entry, journal_header, journal_lines
from app.closing.rules.matching import (
    GRACE,
    LineFacts,
    Ours,
    Standing,
    Verdict,
    fee_of,
    is_overdue,
    judge,
    still_stands,
)
from app.closing.rules.months import end_of, is_over, lock_number, next_to_close, read_month, write_month
from app.closing.rules.names import DEFAULTS, REASONS, BookName, kind_of, name_of
from app.closing.rules.words import DifferenceAction, DifferenceKind, Settled, Side

__all__ = [
    "ALGORITHM", "COUNTERPARTS", "DEFAULTS", "DIFFERENCE_REASON", "FEE_CATEGORY", "FEE_REASON", "GRACE", "REASONS", "UNLINED_REASONS",
    "BookName", "ClosedBalance", "Counterpart", "DayDigest", "DifferenceAction", "DifferenceKind", "Encoding", "Entry", "Finder", "LineFacts", "Ours",
    "Settled", "Side", "Standing", "Verdict", "end_of", "fee_of", "is_over", "is_overdue", "journal_header", "journal_lines", "judge", "kind_of", "lock_number",
    "month_hash", "name_of", "next_to_close", "read_month", "still_stands", "write_month",
]  # fmt: skip
