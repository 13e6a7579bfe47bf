"""What is done to close the book, in several transactions?"""

from app.closing.flow.journal import journal_file
from app.closing.flow.stripe_lines import compare, fetch_stripe_lines

__all__ = ["compare", "fetch_stripe_lines", "journal_file"]
