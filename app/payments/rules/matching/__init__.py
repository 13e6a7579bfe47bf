"""Which open payment does a bank's line pay? Decisions without a database."""

from app.payments.rules.matching.bulk import matches
from app.payments.rules.matching.facts import (
    CLEARLY_AHEAD,
    FEE_MAX_MINOR,
    NAME_FITS,
    SEVERAL_MAX,
    SURE,
    Candidate,
    LineFacts,
    Match,
    MatchOutcome,
)
from app.payments.rules.matching.names import folded_payer, similarity
from app.payments.rules.matching.score import match

__all__ = [
    "CLEARLY_AHEAD",
    "FEE_MAX_MINOR",
    "NAME_FITS",
    "SEVERAL_MAX",
    "SURE",
    "Candidate",
    "LineFacts",
    "Match",
    "MatchOutcome",
    "folded_payer",
    "match",
    "matches",
    "similarity",
]
