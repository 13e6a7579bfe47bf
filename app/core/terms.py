"""Which numbers does the desk trade by? Plain values that main reads from the settings and hands inwards."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Terms:
    """The desk's terms; every duration and limit that a flow needs, so that no flow reads settings."""

    tax_basis_points: int
    payment_deadline: timedelta
    quote_valid: timedelta
    unpaid_cap: int
    """Tonnes that a new buyer may have reserved without having paid."""
    idempotency_lease: timedelta
    absent_after: timedelta
    """The least time between the two empty look-ups that prove a retirement absent at a registry."""
    simulated_allowed: bool
    """Whether a registry may be a simulator (test mode): what comes of it is marked."""
    mode: str
    """`live` or `test`: the kind of API keys made here."""
    base_url: str
    issuer_name: str
    card_hold: timedelta = timedelta(days=7)
    """How long a card payment of normal risk is waited for before what is irrevocable follows: the desk's own risk."""
    card_hold_elevated: timedelta = timedelta(days=30)
    """The same of elevated risk, or of a card that was not scored; one of the highest risk waits for a person."""
    sandbox: bool = False
    """Whether this is the sandbox beside a live desk: providers are approved at once, whatever is recorded is marked."""
