"""A server that says whatever it is told, to every request: what comes from a network is not what was promised."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

ID = "org_0000000000000001"
QUANTITY = {"credits": 0.01, "credit_kgs": 10}
ORGANISATION = {"id": ID, "name": "株式会社鷗商事", "domain": "b.example"}
RETIREMENT = {
    "id": "ret_0000000000000001",
    "retired_at": "2026-11-24T15:30:00.520641Z",
    "purposes": ["other"],
    "beneficiary": ORGANISATION,
    "owner": ORGANISATION,
    "credit_batch_size_total": QUANTITY,
    "url": "https://registry.example/ret",
    "notes": "ret-1 thanks",
}
BATCH = {
    "id": "ctb_0000000000000001",
    "serial_number": "ISO-1-B-GBR-F5X7-2024-1-10",
    "status": "active",
    "size": QUANTITY,
    "issued_at": "2026-11-24T15:30:00Z",
    "retired_at": None,
    "delivered_at": None,
    "sequestered_on": "2024-05-01",
    "country_of_issue": "GBR",
    "supplier_id": "spl_0000000000000001",
    "parent_id": None,
    "left_child_id": None,
    "right_child_id": None,
    "issuance_id": "iss_0000000000000001",
    "delivery_id": None,
    "beneficiary": ORGANISATION,
    "retirement_id": None,
    "removal_id": "rmv_0000000000000001",
    "owner": ORGANISATION,
    "project_id": "prj_0000000000000001",
    "carbon_removal_data": None,
    "ccp_approved": False,
}
GOLD = {
    "id": 5000,
    "number_of_credits": 10,
    "serial_number": "GS1-1-KE-GS11001-16-2024-30307-1-10",
    "status": "ISSUED",
    "vintage": "2024",
    "note": None,
    "retirement_use_case": None,
    "batch_number": 30307,
    "project": {"id": 100, "sustaincert_id": 11001},
}
PROJECT = {"id": 100, "sustaincert_id": 11001, "name": "Efficient cooking"}


def listed(*nodes: object, more: bool = False) -> dict[str, object]:
    """One page of Isometric's lists."""
    ends = {"has_previous_page": False, "start_cursor": "a", "has_next_page": more, "end_cursor": "b"}
    return {"nodes": nodes, "total_count": len(nodes), "page_info": ends}


HONEST = [
    RETIREMENT, BATCH, ORGANISATION, listed(RETIREMENT), listed(BATCH), listed(ORGANISATION), listed(BATCH, more=True),
    listed(), [GOLD], [PROJECT], [],
]  # fmt: skip
"""Answers that the one or the other would give: with a piece of them changed they are nearly right."""


@dataclass
class Said:
    """What the server says to the next requests."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    honest: dict[bytes, bytes] = field(default_factory=dict)
    """What is answered with 200 to requests that begin so (`GET /path`), whatever else is said."""
    url: str = ""


@asynccontextmanager
async def babbling() -> AsyncIterator[Said]:
    """Serve until the block ends."""
    said = Said()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await reader.readuntil(b"\r\n\r\n")
            honest = next((body for begins, body in said.honest.items() if asked.startswith(begins)), None)
            status, body = (said.status, said.body) if honest is None else (200, honest)
            head = [f"HTTP/1.1 {status} So", "Connection: close", f"Content-Length: {len(body)}"]
            head += [f"{name}: {value}" for name, value in said.headers]
            writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server:
        said.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield said


def encoded(value: object) -> bytes:
    return msgspec.json.encode(value)
