"""Does every adapter keep the one contract of the port, over real HTTP, against its registry's fake?"""

import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from integrations.registries.base import (
    Absent,
    AutomaticRegistry,
    Found,
    LookupFailed,
    NotSent,
    ReadableRegistry,
    Recorded,
    Rejected,
    SerialBlock,
    Unknown,
    differences,
)
from integrations.registries.lines import ReadingFailed, StatementPage
from tests.contracts.registries.readers import READERS, Reader, told
from tests.contracts.registries.stages import PATIENT, STAGES, Servers, Stage


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with Servers(tmp_path_factory.mktemp("fakes"), page_size=5) as started:
        yield started


@pytest.fixture(params=sorted(STAGES))
async def stage(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[Stage]:
    module, made = STAGES[request.param]
    built = made(servers.of(module))
    yield built
    built.well()
    await built.registry.aclose()


@pytest.fixture(params=sorted(READERS))
async def reader(request: pytest.FixtureRequest, servers: Servers) -> AsyncIterator[Reader]:
    module, made = READERS[request.param]
    built = made(servers.of(module))
    await built.fill()
    yield built
    built.well()
    await built.registry.aclose()


async def retire(stage: Stage, first: int, last: int, reference: str = "r"):
    request = stage.request(first, last, reference)
    return request, await stage.registry.retire(request, request_id="req")


async def test_an_adapter_is_what_it_says_it_is(stage: Stage) -> None:
    able = stage.registry.capabilities
    assert isinstance(stage.registry, AutomaticRegistry)
    assert not able.repeatable
    assert not able.worked_by_people
    assert able.finds_by_reference
    assert able.finds_by_serial


async def test_a_retirement_is_recorded_as_asked(stage: Stage) -> None:
    request, answer = await retire(stage, 1, 10)
    assert isinstance(answer, Recorded)
    assert differences(request, answer) == []
    days = {(datetime.now(UTC) + timedelta(hours=hours)).date() for hours in (0, 9)}
    assert answer.recorded_on in days
    assert answer.transaction_no
    assert answer.evidence is not None
    assert request.reference.encode() in answer.evidence
    assert stage.made() == [(request.reference, 10, request.beneficiary_name)]


async def test_it_is_found_by_reference_and_by_any_of_its_serials(stage: Stage) -> None:
    """Where the registry picks the serials, they are looked for that it picked."""
    request, answer = await retire(stage, 90, 110)
    assert isinstance(answer, Recorded), answer
    looked_up = [await stage.registry.find(request.reference, request_id="req")]
    for block in answer.blocks:
        first, last = int(block.first), int(block.last)
        for wanted in ((first, first), (last, last), (first, last + 3), (max(1, first - 3), last)):
            serials = SerialBlock(block.prefix, *map(str, wanted), wanted[1] - wanted[0] + 1)
            looked_up.append(await stage.registry.find_by_serial(serials, request_id="req"))
    assert len(looked_up) >= 5
    for found in looked_up:
        assert isinstance(found, Found), found
        assert found.reference == request.reference
        assert found.recorded.transaction_no == answer.transaction_no
        assert sorted(found.recorded.blocks, key=str) == sorted(answer.blocks, key=str)
        assert (found.recorded.quantity, found.recorded.beneficiary_name) == (21, request.beneficiary_name)


async def test_a_lost_answer_is_unknown_and_then_found(stage: Stage) -> None:
    stage.lose_the_answer()
    request, answer = await retire(stage, 1, 10)
    assert isinstance(answer, Unknown)
    found = await stage.registry.find(request.reference, request_id="req")
    assert isinstance(found, Found)
    assert differences(request, found.recorded) == []
    assert len(stage.made()) == 1


async def test_a_lost_request_is_unknown_and_then_absent(stage: Stage) -> None:
    stage.lose_the_request()
    request, answer = await retire(stage, 1, 10)
    assert isinstance(answer, Unknown)
    assert await stage.registry.find(request.reference, request_id="req") == Absent(complete=True)
    assert await stage.registry.find_by_serial(request.blocks[0], request_id="req") == Absent(complete=True)
    assert stage.made() == []


async def test_what_never_left_this_machine_was_not_sent(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    nobody = stage.elsewhere(f"http://127.0.0.1:{free}", PATIENT)
    request = stage.request(1, 10, "r")
    assert isinstance(await nobody.retire(request, request_id="r"), NotSent)
    assert isinstance(await nobody.find(request.reference, request_id="r"), LookupFailed)
    assert isinstance(await nobody.find_by_serial(request.blocks[0], request_id="r"), LookupFailed)
    await nobody.aclose()


async def test_a_documented_refusal_is_one_and_retires_nothing(stage: Stage) -> None:
    stage.refuse()
    _, answer = await retire(stage, 1, 10)
    assert isinstance(answer, Rejected)
    assert answer.message
    assert stage.made() == []


async def test_an_undocumented_refusal_is_unknown(stage: Stage) -> None:
    stage.refuse_otherwise()
    _, answer = await retire(stage, 1, 10)
    assert isinstance(answer, Unknown)
    assert answer.status is not None
    assert answer.status >= 400


async def test_serials_that_are_retired_are_not_retired_again(stage: Stage) -> None:
    await retire(stage, 1, 10)
    _, again = await retire(stage, 5, 15, "again")
    assert isinstance(again, Rejected)
    assert again.code == "already_retired"
    assert len(stage.made()) == 1


async def test_a_look_up_reads_every_page(stage: Stage) -> None:
    """The fakes give five entries on a page."""
    for n in range(7):
        _, answer = await retire(stage, n * 10 + 1, n * 10 + 3, f"n{n}")
        assert isinstance(answer, Recorded), answer
    for n in range(7):
        request = stage.request(n * 10 + 1, n * 10 + 3, f"n{n}")
        assert isinstance(await stage.registry.find(request.reference, request_id="req"), Found)
    assert await stage.registry.find("nobody's", request_id="req") == Absent(complete=True)


async def test_a_look_up_that_fails_or_is_short_proves_nothing(stage: Stage) -> None:
    stage.spoil_the_look_up()
    assert isinstance(await stage.registry.find("nobody's", request_id="req"), LookupFailed)
    stage.well()
    stage.shorten_the_look_up()
    assert await stage.registry.find("nobody's", request_id="req") == Absent(complete=False)
    assert await stage.registry.find("nobody's", request_id="req") == Absent(complete=True)


async def test_two_records_of_one_reference_are_no_answer(stage: Stage) -> None:
    await retire(stage, 1, 5)
    await retire(stage, 6, 9)
    request = stage.request(1, 5, "r")
    assert isinstance(await stage.registry.find(request.reference, request_id="req"), LookupFailed)


async def whole(registry: ReadableRegistry, account_no: str, *, held: bool) -> tuple[Counter, list[StatementPage]]:
    lines, pages, cursor = Counter(), [], None
    while True:
        if held:
            page = await registry.holdings(account_no, cursor=cursor, request_id="req")
        else:
            page = await registry.statement(account_no, since=None, cursor=cursor, request_id="req")
        assert isinstance(page, StatementPage), page
        lines.update(told(line) for line in page.lines)
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            return lines, pages


async def test_what_is_read_is_what_stands_in_the_book(reader: Reader) -> None:
    assert isinstance(reader.registry, ReadableRegistry)
    held, gone = reader.booked()
    assert sum(held.values()) >= 5
    assert sum(gone.values()) >= 5
    for lines, asked in ((held, True), (gone, False)):
        read, pages = await whole(reader.registry, reader.account_no, held=asked)
        assert read == lines
        assert len(pages) > 1
        assert all(page.complete for page in pages)
        assert all(page.raw for page in pages)


@pytest.mark.parametrize("held", [True, False])
async def test_a_page_that_cannot_be_read_is_no_page_and_says_how_long_to_wait(reader: Reader, held: bool) -> None:
    for trouble in (reader.spoil, reader.hurry):
        trouble()
        if held:
            page = await reader.registry.holdings(reader.account_no, cursor=None, request_id="req")
        else:
            page = await reader.registry.statement(reader.account_no, since=None, cursor=None, request_id="req")
        assert isinstance(page, ReadingFailed)
        assert page.retry_after_s >= 30, "Also when the registry says zero."
        reader.well()


@pytest.mark.parametrize("held", [True, False])
async def test_a_list_that_is_shorter_than_it_says_is_incomplete(reader: Reader, held: bool) -> None:
    reader.shorten()
    _, pages = await whole(reader.registry, reader.account_no, held=held)
    assert not all(page.complete for page in pages)
