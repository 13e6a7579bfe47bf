"""How does a simulated registry work? The same words for the simulator, for its adapter, and between the two.

Whoever makes the adapter says how its registry works, since flows decide by it before anything is sent. Each order carries
these words, and a simulator that works otherwise takes nothing: the two can disagree, but nothing is retired then.
"""

from datetime import datetime, timedelta, timezone
from typing import Final

import msgspec

from integrations.registries.base import SerialChoice

SIMULATED_NOW_HEADER: Final = "X-Simulated-Now"
"""What time it is for a simulator: RFC 3339. It believes no time before its own clock's."""
SIMULATED_WAYS_HEADER: Final = "X-Simulated-Ways"
"""How the desk believes that the simulator works: JSON."""
WAYS_DIFFER: Final = "ways_differ"
"""What a simulator answers with 412 to an order that believes otherwise."""
PARTS_OF_A_WHOLE: Final = {"kg": 1000, "kWh": 1000, "MJ": 1000}
"""How many of a unit are the whole that registries without fractions retire: a tonne, a megawatt-hour, a gigajoule."""

_JAPAN: Final = timezone(timedelta(hours=9))
_WEEK_S: Final = 7 * 24 * 3600


class Ways(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the simulator can do: see `Capabilities`."""

    repeatable: bool = False
    finds_by_reference: bool = True
    finds_by_serial: bool = True
    serials_chosen_by: SerialChoice = SerialChoice.DESK
    fractions: bool = True
    dry_run: bool = False


class CutOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every week at this hour in Japan, what was accepted by then is recorded. Monday is 0."""

    weekday: int
    hour: int

    def __post_init__(self) -> None:
        if not (0 <= self.weekday <= 6 and 0 <= self.hour <= 23):
            raise ValueError("A week has the days 0 to 6, and a day the hours 0 to 23.")

    def after(self, moment: datetime) -> datetime:
        """The first cut-off after this moment."""
        there = moment.astimezone(_JAPAN)
        that_day = there.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        found = that_day + timedelta(days=(self.weekday - there.weekday()) % 7)
        return found if found > there else found + timedelta(days=7)


class Pace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How late the simulator records (at its cut-off, or at once), and how many seconds later look-ups show it."""

    cut_off: CutOff | None = None
    shows_after_s: int = 0

    @property
    def settles_within_s(self) -> int:
        """The longest between an accepted order and its record being found, in seconds."""
        return self.shows_after_s + (0 if self.cut_off is None else _WEEK_S)


class About(msgspec.Struct, frozen=True):
    """What the simulator says of itself."""

    name: str
    simulated: bool
    ways: Ways
    settles_within_s: int
