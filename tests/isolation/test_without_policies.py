"""Would the routes keep organisations apart if the database did not? Row-level security is the second wall, not the only."""

import pytest

from tests.isolation.document import NAMED, Operation, operations
from tests.isolation.probe import Prober
from tests.isolation.rows import OWNED, mentions
from tests.isolation.scene import Stage
from tests.isolation.test_operations import BY_PROGRAMS

WITH_A_PLACE = [
    each
    for each in operations()
    if each.place in NAMED and not each.operators and not each.public and each.name not in BY_PROGRAMS
]
BY_PAGES = "/v1/storefront"
"""What a storefront's page asks of itself, and no organisation does."""
COMPARED = "/v1/listings/compare"
"""It is asked with the ids of public listings, which are everybody's."""
OWN_LISTS = [
    each
    for each in operations()
    if each.method == "GET" and not each.place and not each.operators and each.path not in (BY_PAGES, COMPARED)
]
ACCOUNT = "registry_account_id"


@pytest.fixture(scope="module")
async def unguarded(stage: Stage) -> Stage:
    """The application over a copy whose tables have no policies in force."""
    for table in OWNED:
        await stage.owner.execute(f'alter table "{table}" no force row level security')
        await stage.owner.execute(f'alter table "{table}" disable row level security')
    return stage


@pytest.mark.parametrize("operation", WITH_A_PLACE, ids=lambda operation: operation.name)
async def test_anothers_id_is_not_found_even_without_policies(operation: Operation, unguarded: Stage) -> None:
    before = await mentions(unguarded.owner, unguarded.scene.org_ids)
    entitled = []
    for caller in ("provider_b", "buyer_b"):
        prober = Prober(unguarded, operation, caller)
        statuses = [await _first_way(prober, given) for given, _ in prober.foreign(NAMED[operation.place or ""])]
        assert set(statuses) <= {403, 404, 415}, (caller, statuses)
        entitled.append(set(statuses) != {403})
    assert any(entitled)
    after = await mentions(unguarded.owner, unguarded.scene.org_ids)
    assert not before - after
    assert {row.partition(" ")[0] for row in after - before} <= {"idempotency"}


async def _first_way(prober: Prober, given: str) -> int:
    query = next(prober.operation.queries(lambda _: given))
    return await prober.ask(given, query, next(prober.operation.bodies(lambda _: given)))


WITHOUT_ONE = {
    ("/v1/credit-line", "provider_b"),
    ("/v1/payouts/stripe-account", "buyer_b"),
}
"""Who has nothing of this kind: another's must not be shown instead."""


@pytest.mark.parametrize("operation", OWN_LISTS, ids=lambda operation: operation.name)
async def test_own_lists_stay_own_even_without_policies(operation: Operation, unguarded: Stage) -> None:
    for caller in ("provider_b", "buyer_b"):
        prober = Prober(unguarded, operation, caller)
        wanted, others = 404 if (operation.path, caller) in WITHOUT_ONE else 200, [""]
        if any(each["name"] == ACCOUNT and each.get("required") for each in operation.parameters("query")):
            wanted = 404  # Each account of anybody else's, as if it were one's own.
            others = [given for given, _ in prober.foreign("acc")]
        assert others
        for other in others:
            for query in operation.queries(lambda _, id_=other: id_):
                assert await prober.ask("", query, None) == wanted
