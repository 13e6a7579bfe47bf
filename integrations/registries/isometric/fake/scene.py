"""How do tests set the fake Isometric's scene and read its book? Calls for the admin's client of all our fakes."""

from typing import Any

from integrations.registries.fake.admin import Call, Done
from integrations.registries.isometric.fake.messages import Fault, Habits, Issued, View

MODULE = "integrations.registries.isometric.fake"


def access_token_of(client_secret: str) -> str:
    """The second credential that a broker shows."""
    return f"token-of-{client_secret}"


def issue(batch: Issued) -> Call[dict[str, Any]]:
    """Put a batch into an account; the batch as on the wire comes back."""
    return Call("POST", "/admin/batches", batch, dict[str, Any])


def state_fault(fault: Fault) -> Call[Done]:
    """Let the next requests go wrong."""
    return Call("POST", "/admin/faults", fault, Done)


def clear_faults() -> Call[Done]:
    """Let nothing go wrong any more, and do again what is usual."""
    return Call("POST", "/admin/faults/clear", None, Done)


def take_habits(habits: Habits) -> Call[Done]:
    """Do what the document leaves open in this way."""
    return Call("POST", "/admin/habits", habits, Done)


def show_book() -> Call[View]:
    """Show the whole book."""
    return Call("GET", "/admin/book", None, View)
