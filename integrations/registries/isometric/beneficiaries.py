"""In whose name is retired? A beneficiary is found first, and made once.

No request can say that it is a repeat, so that three things keep a second beneficiary of one name from being made: the
whole list is read first; one makes at a time in this program; and the domain that we give is the same for a name, which
the registry takes once.
"""

import asyncio

from integrations.registries.base import NotSent
from integrations.registries.isometric.answers import Trouble, same_name
from integrations.registries.isometric.api import IsometricApi
from integrations.registries.isometric.asked import domain_of, new_beneficiary
from integrations.registries.isometric.shapes import Organisation

_WHY = "no beneficiary could be named: "


class Beneficiaries:
    """Those of one account. `domain` is one of ours, and new beneficiaries get names under it; empty: none is made."""

    def __init__(self, api: IsometricApi, *, domain: str) -> None:
        self._api = api
        self._domain = domain
        self._turn = asyncio.Lock()

    async def id_of(self, name: str, *, request_id: str) -> str | NotSent:
        """The id of the beneficiary of this name. Nothing is retired yet, whatever goes wrong here."""
        known = await self._known(name, request_id)
        if known is None and self._domain:
            async with self._turn:  # Whoever waited for a turn looks again: the one before may have made it.
                known = await self._known(name, request_id) or await self._made(name, request_id)
        if known is None:
            return NotSent(f"{_WHY}the registry knows none of this name, and no domain is set for new ones")
        return known.id if isinstance(known, Organisation) else known

    async def _known(self, name: str, request_id: str) -> Organisation | NotSent | None:
        listed = await self._api.beneficiaries(request_id)
        if isinstance(listed, Trouble):
            return NotSent(f"{_WHY}{listed.why}")
        domain = domain_of(name, under=self._domain)
        ours = [one for one in listed.items if one.domain == domain]
        named = ours or [one for one in listed.items if same_name(one.name, name)]
        if len(named) > 1:
            return NotSent(f"{_WHY}{len(named)} at the registry have this name")
        if not named and not listed.complete:
            return NotSent(f"{_WHY}the list changed while it was read")
        return named[0] if named else None

    async def _made(self, name: str, request_id: str) -> Organisation | NotSent:
        """Make it. A lost answer is no second one: the next time it is found, or its domain is taken."""
        made = await self._api.make_beneficiary(new_beneficiary(name, domain_of(name, under=self._domain)), request_id)
        if isinstance(made, Trouble):
            return NotSent(f"{_WHY}{made.why}")
        if not same_name(made.name, name):
            return NotSent(f"{_WHY}the registry made {made.name!r}")
        return made
