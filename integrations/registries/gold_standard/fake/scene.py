"""How do tests set the fake Gold Standard's scene and read its book? Calls for the admin's client of all our fakes."""

from typing import Any

from integrations.registries.fake.admin import Call, Done
from integrations.registries.gold_standard.fake.messages import Fault, NewBlock, NewProject, Retired, View

MODULE = "integrations.registries.gold_standard.fake"


def add_project(project: NewProject) -> Call[dict[str, Any]]:
    """List a project."""
    return Call("POST", "/admin/projects", project, dict[str, Any])


def issue(block: NewBlock) -> Call[dict[str, Any]]:
    """Issue a block; as on the wire it comes back."""
    return Call("POST", "/admin/blocks", block, dict[str, Any])


def retire(retired: Retired) -> Call[dict[str, Any]]:
    """Retire a block."""
    return Call("POST", "/admin/retired", retired, dict[str, Any])


def state_fault(fault: Fault) -> Call[Done]:
    """Let the next requests go wrong."""
    return Call("POST", "/admin/faults", fault, Done)


def clear_faults() -> Call[Done]:
    """Let nothing go wrong any more."""
    return Call("POST", "/admin/faults/clear", None, Done)


def show_book() -> Call[View]:
    """Show the whole book."""
    return Call("GET", "/admin/book", None, View)
