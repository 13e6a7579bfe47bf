"""In whose name is retired? A beneficiary is found first, and made once.

No request can say that it is a repeat, so that three things keep a second beneficiary of one name from being made: the
whole list is read first; one makes at a time in this program; and the domain that we give is the same for a name, which
the registry takes once.
"""

import asyncio
from typing import NamedTuple

from integrations.registries.base import NotSent
from integrations.registries.isometric.answers import Trouble, same_name
from integrations.registries.isometric.api import IsometricApi
from integrations.registries.isometric.asked import domain_of, new_beneficiary
from integrations.registries.isometric.shapes import Organisation

_WHY = "no beneficiary could be named: "


class Asked(NamedTuple):
    """Whom to retire for. `own`: the domain is the beneficiary's own word, not one that was made up under ours."""

    name: str
    domain: str
    own: bool


class Beneficiaries:
    """Those of one account. `domain` is one of ours, under which those without one get theirs; empty: none is made so."""

    def __init__(self, api: IsometricApi, *, domain: str) -> None:
        self._api = api
        self._domain = domain
        self._turn = asyncio.Lock()

    async def id_of(self, name: str, *, domain: str | None, request_id: str) -> str | NotSent:
        """The id of the beneficiary of this name, and of this domain if it is known by one.

        Nothing is retired yet, whatever goes wrong here.
        """
        asked = Asked(name, domain or domain_of(name, under=self._domain), own=domain is not None)
        known = await self._known(asked, request_id)
        if known is None and (asked.own or self._domain):
            async with self._turn:  # Whoever waited for a turn looks again: the one before may have made it.
                known = await self._known(asked, request_id) or await self._made(asked, request_id)
        if known is None:
            return NotSent(f"{_WHY}the registry knows none of this name, and no domain is set for new ones")
        return known.id if isinstance(known, Organisation) else known

    async def _known(self, asked: Asked, request_id: str) -> Organisation | NotSent | None:
        listed = await self._api.beneficiaries(request_id)
        if isinstance(listed, Trouble):
            return NotSent(f"{_WHY}{listed.why}")
        ours = [one for one in listed.items if one.domain == asked.domain]
        if asked.own and ours and not same_name(ours[0].name, asked.name):
            return NotSent(f"{_WHY}{asked.domain} is {ours[0].name!r} at the registry")
        # Of a name alone nobody can say that it is the one whose domain was given.
        named = ours if asked.own else ours or [one for one in listed.items if same_name(one.name, asked.name)]
        if len(named) > 1:
            return NotSent(f"{_WHY}{len(named)} at the registry have this name")
        if not named and not listed.complete:
            return NotSent(f"{_WHY}the list changed while it was read")
        return named[0] if named else None

    async def _made(self, asked: Asked, request_id: str) -> Organisation | NotSent:
        """Make it. A lost answer is no second one: the next time it is found, or its domain is taken."""
        made = await self._api.make_beneficiary(new_beneficiary(asked.name, asked.domain), request_id)
        if isinstance(made, Trouble):
            return NotSent(f"{_WHY}{made.why}")
        if not same_name(made.name, asked.name):
            return NotSent(f"{_WHY}the registry made {made.name!r}")
        return made
