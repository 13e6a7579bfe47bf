"""Which ids may a caller know? All that stand in the lists that it reads."""

import re
from collections.abc import Iterable

import httpx

from tests.isolation.document import NAMED, operations

EVERY = operations()
"""All operations of the document. Read here, at import: reading it needs an event loop of its own."""

_ID = re.compile(r"\b([a-z]{3})_[0-9a-z]{26}\b")


async def ids_seen(client: httpx.AsyncClient, told: Iterable[str], *, limit: int = 20) -> dict[str, list[str]]:
    """By prefix, at most `limit` of each kind. `told` are addresses that stand in no list."""
    found: dict[str, dict[str, None]] = {}
    for match in _ID.finditer(" ".join(told)):
        found.setdefault(match[1], {})[match[0]] = None
    for operation in EVERY:
        asks = [each for each in operation.parameters("query") if each.get("required")]
        if operation.method == "GET" and operation.place is None and not asks:
            answer = await client.get(operation.path)
            for match in _ID.finditer(answer.text if answer.status_code == 200 else ""):
                found.setdefault(match[1], {})[match[0]] = None
    known = set(NAMED.values())
    return {prefix: list(ids)[:limit] for prefix, ids in found.items() if prefix in known}
