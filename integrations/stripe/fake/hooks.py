"""How do events reach whoever listens: signed, again and again until they are accepted, or as the stage wants it?"""

import asyncio
from typing import Any, Final

import httpx
import msgspec

from integrations.stripe.fake.messages import Delivered, Delivery, Endpoint, Tampering
from integrations.stripe.fake.office import TIME, Office, is_told
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown import show
from integrations.stripe.fake.signature import signature_header

RETRIES_S: Final = (1, 2, 5, 15, 60, 300, 3600, 6 * 3600, 24 * 3600)
"""How long after each failed attempt the next follows. Ours: Stripe documents only that it tries for up to three days."""
_TICK_S: Final = 0.05
_ANSWER_S: Final = 10
_STRANGER: Final = "acct_somebodyElse00000001"
_AN_HOUR_S: Final = 3600


class Hooks:
    """The postman. One delivery at a time, in the order of the events, unless the stage wants it otherwise."""

    def __init__(self, office: Office) -> None:
        self.held = False
        """While it is held, nothing is delivered but what the stage sends off."""
        self._office = office
        self._client = httpx.AsyncClient(timeout=_ANSWER_S, trust_env=False, follow_redirects=False)

    async def run(self) -> None:
        """Deliver what waits, and let fall due what is due, until cancelled."""
        while True:
            self._office.catch_up()
            sent = False if self.held else await self._deliver_waiting()
            await asyncio.sleep(0 if sent else _TICK_S)

    async def deliver(self, wanted: Delivery) -> Delivered:
        """Deliver these events now, where such are told; raises `KeyError` for one that is not there.

        Only honest deliveries are noted.
        """
        statuses: list[int | None] = []
        for event_id in wanted.event_ids:
            event = self._office.shelf.find(event_id)
            if event is None or event["object"] != "event":
                raise KeyError(event_id)
            for name, endpoint in self._office.endpoints.items():
                if is_told(endpoint, event):
                    statuses += [await self._sent(event_id, name, wanted.tampering) for _ in range(wanted.times)]
        return Delivered(tuple(statuses))

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def _deliver_waiting(self) -> bool:
        """One event to whoever it waits for; whether there was one."""
        event = self._office.shelf.next_mail(self._office.now())
        if event is None:
            return False
        for name, each in event["_deliveries"].items():
            if not each["settled"] and each["next_at"] <= self._office.now():
                await self._sent(event["id"], name, Tampering.NOTHING)
        return True

    async def _sent(self, event_id: str, endpoint_id: str, tampering: Tampering) -> int | None:
        event = self._office.shelf.find(event_id)
        assert event is not None, event_id
        status = await self._posted(event, self._office.endpoints[endpoint_id], tampering)
        if tampering is Tampering.NOTHING:
            self._note(event_id, endpoint_id, status)
        return status

    async def _posted(self, event: Thing, endpoint: Endpoint, tampering: Tampering) -> int | None:
        shown = show(event, self._office.look(TIME))
        payload = msgspec.json.format(msgspec.json.encode(_tampered(shown, tampering)), indent=2)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0"}
        signature = _signature(payload, endpoint, tampering, self._office.received_at())
        if signature is not None:
            headers["Stripe-Signature"] = signature
        try:
            return (await self._client.post(endpoint.url, content=payload, headers=headers)).status_code
        except httpx.HTTPError:
            return None

    def _note(self, event_id: str, endpoint_id: str, status: int | None) -> None:
        event = self._office.shelf.find(event_id)
        assert event is not None, event_id
        attempts = event["_deliveries"].get(endpoint_id, {"attempts": 0})["attempts"]
        delivered = status is not None and 200 <= status < 300
        last = attempts >= len(RETRIES_S)
        wait_s = 0 if delivered or last else RETRIES_S[attempts]
        self._office.note_delivery(
            event_id, endpoint_id, status=status, settled=delivered or last, next_at=self._office.now() + wait_s
        )


def _tampered(shown: dict[str, Any], tampering: Tampering) -> dict[str, Any]:
    match tampering:
        case Tampering.OTHER_ACCOUNT:
            return shown | {"account": _STRANGER}
        case Tampering.LIVEMODE:
            return shown | {"livemode": True}
        case Tampering.CHANGED_AMOUNT:
            about = shown["data"]["object"]
            return shown | {"data": shown["data"] | {"object": about | {"amount": about.get("amount", 0) + 1}}}
        case _:
            return shown


def _signature(payload: bytes, endpoint: Endpoint, tampering: Tampering, now: int) -> str | None:
    match tampering:
        case Tampering.UNSIGNED:
            return None
        case Tampering.BAD_SIGNATURE:
            return signature_header(payload + b" ", endpoint.secrets, at=now)
        case Tampering.OTHER_SECRET:
            return signature_header(payload, ("whsec_somebodyElses",), at=now)
        case Tampering.OLD_TIMESTAMP:
            return signature_header(payload, endpoint.secrets, at=now - _AN_HOUR_S)
        case _:
            return signature_header(payload, endpoint.secrets, at=now)
