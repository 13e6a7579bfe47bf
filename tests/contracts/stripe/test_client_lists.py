"""Is a list read to its end, in the right order, and nothing concluded from one that was not?"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.stripe import shapes
from integrations.stripe.client import Absent, BalancePage, EventPage, LookupFailed, Stripe
from integrations.stripe.lists import PAGES_MAX
from tests.contracts.stripe import honest
from tests.contracts.stripe.acts import FINDS, PAGES, Act
from tests.contracts.stripe.listing import Thing, listing
from tests.contracts.stripe.scripted import Says, Scripted, client_of, error, page, scripted

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        yield script


@pytest.fixture(scope="module")
async def client(server: Scripted) -> AsyncIterator[Stripe]:
    async with client_of(server.url) as one:
        yield one


@pytest.fixture
def stripe(server: Scripted, client: Stripe) -> Stripe:
    server.asked = []
    return client


def name_of(act: Act) -> str:
    return act.name


def of_others(act: Act, count: int) -> list[Thing]:
    """Entries that are not ours: made by hand there, or in a shape that we could not read whole."""
    assert isinstance(act.answer, dict)
    bare = [{"id": f"x_{n}", "object": act.answer["object"], "metadata": None} for n in range(count)]
    return [one if n % 2 else act.answer | {"id": f"x_{n}", "metadata": {}} for n, one in enumerate(bare)]


@pytest.mark.parametrize("act", FINDS, ids=name_of)
async def test_ours_is_found_on_the_last_of_many_pages(server: Scripted, stripe: Stripe, act: Act) -> None:
    assert isinstance(act.answer, dict)
    server.answer = listing([*of_others(act, 350), act.answer])
    found = await act.run(stripe)
    assert not isinstance(found, Absent | LookupFailed)
    assert getattr(found, "reference", None) == honest.REFERENCE
    assert [asked.told("starting_after") for asked in server.asked] == [None, "x_99", "x_199", "x_299"]


@pytest.mark.parametrize("act", FINDS, ids=name_of)
async def test_it_is_absent_when_every_page_was_read(server: Scripted, stripe: Stripe, act: Act) -> None:
    server.answer = listing(of_others(act, 201))
    assert await act.run(stripe) == Absent()
    assert len(server.asked) == 3
    server.answer = listing([])
    assert await act.run(stripe) == Absent()


@pytest.mark.parametrize("act", FINDS, ids=name_of)
async def test_two_under_one_reference_are_for_a_person(server: Scripted, stripe: Stripe, act: Act) -> None:
    assert isinstance(act.answer, dict)
    server.answer = listing([act.answer, *of_others(act, 120), act.answer | {"id": "twin_1"}])
    assert await act.run(stripe) == LookupFailed("2 objects under one reference")


@pytest.mark.parametrize("act", FINDS, ids=name_of)
async def test_one_bad_page_of_several_proves_nothing(server: Scripted, stripe: Stripe, act: Act) -> None:
    assert isinstance(act.answer, dict)
    full = page(*of_others(act, 100), more=True)
    for bad in (
        Says(error("rate_limit"), 429),
        Says(error("resource_missing", param="starting_after"), 404),
        Says(page(act.answer, more=True), cut=True),
        Says(page(more=True)),
        Says(full),
        Says(page(*of_others(act, 1))),
        Says(page(act.answer, act.answer)),
        Says({"object": "search_result", "data": [], "has_more": False}),
        Says({"object": "list", "data": []}),
        Says(page({"id": ""})),
        Says(page(*of_others(act, 101))),
    ):
        server.says(Says(full), bad)
        assert isinstance(await act.run(stripe), LookupFailed), bad


@pytest.mark.parametrize(
    ("act", "name", "value"),
    [
        (FINDS[0], "livemode", True),
        (FINDS[1], "customer", "cus_2"),
        (FINDS[1], "amount", 1.0),
        (FINDS[3], "payment_intent", "pi_2"),
        (FINDS[5], "destination", "acct_2"),
        (FINDS[6], "transfer", "tr_2"),
    ],
)
async def test_ours_in_the_wrong_place_is_not_believed(
    server: Scripted, stripe: Stripe, act: Act, name: str, value: object
) -> None:
    assert isinstance(act.answer, dict)
    server.answer = listing([act.answer | {name: value}])
    assert isinstance(await act.run(stripe), LookupFailed)


async def test_a_list_without_an_end_is_left_at_a_limit(server: Scripted, stripe: Stripe) -> None:
    count = 0

    def endless(_: object) -> Says:
        nonlocal count
        count += 1
        return Says(page({"id": f"x_{count}"}, more=True))

    server.answer = endless
    assert await FINDS[4].run(stripe) == LookupFailed(f"more than {PAGES_MAX} pages")
    assert len(server.asked) == PAGES_MAX


async def test_new_entries_in_front_do_not_hide_an_old_one(server: Scripted, stripe: Stripe) -> None:
    act = FINDS[4]
    assert isinstance(act.answer, dict)
    held = [*of_others(act, 150), act.answer]

    def growing(asked: Any) -> Says:
        answer = listing(held)(asked)
        held.insert(0, act.answer | {"id": f"new_{len(held)}", "metadata": {}})
        assert isinstance(answer, Says)
        return answer

    server.answer = growing
    assert isinstance(await act.run(stripe), shapes.Account)


def book(times: Sequence[int]) -> list[Thing]:
    """Lines made at these seconds, newest first, as Stripe lists them."""
    oldest_first = [honest.LINE | {"id": f"txn_{n}", "created": at} for n, at in enumerate(sorted(times))]
    return oldest_first[::-1]


async def read_through(stripe: Stripe, limit: int) -> list[str]:
    ids: list[str] = []
    after: str | None = None
    while True:
        read = await stripe.balance_lines(after=after, limit=limit)
        assert isinstance(read, BalancePage), read
        assert len(read.lines) <= limit
        ids += [line.id for line in read.lines]
        if not read.more:
            return ids
        after = ids[-1]


async def test_the_book_is_read_forward_over_many_pages(server: Scripted, stripe: Stripe) -> None:
    server.answer = listing(book([honest.MADE + n for n in range(450)]))
    assert await read_through(stripe, 100) == [f"txn_{n}" for n in range(450)]
    server.answer = listing(book([honest.MADE + n for n in range(451)]))
    read = await stripe.balance_lines(after="txn_449", limit=100)
    assert isinstance(read, BalancePage)
    assert ([line.id for line in read.lines], read.more) == (["txn_450"], False)
    assert await stripe.balance_lines(after="txn_450", limit=100) == BalancePage((), more=False)


@SOME
@given(
    times=st.lists(st.integers(1_300_000_000, 2_000_000_000), max_size=30),
    same=st.integers(0, 4),
    limit=st.integers(1, 7),
)
async def test_whatever_the_book_holds_it_is_read_once_from_its_first_line(
    server: Scripted, client: Stripe, times: list[int], same: int, limit: int
) -> None:
    times = times + [min(times)] * same if times else times
    server.answer = listing(book(times))
    assert await read_through(client, limit) == [f"txn_{n}" for n in range(len(times))]


async def test_the_first_line_is_found_in_few_questions_however_long_the_book(server: Scripted, stripe: Stripe) -> None:
    times = [1_400_000_000] * 230 + [1_400_000_000 + n * 5_000 for n in range(3_000)]
    server.answer = listing(book(times))
    read = await stripe.balance_lines(after=None, limit=100)
    assert isinstance(read, BalancePage)
    assert [line.id for line in read.lines] == [f"txn_{n}" for n in range(100)]
    assert read.more
    assert len(server.asked) < 40


@pytest.mark.parametrize("act", PAGES, ids=name_of)
async def test_a_page_that_cannot_be_used_is_no_page(server: Scripted, stripe: Stripe, act: Act) -> None:
    assert isinstance(act.answer, dict)
    (entry,) = act.answer["data"]
    spoilt = entry | ({"livemode": True} if entry["object"] == "event" else {"net": 1})
    for bad in (
        Says(error(None, "api_error"), 500),
        Says(error("resource_missing", param="ending_before"), 400),
        Says(page(spoilt)),
        Says(page(entry, entry)),
        Says(page(more=True)),
        Says(page(entry), cut=True),
    ):
        server.says(bad)
        assert isinstance(await act.run(stripe), LookupFailed), bad


@pytest.mark.parametrize("good", [1, 2, 5])
async def test_the_search_for_the_first_line_believes_no_wrong_time(
    server: Scripted, stripe: Stripe, good: int
) -> None:
    """The same line is told again although it is younger than what was asked for."""
    honestly = listing(book([honest.MADE, honest.MADE + 500_000_000]))

    def answer(asked: Any) -> Says:
        told = honestly(asked) if len(server.asked) <= good else Says(page(book([1_990_000_000])[0]))
        assert isinstance(told, Says)
        return told

    server.answer = answer
    assert isinstance(await stripe.balance_lines(after=None, limit=10), LookupFailed)
    assert len(server.asked) < 45


async def test_more_lines_than_asked_are_no_answer(server: Scripted, stripe: Stripe) -> None:
    server.says(Says(page(*book([honest.MADE, honest.MADE, honest.MADE]))))
    assert isinstance(await stripe.balance_lines(after="txn_9", limit=2), LookupFailed)
    assert isinstance(await stripe.balance_lines(after="txn_1", limit=3), LookupFailed), "It was behind itself."


@pytest.mark.parametrize("limit", [0, 101])
@pytest.mark.parametrize("after", [None, "txn_1"])
async def test_stripe_gives_one_to_a_hundred(stripe: Stripe, limit: int, after: str | None) -> None:
    with pytest.raises(AssertionError):
        await stripe.balance_lines(after=after, limit=limit)


async def test_undelivered_events_are_read_page_by_page(server: Scripted, stripe: Stripe) -> None:
    balance = {"data": {"object": {"object": "balance", "available": []}}, "type": "balance.available"}
    held = [honest.EVENT | {"id": f"evt_{n}"} for n in range(100)] + [honest.EVENT | balance | {"account": "acct_1"}]
    server.answer = listing(held)
    first = await stripe.undelivered(since=honest.AT, before=None)
    assert isinstance(first, EventPage)
    assert (len(first.events), first.more) == (100, True)
    assert (first.events[0].object_kind, first.events[0].object_id) == ("payment_intent", "pi_1")
    rest = await stripe.undelivered(since=honest.AT, before=first.events[-1].id)
    assert isinstance(rest, EventPage)
    assert [(one.object_kind, one.object_id, one.account) for one in rest.events] == [("balance", None, "acct_1")]
    asked = server.asked[0]
    assert asked.told("created[gte]") == str(honest.MADE)
    assert asked.told("delivery_success") == "false"
