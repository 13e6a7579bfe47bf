"""Does a storefront see its own buyers only, whatever it says it is, and from wherever its page asks?"""

import pytest

from app.core.ids import public_id
from tests.isolation.acts_storefronts import PAGES
from tests.isolation.document import NAMED, Operation, headers, operations
from tests.isolation.probe import THROUGH, Prober
from tests.isolation.scene import Stage
from tests.isolation.story import told
from tests.isolation.words import DESK

SECURED = [each for each in operations() if not each.public]
OWN = {"person_a", "acted_a"}
"""Whom the first storefront opened."""


def _ids(operation: Operation, stage: Stage) -> str:
    """Some id of the kind that the path asks for."""
    if operation.place is None:
        return ""
    prefix = NAMED.get(operation.place, "lst")
    rows = stage.scene.book.by_prefix[prefix]
    return public_id(prefix, rows[0][0])


@pytest.mark.parametrize("operation", SECURED, ids=lambda operation: operation.name)
async def test_a_storefronts_key_acts_for_nobody_else(operation: Operation, stage: Stage) -> None:
    key = stage.parties["acted_a"].key
    strangers = {label: of.id for label, of in stage.parties.items() if label not in OWN and label not in PAGES}
    assert {"person_b", "acted_b", "buyer_a", "provider_a", DESK} <= set(strangers)
    body = next(operation.bodies(lambda _: "x"), None)
    for label, stranger in strangers.items():
        client = stage.world.client(key, **{"Offset-Desk-Organisation": stranger})
        answer = await client.request(
            operation.method, operation.url(_ids(operation, stage)), params=next(operation.queries(lambda _: "x")),
            content=body.content if body else None,
            headers=headers() | ({"Content-Type": body.media_type} if body else {}),
        )  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (404, "buyer_not_found"), label


@pytest.mark.parametrize("operation", SECURED, ids=lambda operation: operation.name)
async def test_a_page_of_another_origin_is_refused_whatever_it_asks(operation: Operation, stage: Stage) -> None:
    body = next(operation.bodies(lambda _: "x"), None)
    others = stage.scene.members["page_b"].headers["Origin"]
    for caller in ("page_a", "person_a"):
        for origin in (others, "https://evil.example", "null"):
            client = stage.world.client(stage.parties[caller].key, Origin=origin)
            answer = await client.request(
                operation.method, operation.url(_ids(operation, stage)), params=next(operation.queries(lambda _: "x")),
                content=body.content if body else None,
                headers=headers() | ({"Content-Type": body.media_type} if body else {}),
            )  # fmt: skip
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed"), caller
            assert ("access-control-allow-origin" in answer.headers) == (origin == others), "The other's page may read."


async def test_each_storefront_lists_its_two_buyers_and_their_orders_alone(stage: Stage) -> None:
    for suffix in ("a", "b"):
        owner, page = stage.parties[f"provider_{suffix}"], stage.parties[f"page_{suffix}"]
        buyers = (await owner.get(f"/v1/storefronts/{page.id}/buyers")).json()["data"]
        assert {each["id"] for each in buyers} == {stage.parties[f"{who}_{suffix}"].id for who in ("person", "acted")}
        orders = (await owner.get(f"/v1/storefronts/{page.id}/orders")).json()["data"]
        theirs = await stage.owner.fetch(
            "select id from orders where org_id = any ($1)",
            [stage.parties[f"{who}_{suffix}"].org_id for who in ("person", "acted")],
        )
        assert {each["id"] for each in orders} == {public_id("ord", row["id"]) for row in theirs}
        assert len(orders) == 4
        text = "".join(told(await owner.get(f"/v1/storefronts/{page.id}/{what}")) for what in ("buyers", "orders"))
        for who in ("person", "acted"):
            for what in ("email", "ownername", "unpaidbeneficiary", "unpaiddetail"):
                assert f"zq{who}{suffix}{what}zq" not in text


@pytest.mark.parametrize("caller", THROUGH)
async def test_what_comes_through_a_storefront_is_found_by_the_look_through(caller: str, stage: Stage) -> None:
    prober = Prober(stage, operations()[0], caller)
    other = await stage.parties["person_b"].get("/v1/orders")
    with pytest.raises(AssertionError, match="told to"):
        prober.look_through(other)
