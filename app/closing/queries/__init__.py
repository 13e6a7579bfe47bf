"""What do the book, Stripe's and the bank's say, and where do they differ?"""

from app.closing.queries.agreement import (
    BankDay,
    Sum,
    SumOfItems,
    bank_days,
    bank_waiting,
    reading_of,
    stripe_items,
    stripe_sums,
    stripe_waiting,
)
from app.closing.queries.book import (
    Period,
    account_page,
    balance_before,
    change_of,
    is_account,
    statement_page,
    trial_balance_as_of,
)
from app.closing.queries.closes import (
    Blocker,
    blockers,
    close_of,
    closes_page,
    first_month,
    guarded_that_differ,
    last_close,
)
from app.closing.queries.differences import difference_of, differences_page
from app.closing.queries.digests import balances_of, broken_months, digest_of, postings_by_day
from app.closing.queries.journal import journal_rows, names_kept, own_names
from app.closing.queries.matching import (
    FINDERS,
    Unanswered,
    candidates,
    unbooked_at_the_bank,
    unlined_postings,
    unsettled,
)

__all__ = [
    "FINDERS", "BankDay", "Blocker", "Period", "Sum", "SumOfItems", "Unanswered", "account_page", "balance_before",
    "balances_of", "bank_days", "bank_waiting", "blockers", "broken_months", "candidates", "change_of", "close_of", "closes_page",
    "difference_of", "differences_page", "digest_of", "first_month", "guarded_that_differ", "is_account", "journal_rows", "last_close",
    "names_kept", "own_names", "postings_by_day", "reading_of", "statement_page", "stripe_items", "stripe_sums", "stripe_waiting", "trial_balance_as_of",
    "unbooked_at_the_bank", "unlined_postings", "unsettled",
]  # fmt: skip
