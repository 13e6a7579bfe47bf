"""What does an answer bring along when it is asked to, and what does that cost?"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Response

from app import expansions
from app.clients import terms_of
from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.expand import DEPTH_MAX, Expanding
from app.core.ids import public_id, read_public_id
from app.core.kinds import Kind
from app.core.scope import Scope
from tests.contract.peopled import BUYER, PROVIDER
from tests.contract.seen import EVERY
from tests.contract.served import Served
from tests.isolation.document import Operation

EXPANDING = [
    operation for operation in EVERY if any(each["name"] == "expand" for each in operation.parameters("query"))
]


def paths_of(operation: Operation) -> list[str]:
    (told,) = [each for each in operation.parameters("query") if each["name"] == "expand"]
    words: list[str] = told["schema"]["items"]["enum"]
    return words


@pytest.fixture
async def buyer(desk: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=desk.url, headers=desk.headers(BUYER), timeout=30) as client:
        yield client


def found_at(shown: Any, path: str) -> list[Any]:
    """Everything that stands at a path, in every row."""
    here = shown["data"] if "next_cursor" in shown else [shown]
    for step in path.split("."):
        here = [each for row in here if row is not None for each in _listed(row[step])]
    return here


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("operation", EXPANDING, ids=lambda operation: operation.name)
async def test_every_path_that_the_document_names_brings_something_along(desk: Served, operation: Operation) -> None:
    caller = PROVIDER if "provider" in operation.path or "lots" in operation.path else BUYER
    async with httpx.AsyncClient(base_url=desk.url, headers=desk.headers(caller), timeout=30) as client:
        at = operation.path
        if operation.place is not None:
            things = (await client.get(at.rpartition("/")[0])).json()["data"]
            assert things, "Here the caller has something."
            at = operation.url(things[-1]["id"])
        for path in paths_of(operation):
            assert path.count(".") < DEPTH_MAX
            answer = await client.get(at, params={"expand": path})
            assert answer.status_code == 200, answer.text
            assert any(each is not None for each in found_at(answer.json(), path)), (path, answer.text)


async def test_an_order_shows_what_it_bought_and_what_became_of_it(desk: Served, buyer: httpx.AsyncClient) -> None:
    at = desk.pages["retired order"]
    asked = {"expand": ["lines.listing", "retirements.holding", "retirements.certificate"]}
    plain, shown = (await buyer.get(at)).json(), (await buyer.get(at, params=asked)).json()
    line = shown["lines"][0]
    assert line["listing"]["id"] == line["listing_id"]
    assert [each["order_id"] for each in shown["retirements"]] == [plain["id"]]
    assert shown["retirements"][0]["holding"]["id"] == shown["retirements"][0]["holding_id"]
    assert shown["retirements"][0]["certificate"]["retirement_id"] == shown["retirements"][0]["id"]
    for expanded in (line.pop("listing"), shown.pop("retirements")):
        assert expanded
    assert shown == plain, "Nothing else changes."


async def test_an_unknown_path_is_refused_and_the_known_ones_are_named(buyer: httpx.AsyncClient) -> None:
    for path in ("payment", "lines", "lines.listing.provider", "retirements.order", ""):
        answer = await buyer.get("/v1/orders", params={"expand": path})
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_expansion"), path
        assert "retirements.holding" in answer.json()["detail"]
        assert answer.json()["errors"][0]["pointer"] == "?expand"


async def test_the_etag_of_an_expanded_answer_is_of_all_that_it_shows(desk: Served, buyer: httpx.AsyncClient) -> None:
    at, asked = desk.pages["holding"], {"expand": "holding.retirements"}
    plain, expanded = await buyer.get(at), await buyer.get(at, params=asked)
    assert plain.headers["etag"] != expanded.headers["etag"]
    seen = {"If-None-Match": expanded.headers["etag"]}
    assert (await buyer.get(at, params=asked, headers=seen)).status_code == 304
    canceled = await buyer.post(f"{desk.pages['retirement']}/cancel", headers={"Idempotency-Key": "cancel-it"})
    assert canceled.status_code == 200, canceled.text
    assert (await buyer.get(at, params=asked, headers=seen)).status_code == 200


async def test_expanding_never_opens_anothers_thing(desk: Served) -> None:
    """The provider reads the retirements out of its account, whose buyers' orders and holdings are not its own."""
    async with httpx.AsyncClient(base_url=desk.url, headers=desk.headers(PROVIDER), timeout=30) as client:
        assert (await client.get("/v1/provider/retirements")).json()["data"]
        assert (await client.get("/v1/provider/retirements", params={"expand": "order"})).status_code == 400
    kinds = {kind.name: kind for kind in expansions.kinds(terms_of(desk.world.settings))}
    provider = Scope.of_system(read_id(await _own_id(desk, PROVIDER), "org"), "req_1")
    bought = {
        "order": desk.pages["retired order"], "holding": desk.pages["holding"], "retirement": desk.pages["retirement"],
    }  # fmt: skip
    for name, page in bought.items():
        found_id = read_id(page.rpartition("/")[2], kinds[name].prefixes[0])
        assert not await kinds[name].load(desk.world.db, provider, [found_id], utc_now()), name


async def _own_id(desk: Served, caller: str) -> str:
    async with httpx.AsyncClient(base_url=desk.url, headers=desk.headers(caller), timeout=30) as client:
        return str((await client.get("/v1/organisation")).json()["id"])


def read_id(text: str, prefix: str) -> UUID:
    found = read_public_id(prefix, text)
    assert found is not None, text
    return found


async def test_a_page_of_a_hundred_is_loaded_at_once() -> None:
    """One call for each kind, with every id once; what nobody found is null, and what is no id is never asked for."""
    calls: list[tuple[str, int]] = []

    def loading(name: str, **more: str) -> Kind:
        async def load(_db: Database, _scope: Scope, ids: Sequence[UUID], _now: datetime) -> dict[UUID, object]:
            calls.append((name, len(ids)))
            return {each: {"id": public_id("ord", each), **more} for each in ids if each.int % 7}

        return Kind(name, f"{name}_id", ("ord",), load)

    project = public_id("ord", UUID(int=1))
    known = {"order": loading("order", project_id=project), "project": loading("project")}
    rows = [{"order_id": public_id("ord", UUID(int=n % 50))} for n in range(99)] + [{"order_id": "made up"}]
    shown = {"data": rows, "has_more": False, "next_cursor": None}
    expanding = Expanding(Database("postgresql://nobody@127.0.0.1:1/none", role="x"), known, ("order.project", "order"))
    answer = await expanding(Scope.of_system(UUID(int=1), "req_1"), Response(shown))
    assert calls == [("order", 50), ("project", 1)]
    brought = answer.content["data"]
    assert [row["order"] is None for row in brought] == [n % 50 % 7 == 0 for n in range(99)] + [True]
    assert all(row["order"]["project"]["id"] == project for row in brought if row["order"])
