"""How is Stripe called? stripe-python writes the request; it leaves and comes back by our own outgoing seam, unread.

The library's reading of answers is passed by: it takes any JSON for the object that was asked for, and may raise
anything at the rest. So are its retries (the stored key is sent again by us, or never), its telemetry, and the headers
in which it tells of this machine. Importing this module costs the import of `stripe`, about a second: whoever assembles
the program imports it only when Stripe is configured.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import httpx
import stripe

from integrations.http import NOTHING_LEFT, REQUEST_ID_HEADER, Connections, Timeouts, outgoing_client
from integrations.stripe.answers import Reply, Trouble
from integrations.stripe.shapes import API_VERSION

Call: TypeAlias = Callable[..., Awaitable[object]]
"""A method of stripe-python with its parameters bound: called with `options` alone."""

KEY_LETTERS_MAX: Final = 255
"""docs.stripe.com/api/idempotent_requests."""
_MAX_BODY_BYTES: Final = 8 * 1024 * 1024
"""A page of a hundred PaymentIntents with all that may hang on them is far below one."""
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_]+)+")
"""An id that is empty, or climbs with dots, would ask for something else: `/v1/refunds/` is a list."""
_LEAVING: Final = ("Authorization", "Content-Type", "Idempotency-Key", "Stripe-Version")
"""Of the library's headers. The others name this machine's system, its Python, and the last call's duration."""


class Calling:
    """One account at Stripe, as one key sees it. Close it with `aclose`."""

    def __init__(self, base_url: str, *, secret_key: str, timeouts: Timeouts, request_id: Callable[[], str]) -> None:
        self._client = outgoing_client(
            base_url,
            timeouts=timeouts,
            connections=Connections(most=20, kept=0),  # A dying connection would leave it open what arrived.
            max_body_bytes=_MAX_BODY_BYTES,
            headers={"Accept": "application/json", "User-Agent": "OffsetDesk"},
        )
        self.api = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": base_url.rstrip("/")},
            max_network_retries=0,
            http_client=_Seam(self._client, request_id),
        ).v1

    async def ask(self, call: Call) -> Reply | Trouble:
        """What Stripe says to a question. Raises nothing for what the network or Stripe does; so `send`."""
        return await _answer_of(call(options={}))

    async def send(self, call: Call, *, key: str) -> Reply | Trouble:
        """What Stripe says to a write under a stored key of ours, of 1 to 255 printable ASCII letters."""
        assert 0 < len(key) <= KEY_LETTERS_MAX, "A key that Stripe does not take."
        assert key.isascii(), "A header holds ASCII."
        assert key.isprintable(), "A header is one line."
        return await _answer_of(call(options={"idempotency_key": key}))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class _Answered(Exception):
    """Carries what came back past the library's own reading of it."""

    def __init__(self, said: Reply | Trouble) -> None:
        super().__init__()
        self.said = said


async def _answer_of(call: Awaitable[object]) -> Reply | Trouble:
    try:
        await call
    except _Answered as answered:
        return answered.said
    raise AssertionError("The library took an answer for itself.")


class _Seam(stripe.HTTPClient):
    """The library's way to the network: the place that it provides for a client of one's own."""

    name = "offsetdesk"

    def __init__(self, client: httpx.AsyncClient, request_id: Callable[[], str]) -> None:
        super().__init__()
        self._client = client
        self._request_id = request_id

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        raise _Answered(await self._sent(method, url, headers, post_data))

    async def _sent(self, method: str, url: str, headers: Mapping[str, str], content: Any) -> Reply | Trouble:
        leaving = {name: headers[name] for name in _LEAVING if name in headers}
        try:
            request = self._client.build_request(
                method, url, content=content, headers={**leaving, REQUEST_ID_HEADER: self._request_id()}
            )
        except httpx.InvalidURL:
            return Trouble("an address that cannot be asked", unsent=True)
        if not _PATH.fullmatch(request.url.path):
            return Trouble("an id that is none of Stripe's", unsent=True)
        try:
            reply = await self._client.send(request)
        except NOTHING_LEFT as error:
            return Trouble(type(error).__name__, unsent=True)
        except httpx.HTTPError as error:
            return Trouble(type(error).__name__, unsent=False)
        return Reply(reply.status_code, reply.content)
