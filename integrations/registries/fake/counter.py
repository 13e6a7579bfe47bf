"""What happens between a request that arrives and the reply that leaves, with a fault in between or without?"""

import asyncio
from datetime import datetime, timedelta

import msgspec
from litestar import Response
from litestar.enums import MediaType

from integrations.registries.fake import wire
from integrations.registries.fake.faults import Faults, Stage
from integrations.registries.fake.magic import faults_asked_for
from integrations.registries.fake.messages import Correction, Fault, FaultName, Lines, Order, Page, Refusal, Retirement
from integrations.registries.fake.office import Office, Wanted, halved
from integrations.registries.fake.wire import AnyRequest


class Counter:
    """The counter before the office: here things get lost."""

    def __init__(self, office: Office, faults: Faults, *, page_size: int) -> None:
        self.page_size = page_size
        self._office = office
        self._faults = faults

    async def retire(self, request: AnyRequest, order: Order, *, now: datetime) -> Response[bytes]:
        """Take one request, count it, act on it or not, and answer or not.

        A magic word in its text states its faults when the request comes for the first time.
        """
        if self._office.note_post(order.reference, now=now) == 1:
            for stated in faults_asked_for(order):
                self._faults.state(stated)
        fault = self._faults.next(Stage.RETIRE, order.reference)
        if fault is None:
            return self._answered(order, timedelta(), now)
        match fault.name:
            case FaultName.DOWN | FaultName.BAD_GATEWAY_HTML | FaultName.REFUSES | FaultName.DROPS_BEFORE_ACTING:
                return await _without_acting(request, fault)
            case FaultName.DUPLICATE_DELIVERY:
                return await self._delivered_twice(order, now)
            case FaultName.PROCESSING | FaultName.LATE_CONFIRMATION | FaultName.PARTIAL:
                return self._otherwise(order, fault, now)
            case FaultName.CORRECTS_LATER | FaultName.REVERSES_LATER:
                return self._answered_for_now(order, fault, now)
            case _:
                hides = fault.name is FaultName.NOT_FOUND_THEN_FOUND
                return await _spoilt(
                    request, self._answered(order, _delay(fault) if hides else timedelta(), now), fault
                )

    def look_up(self, wanted: Wanted, *, after: int, now: datetime) -> Response[bytes]:
        """Answer one page of a look-up."""
        return self.read(self._office.page(wanted, after=after, size=self.page_size, now=now), wanted.reference)

    def read(self, page: Page | Lines, reference: str | None = None) -> Response[bytes]:
        """Answer one page of whatever is read, unless something goes wrong with it."""
        fault = self._faults.next(Stage.LOOK_UP, reference)
        match fault and fault.name:
            case FaultName.DOWN:
                return _down()
            case FaultName.LOOK_UP_HTML:
                return wire.html()
            case FaultName.LOOK_UP_CUT_JSON:
                return wire.cut(json_reply(200, page))
            case FaultName.LOOK_UP_INCOMPLETE:
                return json_reply(200, msgspec.structs.replace(page, complete=False))
            case _:
                return json_reply(200, page)

    def rehearse(self, order: Order, *, now: datetime) -> Response[bytes]:
        """Say what would become of an order."""
        refusal = self._office.rehearse(order, now=now)
        return json_reply(200, {"status": "would_be_recorded"}) if refusal is None else _reply(refusal)

    def _answered(self, order: Order, hidden_for: timedelta, now: datetime) -> Response[bytes]:
        cut_off = self._office.pace.cut_off
        if cut_off is not None:
            return self._promised(order, cut_off.after(now) - now, now)
        return _reply(self._office.retire(order, now=now, visible_at=now + hidden_for))

    def _otherwise(self, order: Order, fault: Fault, now: datetime) -> Response[bytes]:
        """Do it later, say nothing of it yet, or do half of it."""
        match fault.name:
            case FaultName.PROCESSING:
                return self._promised(order, _delay(fault), now)
            case FaultName.LATE_CONFIRMATION:
                honest = self._answered(order, _delay(fault), now)
                return json_reply(200, {"status": "accepted"}) if honest.status_code == 201 else honest
            case _:
                return self._answered(halved(order), timedelta(), now)

    def _answered_for_now(self, order: Order, fault: Fault, now: datetime) -> Response[bytes]:
        """Record it, and change one's mind later."""
        outcome = self._office.retire(order, now=now, visible_at=now)
        if isinstance(outcome, Retirement):
            reversing = fault.name is FaultName.REVERSES_LATER
            name = None if reversing else f"{outcome.beneficiary_name} (corrected)"
            correction = Correction(outcome.transaction_no, name, reversed=reversing, after_ms=fault.delay_ms)
            self._office.correct(correction, now=now)
        return _reply(outcome)

    def _promised(self, order: Order, delay: timedelta, now: datetime) -> Response[bytes]:
        refusal = self._office.promise(order, now=now, due_at=now + delay)
        return _reply(refusal)

    async def _delivered_twice(self, order: Order, now: datetime) -> Response[bytes]:
        """Let two deliveries race; the office's guard lets one through, and its answer is the one that is given."""
        replies = await asyncio.gather(self._delivered(order, now), self._delivered(order, now))
        return min(replies, key=lambda reply: reply.status_code or 0)

    async def _delivered(self, order: Order, now: datetime) -> Response[bytes]:
        await asyncio.sleep(0)  # Both are on their way before either arrives.
        return self._answered(order, timedelta(), now)


def _delay(fault: Fault) -> timedelta:
    return timedelta(milliseconds=fault.delay_ms)


def json_reply(status: int, body: msgspec.Struct | dict[str, str | bool]) -> Response[bytes]:
    """Make a reply of JSON."""
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


def _reply(outcome: Retirement | Refusal | None) -> Response[bytes]:
    if outcome is None:
        return json_reply(200, {"status": "processing"})
    if isinstance(outcome, Refusal):
        return Response(msgspec.json.encode({"refusal": outcome}), status_code=422, media_type=MediaType.JSON)
    recorded = {"status": "recorded", "retirement": outcome}
    return Response(msgspec.json.encode(recorded), status_code=201, media_type=MediaType.JSON)


async def _without_acting(request: AnyRequest, fault: Fault) -> Response[bytes]:
    match fault.name:
        case FaultName.DROPS_BEFORE_ACTING:
            return await wire.reset(request)
        case FaultName.BAD_GATEWAY_HTML:
            return wire.html()
        case FaultName.REFUSES:
            assert fault.code is not None
            return _reply(Refusal(fault.code, "Refused because the scene asks for it."))
        case _:
            return _down()


async def _spoilt(request: AnyRequest, honest: Response[bytes], fault: Fault) -> Response[bytes]:
    match fault.name:
        case FaultName.ACTS_THEN_TIMES_OUT:
            await wire.wait_in_silence(request, fault.delay_ms)
            return await wire.reset(request)
        case FaultName.SLOW_SUCCESS:
            await wire.wait_in_silence(request, fault.delay_ms)
            return honest
        case FaultName.ACTS_THEN_DROPS:
            return await wire.reset(request)
        case FaultName.CUT_JSON:
            return wire.cut(honest)
        case _:
            return wire.html()


def _down() -> Response[bytes]:
    return json_reply(503, {"error": "down for maintenance"})
