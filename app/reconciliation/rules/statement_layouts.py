"""Which column of a registry's file says who retired what, when and why? Headers as of April 2026, from public exports.

The serials' own columns are those of the holdings' layouts. J-Credit and all others without a known file use ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.inventory.rules.layouts.layout import Layout, heading
from app.inventory.rules.layouts.registries import (
    ACR,
    ART,
    CAR,
    CERCARBONO,
    GOLD_STANDARD,
    ISOMETRIC,
    VERRA,
)
from app.reconciliation.rules.statement_line import Covers


@dataclass(frozen=True, slots=True)
class StatementLayout:
    """A registry's file with what it says of an ended block. Each text is taken from the first header that is there."""

    layout: Layout
    changed_on: tuple[str, ...] = ()
    beneficiary_name: tuple[str, ...] = ()
    purpose: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    """Columns of cancellations alone: where one is in the header, every row was canceled and none retired."""
    divided: frozenset[str] = frozenset()
    """Words of the status for a block that lives on in its parts."""
    canceled: frozenset[str] = frozenset()
    """Words of the status for a block that ended without a claim."""

    @property
    def name(self) -> str:
        """The layout's name, as holdings files have it."""
        return self.layout.name


# Verra's file has one day for both: a retirement and a cancellation cannot be told apart in it, and count as retired.
STATEMENT_LAYOUTS: Final = (
    StatementLayout(
        VERRA, ("Retirement/Cancellation Date",), ("Retirement Beneficiary",), ("Retirement Reason",), ("Retirement Details",)
    ),
    StatementLayout(
        GOLD_STANDARD, ("Retirement Date",), ("Using Entity",), ("Use Case",), ("Note",),
        canceled=frozenset({"canceled", "cancelled"}),
    ),
    StatementLayout(
        ACR, ("Status Effective (GMT)",), ("Retired on Behalf of",), ("Retirement Reason", "Cancellation Type"),
        ("Purpose of Retirement", "Cancellation Details"), cancels=("Cancellation Type",),
    ),
    StatementLayout(
        ART, ("Status Effective",), ("Retired on Behalf of",), ("Retirement Reason", "Cancellation Reason"),
        ("Purpose of Retirement", "Cancellation Details"), cancels=("Cancellation Reason",),
    ),
    StatementLayout(
        CAR, ("Status Effective",), (), ("Retirement Reason", "Cancellation Reason"),
        ("Retirement Reason Details", "Export Notes"), cancels=("Cancellation Reason",),
    ),
    StatementLayout(ISOMETRIC, ("retired_at",), divided=frozenset({"split"})),
    StatementLayout(CERCARBONO, ("date",), ("end_user",), ("certificate_destination",)),
)  # fmt: skip


def layout_called(name: str) -> StatementLayout | None:
    """The layout of this name; None for our own template and for what is not known."""
    return next((each for each in STATEMENT_LAYOUTS if each.name == name), None)


def layout_of(header: Sequence[str]) -> StatementLayout | None:
    """The layout whose columns are all in this header; None when it is none that we know."""
    there = {heading(cell) for cell in header}
    fitting = [each for each in STATEMENT_LAYOUTS if {heading(name) for name in each.layout.needs.values()} <= there]
    return max(fitting, key=lambda each: len(each.layout.needs), default=None)


def covers_of(found: StatementLayout, header: Sequence[str]) -> Covers:
    """What a file of this layout holds when nobody says: ended blocks alone where a column tells so, else all."""
    there = {heading(cell) for cell in header}
    return Covers.ENDED if any(heading(name) in there for name in found.layout.ends_all) else Covers.ALL
