"""Do the simulator's holdings and statements say, page by page, what its book says, also while it goes on?"""

from datetime import date, timedelta

from integrations.registries.base import ReadableRegistry
from integrations.registries.fake.admin import correct, issue
from integrations.registries.fake.messages import Correction, FaultName, IssuedBlock
from integrations.registries.lines import LineState, ReadingFailed, StatementLine, StatementPage
from tests.contracts.registries.registry_scene import NAME, Scene


async def pages(scene: Scene, what: str, *, since: date | None = None) -> list[StatementPage]:
    """Every page; the server's hold two lines, or two records."""
    asked = {"request_id": "r"} | ({"since": since} if what == "statement" else {})
    found, cursor = [], None
    while True:
        page = await getattr(scene.registry, what)(f"account-{scene.name}", cursor=cursor, **asked)
        assert isinstance(page, StatementPage), page
        found.append(page)
        cursor = page.next_cursor
        if cursor is None:
            return found


async def lines(scene: Scene, what: str, **asked: date | None) -> list[StatementLine]:
    return [line for page in await pages(scene, what, **asked) for line in page.lines]


def spans(found: list[StatementLine]) -> list[tuple[int, int]]:
    return [(int(line.serial_first), int(line.serial_last)) for line in found]


async def test_holdings_are_what_was_issued_and_not_retired_over_all_pages(scene: Scene) -> None:
    assert isinstance(scene.registry, ReadableRegistry)
    second = IssuedBlock(f"account-{scene.name}", f"cert-{scene.name}-2", f"{scene.name}x-", "7", "9", "kg")
    scene.server.admin.ask(issue(second))
    for first in (1, 100, 200, 300):
        await scene.retire(scene.request(first, first + 9, reference=f"r{first}"))
    found = await lines(scene, "holdings")
    assert spans(found) == [(11, 99), (110, 199), (210, 299), (310, 1000), (7, 9)]
    assert {line.state for line in found} == {LineState.ACTIVE}
    assert [(line.unit, line.issuance) for line in found][-2:] == [
        ("t", f"cert-{scene.name}"),
        ("kg", f"cert-{scene.name}-2"),
    ]
    assert all(line.quantity == last - first + 1 for line, (first, last) in zip(found, spans(found), strict=True))
    told = await pages(scene, "holdings")
    assert [len(page.lines) for page in told] == [2, 2, 1]
    assert all(page.complete and page.raw for page in told)


async def test_what_is_retired_between_two_pages_neither_hides_a_line_nor_shows_one_twice(scene: Scene) -> None:
    for first in (100, 200, 300):
        await scene.retire(scene.request(first, first, reference=f"r{first}"))
    account = f"account-{scene.name}"
    page = await scene.registry.holdings(account, cursor=None, request_id="r")
    assert spans(page.lines) == [(1, 99), (101, 199)]
    await scene.retire(scene.request(50, 50, reference="between"))
    await scene.retire(scene.request(201, 201, reference="between too"))
    page = await scene.registry.holdings(account, cursor=page.next_cursor, request_id="r")
    assert spans(page.lines) == [(202, 299), (301, 1000)]


async def test_a_statement_tells_each_record_with_its_day_its_words_and_our_reference(scene: Scene) -> None:
    answers = [await scene.retire(scene.request(n, n + 1, reference=f"OD-{n}")) for n in (1, 11, 21)]
    found = await lines(scene, "statement")
    assert spans(found) == [(1, 2), (11, 12), (21, 22)]
    assert [line.transaction_no for line in found] == [answer.transaction_no for answer in answers]
    line = found[1]
    assert (line.state, line.quantity, line.unit, line.beneficiary_name) == (LineState.RETIRED, 2, "t", NAME)
    assert (line.purpose, line.note, line.changed_on) == ("offset", "OD-11 thanks", answers[1].recorded_on)
    assert await lines(scene, "statement", since=answers[0].recorded_on) == found
    assert await lines(scene, "statement", since=answers[0].recorded_on + timedelta(days=1)) == []


async def test_a_statement_follows_what_the_registry_corrects_and_leaves_out_what_it_reversed(scene: Scene) -> None:
    first, second = [await scene.retire(scene.request(n, n + 1, reference=f"OD-{n}")) for n in (1, 11)]
    scene.server.admin.ask(correct(Correction(first.transaction_no, beneficiary_name="別の会社")))
    scene.server.admin.ask(correct(Correction(second.transaction_no, reversed=True)))
    assert [line.beneficiary_name for line in await lines(scene, "statement")] == ["別の会社"]
    assert spans(await lines(scene, "holdings")) == [(3, 1000)]


async def test_another_account_and_no_account_are_empty_and_not_an_error(scene: Scene) -> None:
    await scene.retire(scene.request())
    for what in ("holdings", "statement"):
        asked = {"request_id": "r"} | ({"since": None} if what == "statement" else {})
        page = await getattr(scene.registry, what)("account-of-nobody", cursor=None, **asked)
        assert page.lines == ()


async def test_a_page_that_gets_lost_is_to_be_asked_for_again_and_an_incomplete_one_says_so(scene: Scene) -> None:
    account = f"account-{scene.name}"
    for name in (FaultName.DOWN, FaultName.LOOK_UP_HTML, FaultName.LOOK_UP_CUT_JSON):
        scene.fault(name)
        failed = await scene.registry.holdings(account, cursor=None, request_id="r")
        assert isinstance(failed, ReadingFailed)
        assert failed.retry_after_s > 0
    scene.fault(FaultName.LOOK_UP_INCOMPLETE)
    page = await scene.registry.statement(account, since=None, cursor=None, request_id="r")
    assert isinstance(page, StatementPage)
    assert not page.complete
    for what, wrong in (("holdings", '["a"]'), ("holdings", "x"), ("statement", "x")):
        asked = {"request_id": "r"} | ({"since": None} if what == "statement" else {})
        refused = await getattr(scene.registry, what)(account, cursor=wrong, **asked)
        assert refused == ReadingFailed("status 400", 5)
