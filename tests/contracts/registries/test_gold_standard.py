"""Is each quirk of Gold Standard's public list noticed: clamps, shifts, ignored filters, counts, waits?"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.registries.base import AutomaticRegistry, ReadableRegistry
from integrations.registries.gold_standard.answers import Block, Project, Totals, gs_number
from integrations.registries.gold_standard.client import CREDITS_SIZE, PROJECTS_SIZE, USER_AGENT
from integrations.registries.gold_standard.counted import START, counted
from integrations.registries.gold_standard.fake import scene
from integrations.registries.gold_standard.fake.messages import FaultName, NewProject, Retired, Stage
from integrations.registries.lines import ReadingFailed, StatementPage
from integrations.registries.waiting import LONGEST_WAIT_S, SHORTEST_WAIT_S, wait_of
from tests.contracts.registries.readers import GoldStandardReader
from tests.contracts.registries.stages import HASTY, Servers


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("gold"), page_size=50) as started:
        yield started


@pytest.fixture
async def reader(servers: Servers) -> AsyncIterator[GoldStandardReader]:
    built = GoldStandardReader(servers.of(scene.MODULE))
    await built.fill()
    yield built
    built.well()
    await built.registry.aclose()


async def pages_of(reader: GoldStandardReader, *, cursor: str | None = None) -> list[StatementPage]:
    """Holdings, page by page: 33 issued blocks match the number, 30 of them are the project's."""
    pages = []
    while True:
        page = await reader.registry.holdings(reader.account_no, cursor=cursor, request_id="r")
        assert isinstance(page, StatementPage), page
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            return pages


def serials(pages: list[StatementPage]) -> list[str]:
    return [line.serial for page in pages for line in page.lines]


def ask(reader: GoldStandardReader, path: str, *, agent: str = USER_AGENT, **query: object) -> httpx.Response:
    return httpx.get(f"{reader.server.base_url}{path}", params=query, headers={"User-Agent": agent}, trust_env=False)


async def test_people_retire_there_and_a_program_only_reads(reader: GoldStandardReader) -> None:
    assert isinstance(reader.registry, ReadableRegistry)
    assert not isinstance(reader.registry, AutomaticRegistry)
    able = reader.registry.capabilities
    assert (able.worked_by_people, able.finds_by_reference, able.finds_by_serial) == (True, False, False)


async def test_the_fake_has_the_quirks_that_were_measured(reader: GoldStandardReader) -> None:
    assert ask(reader, "/credits", size=25, agent="python-httpx/0.28").status_code == 403
    assert ask(reader, "/credits", size=26).status_code == 403
    listed = ask(reader, "/credits", size=25, countries="MW", query=reader.number)
    assert (len(listed.json()), listed.headers["x-total-count"]) == (25, "33"), "`countries` is passed over."
    assert listed.headers["x-total-number-of-credits"] == "315"
    ids = [one["id"] for one in listed.json()]
    assert ids == sorted(ids, reverse=True), "The newest first."
    for n in range(160):
        reader.server.admin.ask(scene.add_project(NewProject(2_000_000 + 200 * reader.number + n, "Clamped")))
    many = ask(reader, "/projects", size=500, query="Clamped")
    assert (len(many.json()), int(many.headers["x-total-count"]) >= 160) == (150, True)
    assert (CREDITS_SIZE, PROJECTS_SIZE) == (25, 150)


async def test_only_blocks_of_the_project_are_told_although_the_query_finds_more(reader: GoldStandardReader) -> None:
    pages = await pages_of(reader)
    assert len(serials(pages)) == 30
    assert all(f"-GS{reader.number}-" in serial for serial in serials(pages))
    assert all(page.complete for page in pages)


async def test_a_query_that_is_ignored_brings_nobody_elses_blocks(reader: GoldStandardReader) -> None:
    reader.fault(FaultName.IGNORES_QUERY, times=100)
    assert sorted(serials(await pages_of(reader))) == sorted(line[1] for line in reader.booked()[0])


async def test_a_page_that_is_clamped_lower_loses_nothing(reader: GoldStandardReader) -> None:
    reader.fault(FaultName.CLAMPS_LOWER, times=100)
    pages = await pages_of(reader)
    assert len(pages) == 4
    assert len(serials(pages)) == 30
    assert all(page.complete for page in pages)


async def test_a_page_that_is_clamped_lower_only_once_is_noticed(reader: GoldStandardReader) -> None:
    """The second page then begins where a full first one would have ended."""
    reader.fault(FaultName.CLAMPS_LOWER)
    pages = await pages_of(reader)
    assert not pages[-1].complete
    assert len(set(serials(pages))) == len(serials(pages)) < 30


async def test_a_block_added_meanwhile_comes_once_and_is_noticed(reader: GoldStandardReader) -> None:
    reader.fault(FaultName.GROWS_AFTER)
    pages = await pages_of(reader)
    assert [page.complete for page in pages] == [True, False]
    assert len(set(serials(pages))) == len(serials(pages)) == 30, "What was pushed to the next page is dropped there."


async def test_a_block_gone_meanwhile_is_noticed_since_another_was_missed(reader: GoldStandardReader) -> None:
    reader.fault(FaultName.SHRINKS_AFTER)
    pages = await pages_of(reader)
    assert [page.complete for page in pages] == [True, False]
    assert len(serials(pages)) == 29


async def test_one_added_and_one_gone_are_noticed_although_the_count_is_the_same(reader: GoldStandardReader) -> None:
    first = await reader.registry.holdings(reader.account_no, cursor=None, request_id="r")
    assert isinstance(first, StatementPage)
    before = ask(reader, "/credits", query=reader.number).headers["x-total-count"]
    reader.fault(FaultName.GROWS_AFTER)
    ask(reader, "/credits", query=reader.number)
    reader.server.admin.ask(scene.retire(Retired(reader.blocks[1], "", "Voluntary")))
    assert ask(reader, "/credits", query=reader.number).headers["x-total-count"] == before
    rest = await pages_of(reader, cursor=first.next_cursor)
    assert not rest[-1].complete


@pytest.mark.parametrize("fault", [FaultName.MISCOUNTS, FaultName.SAYS_NO_COUNTS])
async def test_counts_that_are_wrong_or_missing_leave_it_incomplete(reader: GoldStandardReader, fault) -> None:
    reader.fault(fault, times=100)
    assert not (await pages_of(reader))[-1].complete


@pytest.mark.parametrize(
    "fault", [FaultName.TOO_MANY, FaultName.DOWN, FaultName.HTML, FaultName.DROPS, FaultName.CUT_JSON]
)
@pytest.mark.parametrize("stage", list(Stage))
async def test_a_reading_that_failed_waits_at_least_half_a_minute(reader: GoldStandardReader, fault, stage) -> None:
    reader.fault(fault, at=stage)
    page = await reader.registry.holdings(reader.account_no, cursor=None, request_id="r")
    assert isinstance(page, ReadingFailed)
    assert page.retry_after_s == SHORTEST_WAIT_S
    assert len(serials(await pages_of(reader))) == 30


async def test_a_number_that_no_project_has_is_not_an_empty_account(reader: GoldStandardReader) -> None:
    nobody = await reader.registry.holdings("GS99999999", cursor=None, request_id="r")
    assert nobody == ReadingFailed("the list shows no project GS99999999", SHORTEST_WAIT_S)
    for wrong in ("", "GS", "11,236", "GS-1", "１１２３６", "9" * 40):
        assert isinstance(await reader.registry.holdings(wrong, cursor=None, request_id="r"), ReadingFailed)
    strange = await reader.registry.holdings(reader.account_no, cursor="[]", request_id="r")
    assert isinstance(strange, ReadingFailed)


async def test_the_project_is_found_behind_others_that_bear_its_number_in_their_names(reader) -> None:
    """Newer ones come first: more of them than one page holds."""
    for n in range(155):
        project = NewProject(3_000_000 + 200 * reader.number + n, f"GS{reader.number} VPA {n}")
        reader.server.admin.ask(scene.add_project(project))
    assert len(serials(await pages_of(reader))) == 30
    reader.fault(FaultName.CLAMPS_LOWER, at=Stage.PROJECTS, times=100)
    assert len(serials(await pages_of(reader))) == 30


async def test_a_block_of_a_name_only_is_another_projects(reader: GoldStandardReader) -> None:
    other = await reader.registry.holdings(f"GS{70_000 + reader.number}", cursor=None, request_id="r")
    assert isinstance(other, StatementPage)
    assert len(other.lines) == 3


async def test_a_hasty_reader_is_told_and_not_raised_at(reader: GoldStandardReader) -> None:
    with_nobody = reader.elsewhere("http://127.0.0.1:9", HASTY)
    assert isinstance(await with_nobody.holdings("GS1", cursor=None, request_id="r"), ReadingFailed)
    await with_nobody.aclose()


@pytest.mark.parametrize(
    ("told", "waits_s"),
    [
        (None, 30), ("", 30), ("0", 30), ("29", 30), ("31", 31), (" 90 ", 90), ("99999999999999", 30), ("7200", 3600),
        ("soon", 30), ("-5", 30), ("１００", 30), ("Wed, 21 Oct 2026 07:28:00 GMT", 30),
    ],
)  # fmt: skip
def test_a_wait_has_a_floor_and_a_ceiling(told: str | None, waits_s: int) -> None:
    assert wait_of(told) == waits_s
    assert SHORTEST_WAIT_S <= wait_of(told) <= LONGEST_WAIT_S


def block(number: int) -> Block:
    return Block(number, 10, f"GS1-1-KE-GS1-16-2024-1-{number}-{number + 9}", "ISSUED", Project(1, 1))


@given(st.data())
def test_whatever_comes_and_goes_no_complete_reading_missed_or_doubled_a_block(data: st.DataObject) -> None:
    """The list is changed between any two pages; only a reading that was told complete is believed."""
    listed = list(range(data.draw(st.integers(0, 60)), 0, -1))
    place, told, complete = START, [], True
    shown_at_start, newest = set(listed), 1000
    while place is not None:
        start = (place.page - 1) * 5
        totals = Totals(len(listed), 10 * len(listed))
        step = counted(place, [block(number) for number in listed[start : start + 5]], totals)
        told += [one.id for one in step.fresh]
        complete, place = complete and step.complete, step.next
        assert len(told) == len(set(told)), "No block comes twice."
        for change in data.draw(st.lists(st.sampled_from(["grows", "shrinks"]), max_size=2)):
            if change == "grows":
                newest += 1
                listed.insert(0, newest)
            elif listed:
                listed.pop(data.draw(st.integers(0, len(listed) - 1)))
    if complete:
        assert set(told) == shown_at_start


def test_gs_numbers() -> None:
    assert [gs_number(text) for text in ("GS11236", "gs11236 ", "11236", "GSX", "")] == [
        11236,
        11236,
        11236,
        None,
        None,
    ]


def test_every_fault_has_a_test() -> None:
    source = Path(__file__).read_text()
    assert [name.name for name in FaultName if f"FaultName.{name.name}" not in source] == []
