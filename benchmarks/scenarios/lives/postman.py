"""How do Stripe's webhooks come? In any order, some twice, some never: what is lost is for the hourly sweep to find."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import httpx

from integrations.stripe.fake.admin import deliver
from integrations.stripe.fake.messages import Delivery
from tests.money.till import Till

_PAGE: Final = 100
_CARRIED, _LOST, _TWICE = 0.7, 0.1, 0.15
"""Of the events that wait: which share is carried at a turn, and of those which is lost, and which comes again."""
_BAGS, _AT_ONCE = 2, 100


@dataclass
class Postman:
    """Carries events between the fake Stripe, which holds them back, and the desk."""

    till: Till
    line: httpx.AsyncClient
    """To Stripe, with the desk's key."""
    lots: random.Random
    waiting: list[str] = field(default_factory=list)
    lost: int = 0
    twice: int = 0
    _known: set[str] = field(default_factory=set)

    async def walk(self, *, every: bool = False) -> None:
        """Carry a part of what waits in a random order, or all of it."""
        await self._collect()
        self.lots.shuffle(self.waiting)
        carried = len(self.waiting) if every else round(len(self.waiting) * _CARRIED)
        bag, self.waiting = self.waiting[:carried], self.waiting[carried:]
        kept = [event for event in bag if every or self.lots.random() >= _LOST]
        again = [event for event in kept if self.lots.random() < _TWICE]
        self.lost += len(bag) - len(kept)
        self.twice += len(again)
        told = [*kept, *again]
        self.lots.shuffle(told)
        await asyncio.gather(*(self._carry(told[place::_BAGS]) for place in range(_BAGS)))

    async def _carry(self, bag: Sequence[str]) -> None:
        """One after the other; a call of the stage ends in time however many lives there are."""
        left = iter(bag)
        while part := tuple(islice(left, _AT_ONCE)):
            await self.till.admin.ask(deliver(Delivery(part)))

    async def _collect(self) -> None:
        """The newest events back to the first that is known."""
        after: dict[str, str] = {}
        while True:
            answer = await self.line.get("/v1/events", params={"limit": _PAGE, **after})
            answer.raise_for_status()
            page = [str(event["id"]) for event in answer.json()["data"]]
            new = [event for event in page if event not in self._known]
            self._known.update(new)
            self.waiting += new
            if len(new) < _PAGE:
                return
            after = {"starting_after": page[-1]}
