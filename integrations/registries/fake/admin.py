"""How do tests and the demo set the fake registry's scene, and read its book?

Each thing that can be asked is a `Call`, a plain value; `Admin` carries it out, and `AsyncAdmin` does so without blocking.
"""

from typing import Generic, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from integrations.http import Connections, Timeouts, outgoing_client
from integrations.registries.fake.messages import BookView, Chance, Correction, Fault, IssuedBlock

_Answer = TypeVar("_Answer")

_ANSWER_S = 30  # A book of a long run is large, and a busy machine is slow.
_MAX_BOOK_BYTES = 1024 * 1024 * 1024


class Done(msgspec.Struct, frozen=True):
    """It was done; there is nothing more to say."""


class Call(msgspec.Struct, Generic[_Answer], frozen=True):
    """One request to the admin's routes, and the shape of its answer."""

    method: str
    path: str
    body: msgspec.Struct | None
    answer: type[_Answer]


def issue(block: IssuedBlock) -> Call[Done]:
    """Register serials that exist; refused when some exist already."""
    return Call("POST", "/admin/blocks", block, Done)


def close_account(account: str) -> Call[Done]:
    """Close an account."""
    return Call("POST", f"/admin/accounts/{quote(account, safe='')}/close", None, Done)


def correct(correction: Correction) -> Call[Done]:
    """Change a record, or take it back; refused when there is none."""
    return Call("POST", "/admin/corrections", correction, Done)


def state_fault(fault: Fault) -> Call[Done]:
    """Let the next requests go wrong."""
    return Call("POST", "/admin/faults", fault, Done)


def leave_to(chance: Chance) -> Call[Done]:
    """Let requests go wrong by lot."""
    return Call("POST", "/admin/faults/chance", chance, Done)


def clear_faults() -> Call[Done]:
    """Let nothing go wrong any more."""
    return Call("POST", "/admin/faults/clear", None, Done)


def show_book() -> Call[BookView]:
    """Show the whole book: lines, retirements, and how often each reference was asked for."""
    return Call("GET", "/admin/book", None, BookView)


def check_health() -> Call[Done]:
    """Answer if the server is up, also while it plays dead."""
    return Call("GET", "/admin/health", None, Done)


class Admin:
    """Carries calls out, blocking. Raises httpx's errors, also for a refusal."""

    def __init__(self, base_url: str, *, secret: str) -> None:
        self._client = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=_ANSWER_S,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),  # The server may be killed between two calls.
        )

    def ask(self, call: Call[_Answer]) -> _Answer:
        """Carry one call out."""
        return _read(self._client.request(call.method, call.path, content=_content(call), headers=_JSON), call)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class AsyncAdmin:
    """Carries calls out on the running loop. Raises httpx's errors, also for a refusal."""

    def __init__(self, base_url: str, *, secret: str) -> None:
        self._client = outgoing_client(
            base_url,
            timeouts=Timeouts(
                connect_s=_ANSWER_S, read_s=_ANSWER_S, write_s=_ANSWER_S, pool_s=_ANSWER_S, total_s=_ANSWER_S
            ),
            connections=Connections(most=4, kept=0),
            max_body_bytes=_MAX_BOOK_BYTES,
            headers={"Authorization": f"Bearer {secret}"},
        )

    async def ask(self, call: Call[_Answer]) -> _Answer:
        """Carry one call out."""
        return _read(await self._client.request(call.method, call.path, content=_content(call), headers=_JSON), call)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


_JSON = {"Content-Type": "application/json"}


def _content(call: Call[_Answer]) -> bytes | None:
    return None if call.body is None else msgspec.json.encode(call.body)


def _read(reply: httpx.Response, call: Call[_Answer]) -> _Answer:
    reply.raise_for_status()
    return msgspec.json.decode(reply.content, type=call.answer)
