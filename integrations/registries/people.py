"""Which registries can only be worked by a person, and what does that mean for us?

J-Credit's registry is a web page for people: no API and no bulk export was found, and a retirement is confirmed with a
code that the account holder receives. A provider's person carries the task out; statements come in as files.
"""

import msgspec

from integrations.registries.base import Capabilities


class PeopleRegistry(msgspec.Struct, frozen=True):
    """A registry without an interface for programs: it offers no method to retire or to look up."""

    name: str
    settles_within_s: int  # How long its own list may lag behind what a person did, in seconds.

    @property
    def capabilities(self) -> Capabilities:
        """Nothing is repeatable and nothing can be found: the answer is a person's evidence, or a statement."""
        return Capabilities(
            repeatable=False,
            finds_by_reference=False,
            finds_by_serial=False,
            settles_within_s=self.settles_within_s,
            simulated=False,
            worked_by_people=True,
        )
