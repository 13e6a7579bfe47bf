"""What happens with payouts beyond one transaction: runs, files for the bank, and what is asked of Stripe."""

from app.payouts.flow.arrivals import find_arrivals
from app.payouts.flow.connected import Addresses, open_connected
from app.payouts.flow.events import take_event
from app.payouts.flow.files import content_of, write_file, write_refund_file
from app.payouts.flow.kinds import KINDS
from app.payouts.flow.runs import run_due

__all__ = [
    "KINDS",
    "Addresses",
    "content_of",
    "find_arrivals",
    "open_connected",
    "run_due",
    "take_event",
    "write_file",
    "write_refund_file",
]
