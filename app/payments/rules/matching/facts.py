"""What is known of a bank's line and of the payments that are open, and what may a match of them be?"""

from typing import Final, Literal, NamedTuple
from uuid import UUID

MatchOutcome = Literal[
    "by_reference",
    "by_virtual_account",
    "by_amount_and_name",
    "ambiguous",
    "several_orders",
    "amount_differs",
    "name_differs",
    "other_reference",
    "nothing",
]
SURE: Final[frozenset[MatchOutcome]] = frozenset({"by_reference", "by_virtual_account", "by_amount_and_name"})
"""What is applied without a person; everything else is a suggestion."""
NAME_FITS: Final = 8_500
"""From how many basis points on a name is the payer's: one slip in seven letters, two in fourteen."""
CLEARLY_AHEAD: Final = 1_000
"""By how many basis points the best name must be ahead of the next that is only alike, too."""
FEE_MAX_MINOR: Final = 880
"""The most, in yen, that a line may be less than a payment for the payer's bank to have kept it as its fee (先方負担). The
desk's own number: each bank sets its fees (東日本銀行's note on 先方負担 tells of 385 and 550), and no list of all was found."""
SEVERAL_MAX: Final = 12
"""Of how many open payments of one payer sums are tried: 4,083 at most."""
NAMES_COMPARED_MAX: Final = 1_000
"""How many names of open payments of like amounts are compared with a line's; among more only an exactly known one counts."""
LISTED_MAX: Final = 20
"""How many payments a match lists for a person."""


class LineFacts(NamedTuple):
    """What a bank's line says: texts as the bank wrote them, yen."""

    payer_name: str
    memo: str
    amount_minor: int
    virtual_account: str
    """Ten digits, or "" when the bank has none."""


class Candidate(NamedTuple):
    """A payment that is open. A plain tuple in this order is one, too."""

    payment_id: UUID
    order_id: UUID
    reference: str
    virtual_account: str
    """Ten digits that were given to this payment or its payer, or ""."""
    open_minor: int
    """What is still to be paid, in yen; above zero."""
    payer_id: UUID
    payer_names: tuple[str, ...]
    """The names that this payer's bank is known to write, in any spelling; may be none."""
    claimed_names: tuple[str, ...] = ()
    """The names that the payer says are its own: anybody may say so, so they suggest, and decide nothing."""


class Match(NamedTuple):
    """What a line is taken for. The order in which payments were given never changes it."""

    outcome: MatchOutcome
    payments: tuple[UUID, ...]
    """Which payments: the one of a sure match, or those for a person to choose from, the likest name first, `LISTED_MAX` of
    them at most."""
    found: int
    """How many payments there are to choose from, listed or not."""
    score: int | None
    """How alike the likest name is, in basis points, where that was looked at; 0 for any that cannot come near."""
    missing_minor: int
    """By how many yen the line is less than the payment: the fee that the payer's bank seems to have kept; else 0."""

    @property
    def is_sure(self) -> bool:
        """Whether it is applied without a person."""
        return self.outcome in SURE
