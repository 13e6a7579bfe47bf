"""How do we work Isometric's registry? It retires at once, tells what it did on a public list, and knows no repeats.

Where serials are named, the batches that hold them are asked for by kilograms; where none are, a supplier's oldest
credits. Either way the registry says which serials went, and its word is what is recorded.
"""

import asyncio
from datetime import date
from typing import Any

import msgspec

from integrations.http import Timeouts
from integrations.registries.base import (
    Absent,
    Answer,
    Capabilities,
    Found,
    LookUp,
    LookupFailed,
    NotSent,
    Recorded,
    Rejected,
    RetirementRequest,
    SerialBlock,
    SerialChoice,
    Unknown,
)
from integrations.registries.isometric import asked
from integrations.registries.isometric.answers import (
    Trouble,
    first_word,
    read_made,
    record_of,
)
from integrations.registries.isometric.api import Credentials, IsometricApi
from integrations.registries.isometric.asked import Asker
from integrations.registries.isometric.beneficiaries import Beneficiaries
from integrations.registries.isometric.reading import Statements
from integrations.registries.isometric.search import holder_of
from integrations.registries.isometric.shapes import Batch, BatchStatus, Retirement
from integrations.registries.lines import Reading


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One organisation's account there, as an operator sets it up.

    `simulated`: it is of Isometric's sandbox, where nothing real is retired.
    `beneficiary_domain` is a domain of ours under which new beneficiaries get theirs; empty: only those that the
    registry knows already can be retired for.
    """

    credentials: Credentials
    organisation_id: str
    supplier_id: str
    beneficiary_domain: str
    simulated: bool


class IsometricRegistry:
    """The adapter of one account. `settles_within_s` is the operator's guess: none is published. Close it."""

    def __init__(self, base_url: str, *, account: Account, timeouts: Timeouts, settles_within_s: int) -> None:
        self._settles_within_s = settles_within_s
        self._prepared_within_s = timeouts.total_s
        self._simulated = account.simulated
        self._organisation_id = account.organisation_id
        self._asker = Asker(organisation_id=account.organisation_id, supplier_id=account.supplier_id)
        self._api = IsometricApi(base_url, credentials=account.credentials, timeouts=timeouts)
        self._beneficiaries = Beneficiaries(self._api, domain=account.beneficiary_domain)
        self._statements = Statements(self._api)

    @property
    def capabilities(self) -> Capabilities:
        """Kilograms are retired, not repeatably; the registry picks, since a part of a batch is any part of it."""
        return Capabilities(
            repeatable=False,
            finds_by_reference=True,
            finds_by_serial=True,
            settles_within_s=self._settles_within_s,
            serials_chosen_by=SerialChoice.REGISTRY,
            fractions=True,
            simulated=self._simulated,
            worked_by_people=False,
        )

    async def retire(self, request: RetirementRequest, *, request_id: str) -> Answer:
        """Ask once, after finding what to ask for. Until that one request nothing is retired."""
        wrong = asked.refused(request)
        if wrong is not None:
            return wrong
        try:
            # A third of a job's lease at most, and so is each of the two calls that follow.
            async with asyncio.timeout(self._prepared_within_s):
                body = await self._body_of(request, request_id)
        except TimeoutError:
            return NotSent(f"what to ask for was not known after {self._prepared_within_s} s")
        return await self._retire(request, body, request_id) if isinstance(body, dict) else body

    async def find(self, reference: str, *, request_id: str) -> LookUp:
        """Look a retirement up by our reference at the beginning of its notes, over all that we ever retired.

        Notes are public, and anybody can write our reference into theirs: only what we owned counts.
        """
        listed = await self._api.retirements(self._organisation_id, request_id)
        if isinstance(listed, Trouble):
            return LookupFailed(listed.why)
        own_id = self._organisation_id
        ours = [one for one in listed.items if one.owner.id == own_id and first_word(one.notes) == reference]
        if len(ours) > 1:
            return LookupFailed(f"{len(ours)} records match: {', '.join(one.id for one in ours)}")
        return await self._found(ours[0].id, request_id) if ours else Absent(complete=listed.complete)

    async def find_by_serial(self, block: SerialBlock, *, request_id: str) -> LookUp:
        """Look up the retirement that holds any serial of this block, through all splits of its batch.

        Absence is proven by seeing every one of the serials in an active batch of ours, not by not seeing them retired.
        """
        holder = await holder_of(self._api, self._organisation_id, block, request_id=request_id)
        return await self._found(holder, request_id) if isinstance(holder, str) else holder

    async def holdings(self, account_no: str, *, cursor: str | None, request_id: str) -> Reading:
        """The active batches of an organisation (`account_no` is its id), in kilograms."""
        return await self._statements.holdings(account_no, cursor=cursor, request_id=request_id)

    async def statement(self, account_no: str, *, since: date | None, cursor: str | None, request_id: str) -> Reading:
        """What an organisation (`account_no` is its id) retired, batch by batch, by days in UTC."""
        return await self._statements.retired(account_no, since=since, cursor=cursor, request_id=request_id)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._api.aclose()

    async def _body_of(self, request: RetirementRequest, request_id: str) -> dict[str, Any] | Rejected | NotSent:
        """What to ask for. Nothing is retired until it is."""
        parts = await self._parts(request.blocks, request_id)
        if isinstance(parts, Rejected | NotSent):
            return parts
        beneficiary_id = await self._beneficiaries.id_of(
            request.beneficiary_name, domain=request.beneficiary_domain, request_id=request_id
        )
        if isinstance(beneficiary_id, NotSent):
            return beneficiary_id
        if request.blocks:
            return asked.by_batch(request, beneficiary_id, parts, asker=self._asker)
        return asked.oldest_first(request, beneficiary_id, asker=self._asker)

    async def _parts(
        self, blocks: tuple[SerialBlock, ...], request_id: str
    ) -> list[tuple[Batch, int]] | Rejected | NotSent:
        """The batches that hold the serials; none are looked for where none are named."""
        if not blocks:
            return []
        batches = await self._api.batches(self._organisation_id, request_id)
        if isinstance(batches, Trouble):
            return NotSent(f"the batches could not be read: {batches.why}")
        own_id = self._organisation_id
        return asked.parts_of(
            blocks, [one for one in batches.items if one.owner.id == own_id or one.status is BatchStatus.RETIRED]
        )

    async def _retire(self, request: RetirementRequest, body: dict[str, Any], request_id: str) -> Answer:
        post = self._api.retire_batches if request.blocks else self._api.retire_oldest
        reply = await post(body, request_id)
        if isinstance(reply, Trouble):
            return NotSent(reply.why) if reply.unsent else Unknown(reply.why, reply.status)
        made = read_made(reply.status, reply.body)
        if not isinstance(made, Retirement):
            return made
        if first_word(made.notes) != request.reference:
            return Unknown("the answer speaks of another reference", reply.status)
        recorded = await self._recorded(made, reply.body, request_id)
        return Unknown(f"retired, but {recorded.why}", reply.status) if isinstance(recorded, Trouble) else recorded

    async def _found(self, retirement_id: str, request_id: str) -> Found | LookupFailed:
        told = await self._api.retirement(retirement_id, request_id)
        if isinstance(told, Trouble):
            return LookupFailed(told.why)
        retirement, said = told
        recorded = await self._recorded(retirement, said, request_id)
        if isinstance(recorded, Trouble):
            return LookupFailed(recorded.why)
        return Found(recorded, first_word(retirement.notes))

    async def _recorded(self, retirement: Retirement, said: bytes, request_id: str) -> Recorded | Trouble:
        """The record with its serials, which only its batches tell; the evidence is the bytes of both answers."""
        if retirement.owner.id != self._organisation_id:
            return Trouble(f"{retirement.id} is of what {retirement.owner.id} owned, not we", 200)
        taken = await self._api.batches_of(retirement.id, request_id)
        if isinstance(taken, Trouble):
            return taken
        batches, also_said = taken
        return record_of(retirement, batches, b'{"retirement":' + said + b',"batches":' + also_said + b"}")
