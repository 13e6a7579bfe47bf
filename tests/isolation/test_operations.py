"""Does any operation of the document tell an organisation something of another's, or let it touch it?"""

import itertools
from collections import Counter
from uuid import UUID

import pytest

from tests.isolation.document import NAMED, Operation, operations
from tests.isolation.probe import CALLERS, NOBODY, Prober
from tests.isolation.rows import mentions
from tests.isolation.scene import Scene, Stage, log_kept

THOROUGH = ("provider_b", "buyer_b")
"""Who tries the ids of rows of all other kinds, too."""
TRIED_MAX = 5
"""Of each owner's rows of a kind: what keeps one of them from others keeps all."""
EVERYBODYS = {
    "GET /v1/listings/{listing_id}",
    "GET /v1/listings/{listing_id}/prices",
    "GET /v1/listings/{listing_id}/terms",
    "GET /v1/projects/{project_id}",
    "GET /v1/projects/{project_id}/members",
    "GET /v1/facts/{fact_id}",
    "GET /v1/certificates/{number}",
}
"""Operations with an id that ask for no caller: they show what is public on purpose, and nothing else."""
REFUSALS = {400, 401, 403, 404, 415, 422}
TO_ANYBODY = {"POST /v1/storefront-consents"}
"""A consent is to anybody's storefront: it shows nothing of it, and lets in nobody but the buyer's own people."""
BY_PROGRAMS = {"POST /v1/storefronts/{storefront_id}/buyers"}
"""For a storefront's program in its own name; test_storefronts.py asks it with another's ids."""
WITH_IDS = [operation for operation in operations() if operation.prefixes and operation.name not in TO_ANYBODY]


def no_canary_in(lines: list[str], scene: Scene) -> None:
    """Logs hold names of things and numbers, never what somebody wrote, whoever it was."""
    assert lines, "The application logs every answer."
    text = "\n".join(lines)
    assert not [word for word in scene.words.all if word in text]


async def test_the_log_of_the_story_holds_no_canary(scene: Scene) -> None:
    assert any("job done" in line for line in scene.log), "The worker writes into it, too."
    no_canary_in(scene.log, scene)


@pytest.mark.parametrize("operation", WITH_IDS, ids=lambda operation: operation.name)
async def test_anothers_ids_open_nothing_and_change_nothing(stage: Stage, operation: Operation) -> None:
    before = await mentions(stage.owner, stage.scene.org_ids)
    with log_kept() as lines:
        statuses = {caller: await _statuses(Prober(stage, operation, caller)) for caller in CALLERS}
    no_canary_in(lines, stage.scene)
    after = await mentions(stage.owner, stage.scene.org_ids)
    assert not before - after, "No row is changed or gone."
    assert {row.partition(" ")[0] for row in after - before} <= {"idempotency"}, "A caller's own refusals are kept."
    every = {caller: set().union(*by_id.values()) for caller, by_id in statuses.items()}
    seen = set().union(*every.values())
    assert seen <= REFUSALS | ({409} if operation.place is None else set()), every
    if operation.operators:
        assert seen <= {401, 403}, every
        return
    if operation.name in EVERYBODYS:
        assert seen == {404}, every
        return
    assert every[NOBODY] == {401}, every
    entitled = [caller for caller, by_id in statuses.items() if all(404 in found for found in by_id.values())]
    assert entitled or operation.place is None or operation.name in BY_PROGRAMS, (
        f"Nobody got as far as to be told 404: {every}"
    )


async def _statuses(prober: Prober) -> dict[str, set[int]]:
    """The statuses for ids that are not the caller's: of each owner two with every query and body, and a few more."""
    found: dict[str, set[int]] = {}
    for prefix in prober.operation.prefixes:
        tried: Counter[frozenset[UUID]] = Counter()
        for given, owners in prober.foreign(prefix):
            tried[owners] += 1
            if tried[owners] > TRIED_MAX:
                continue
            found[given] = await _asked_with(prober, prefix, given, ways=None if tried[owners] <= 2 else 1)
        for given in prober.strangers(prefix) if prober.caller in THOROUGH else ():
            found[given] = await _asked_with(prober, prefix, given, ways=1)
    return found


async def _asked_with(prober: Prober, prefix: str, given: str, *, ways: int | None) -> set[int]:
    """Ask with this id wherever one of its kind belongs; other kinds get an id of somebody else's, too."""

    def choose(kind: str) -> str:
        return given if kind == prefix else prober.foreign(kind)[0][0]

    place = prober.operation.place
    at = choose(NAMED[place]) if place else ""
    pairs = itertools.product(prober.operation.queries(choose), prober.operation.bodies(choose))
    # What names no id makes something of the caller's own: no question of this test's.
    every = (
        (query, body) for query, body in pairs if at or given in str(query) or (body and given.encode() in body.content)
    )
    return {await prober.ask(at, query, body) for query, body in itertools.islice(every, ways)}
