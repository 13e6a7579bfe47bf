"""Which open payment does a bank's line pay? Decisions without a database."""

from app.payments.rules.matching.bulk import Line, matches, matches_named, references_in_lines
from app.payments.rules.matching.facts import (
    CLEARLY_AHEAD,
    FEE_MAX_MINOR,
    LISTED_MAX,
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
from app.payments.rules.matching.wanted import Wanted

__all__ = [
    "CLEARLY_AHEAD",
    "FEE_MAX_MINOR",
    "LISTED_MAX",
    "NAME_FITS",
    "SEVERAL_MAX",
    "SURE",
    "Candidate",
    "Line",
    "LineFacts",
    "Match",
    "MatchOutcome",
    "Wanted",
    "folded_payer",
    "match",
    "matches",
    "matches_named",
    "references_in_lines",
    "similarity",
]
