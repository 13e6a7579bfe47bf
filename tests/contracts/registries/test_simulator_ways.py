"""Whatever a registry can do, can the simulator do it too, and does its adapter say so before anything is sent?"""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.registries.base import (
    Absent,
    Found,
    LookupFailed,
    NotSent,
    Recorded,
    RehearsingRegistry,
    Rejected,
    SerialBlock,
    SerialChoice,
    Unknown,
)
from integrations.registries.fake.admin import show_book
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.fake.messages import FaultName
from integrations.registries.simulated import SimulatedRegistry
from integrations.registries.simulated_ways import CutOff, Pace, Ways
from tests.contracts.registries.registry_scene import PATIENT, Scene

UNLIKE = Ways(
    repeatable=True, finds_by_reference=False, serials_chosen_by=SerialChoice.REGISTRY, fractions=False, dry_run=True
)
"""Everything otherwise than it is by default, but for the serials that it is found by."""
NAMES = itertools.count(1)


@pytest.fixture(scope="module")
def unlike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeRegistryProcess]:
    book = tmp_path_factory.mktemp("unlike") / "book.jsonl"
    with FakeRegistryProcess(book, secret="broker", admin_secret="admin", page_size=2, ways=UNLIKE) as running:
        yield running


@asynccontextmanager
async def adapted(server: FakeRegistryProcess, ways: Ways, **more: object) -> AsyncIterator[Scene]:
    registry = SimulatedRegistry(
        server.base_url, secret="broker", timeouts=PATIENT, settles_within_s=2, ways=ways, **more
    )
    try:
        yield Scene(server, registry, f"w{next(NAMES)}")
    finally:
        await registry.aclose()


async def test_the_adapter_says_of_the_simulator_what_the_simulator_says_of_itself(unlike, server) -> None:
    for running, ways in ((unlike, UNLIKE), (server, Ways())):
        async with adapted(running, ways) as scene:
            told = await scene.registry.about(request_id="r")
            assert told is not None
            assert told.simulated
            able = scene.registry.capabilities
            assert {name: getattr(able, name) for name in Ways.__struct_fields__} == msgspec.structs.asdict(told.ways)
            assert told.settles_within_s <= able.settles_within_s


@pytest.mark.parametrize("name", Ways.__struct_fields__)
async def test_whoever_believes_otherwise_in_one_thing_has_nothing_taken_from_them(unlike, server, name: str) -> None:
    for running, ways in ((unlike, UNLIKE), (server, Ways())):
        was = getattr(ways, name)
        other = not was if isinstance(was, bool) else next(each for each in SerialChoice if each != was)
        async with adapted(running, msgspec.structs.replace(ways, **{name: other})) as scene:
            answer = await scene.retire(scene.request())
            assert isinstance(answer, NotSent)
            assert "ways_differ" in answer.why
            assert (scene.recorded(), scene.posts()) == ([], 0)


async def test_a_repeatable_registry_gives_the_first_answer_again_and_takes_no_other_order_for_it(unlike) -> None:
    async with adapted(unlike, UNLIKE) as scene:
        first = await scene.retire(scene.request())
        assert isinstance(first, Recorded)
        again = await scene.retire(scene.request())
        assert isinstance(again, Recorded)
        assert (again.transaction_no, again.blocks) == (first.transaction_no, first.blocks)
        other = await scene.retire(scene.request(1, 20))
        assert isinstance(other, Unknown), "No refusal: the first order may have been recorded."
        scene.fault(FaultName.PROCESSING, delay_ms=300)
        late = scene.request(11, 12, reference=f"late-{scene.name}")
        assert [type(await scene.retire(late)) for _ in range(2)] == [Unknown, Unknown]
        while not isinstance(await scene.retire(late), Recorded):
            pass
        assert sorted(scene.recorded()) == [f"late-{scene.name}", f"ret-{scene.name}"]


async def test_a_registry_that_picks_the_serials_takes_the_lowest_of_the_account_and_says_which(unlike) -> None:
    async with adapted(unlike, UNLIKE) as scene:
        answer = await scene.retire(scene.request(501, 505))
        assert isinstance(answer, Recorded)
        assert answer.blocks == (SerialBlock(f"{scene.name}-", "1", "5", 5),)
        second = await scene.retire(scene.request(1, 10, reference=f"second-{scene.name}"))
        assert isinstance(second, Recorded)
        assert second.blocks == (SerialBlock(f"{scene.name}-", "6", "15", 10),)
        assert isinstance(await scene.find_serials(15, 15), Found)
        rest = await scene.retire(scene.request(1, 990, reference=f"rest-{scene.name}"))
        assert isinstance(rest, Rejected)
        assert rest.code == "not_enough_credits"


async def test_a_look_up_that_is_not_offered_is_no_absence(unlike) -> None:
    async with adapted(unlike, UNLIKE) as scene:
        await scene.retire(scene.request())
        assert await scene.find() == LookupFailed("status 400")
        assert isinstance(await scene.find_serials(), Found)


async def test_less_than_a_whole_unit_is_refused_where_only_whole_ones_are_retired(unlike, server) -> None:
    async with adapted(unlike, UNLIKE) as scene:
        refused = await scene.retire(scene.request(1, 500, unit="kg"))
        assert isinstance(refused, Rejected)
        assert refused.code == "whole_units_only"
        assert isinstance(await scene.retire(scene.request(1, 1000, unit="kg")), Recorded)
    async with adapted(server, Ways()) as scene:
        assert isinstance(await scene.retire(scene.request(1, 500, unit="kg")), Recorded)


async def test_a_rehearsal_tells_the_refusal_and_retires_nothing(unlike, server) -> None:
    async with adapted(unlike, UNLIKE) as scene:
        assert isinstance(scene.registry, RehearsingRegistry)
        assert await scene.registry.rehearse(scene.request(), request_id="r") is None
        wrong = await scene.registry.rehearse(scene.request(quantity=11), request_id="r")
        assert isinstance(wrong, Rejected)
        assert wrong.code == "quantity_mismatch"
        assert (scene.recorded(), scene.posts()) == ([], 0)
    async with adapted(server, Ways()) as scene:
        assert isinstance(await scene.registry.rehearse(scene.request(), request_id="r"), Unknown)


async def test_what_is_accepted_now_is_recorded_at_the_next_cut_off(tmp_path: Path) -> None:
    friday = Pace(cut_off=CutOff(4, 15), shows_after_s=3600)
    now = datetime.now(UTC) + timedelta(days=1)
    cut_off = friday.cut_off.after(now)
    with FakeRegistryProcess(
        tmp_path / "book.jsonl", secret="broker", admin_secret="admin", page_size=9, pace=friday
    ) as server:
        async with adapted(server, Ways(), clock=lambda: now) as scene:
            told = await scene.registry.about(request_id="r")
            assert told.settles_within_s == 3600 + 7 * 24 * 3600
            assert isinstance(await scene.retire(scene.request()), Unknown)
            assert scene.recorded() == []
            now = cut_off - timedelta(seconds=1)
            assert await scene.find() == Absent(complete=True)
            now = cut_off
            assert await scene.find() == Absent(complete=True)
            now = cut_off + timedelta(hours=1)
            found = await scene.find()
            assert isinstance(found, Found)
            assert found.recorded.recorded_on == cut_off.date()
            assert found.recorded.recorded_on.weekday() == 4
            assert server.admin.ask(show_book()).posts == {f"ret-{scene.name}": 1}


async def test_a_list_that_lags_shows_a_record_after_its_time(tmp_path: Path) -> None:
    now = datetime.now(UTC) + timedelta(days=1)
    pace = Pace(shows_after_s=60)
    with FakeRegistryProcess(
        tmp_path / "book.jsonl", secret="broker", admin_secret="admin", page_size=9, pace=pace
    ) as server:
        async with adapted(server, Ways(), clock=lambda: now) as scene:
            assert isinstance(await scene.retire(scene.request()), Recorded)
            assert await scene.find() == Absent(complete=True)
            now += timedelta(seconds=61)
            assert isinstance(await scene.find(), Found)


@given(weekday=st.integers(0, 6), hour=st.integers(0, 23), at=st.datetimes(timezones=st.just(UTC)))
def test_a_cut_off_is_at_its_hour_in_japan_and_never_more_than_a_week_away(weekday, hour, at) -> None:
    at = max(at, datetime(2000, 1, 1, tzinfo=UTC)).replace(year=max(2000, min(at.year, 2100)), day=min(at.day, 28))
    found = CutOff(weekday, hour).after(at)
    assert (found.weekday(), found.hour, found.minute, found.utcoffset()) == (weekday, hour, 0, timedelta(hours=9))
    assert timedelta(0) < found - at <= timedelta(days=7)


@pytest.mark.parametrize(("weekday", "hour"), [(7, 0), (-1, 0), (0, 24)])
def test_a_cut_off_on_no_day_is_none(weekday: int, hour: int) -> None:
    with pytest.raises(ValueError, match="A week has"):
        CutOff(weekday, hour)
