"""Does the fake registry's book keep what was written, and nothing that was not?"""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.registries.base import SerialBlock
from integrations.registries.fake.admin import show_book
from integrations.registries.fake.book import Book, BookInUse, BookTampered, read_book
from integrations.registries.fake.child import FakeRegistryFailed, FakeRegistryProcess
from integrations.registries.fake.messages import Code, IssuedBlock, Order, Refusal, Retirement
from integrations.registries.fake.office import Office
from integrations.registries.fake.spans import Span, Spans

NOW = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


def written(path: Path, lines: int = 4) -> list[bytes]:
    book = Book.open(path)
    for n in range(lines):
        book.append("post", {"reference": f"ret-{n}"}, now=NOW + timedelta(seconds=n))
    book.close()
    return path.read_bytes().splitlines(keepends=True)


def order(first: int, last: int, **changed: str) -> Order:
    block = SerialBlock("P-", str(first), str(last), last - first + 1)
    texts = {"beneficiary_name": "b", "purpose": "p", "purpose_detail": "", "note": "n"} | changed
    return Order(reference=f"r{first}", certification_no="C", blocks=(block,), quantity=block.count, unit="t", **texts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.jsonl"


def test_a_book_that_is_opened_again_goes_on_where_it_ended(path: Path) -> None:
    written(path)
    book = Book.open(path)
    last = book.append("post", {"reference": "ret-4"}, now=NOW)
    book.close()
    records = read_book(path)
    assert [record.seq for record in records] == [1, 2, 3, 4, 5]
    assert records[-1] == last
    assert [record.prev for record in records[1:]] == [record.hash for record in records[:-1]]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0].replace(b"ret-0", b"ret-9"), *lines[1:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [lines[0].replace(b":", b": ", 1), *lines[1:]],
        lambda lines: [*lines[:-1], lines[-1].replace(b"2026", b"2027")],
        lambda lines: [b"\n", *lines],
    ],
)
def test_a_tampered_book_is_refused(path: Path, tamper) -> None:
    path.write_bytes(b"".join(tamper(written(path))))
    with pytest.raises(BookTampered):
        read_book(path)
    with pytest.raises(BookTampered):
        Book.open(path)


@given(place=st.integers(0), bit=st.integers(0, 7))
def test_no_changed_bit_goes_unseen(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    path = tmp_path_factory.mktemp("bit") / "book.jsonl"
    content = bytearray(b"".join(written(path, lines=3)))
    place %= len(content) - 1  # The very last byte ends the line: without it the line counts as torn.
    content[place] ^= 1 << bit
    path.write_bytes(bytes(content))
    with pytest.raises(BookTampered):
        read_book(path)


def test_a_line_that_a_crash_tore_is_cut_off_and_the_book_goes_on(path: Path) -> None:
    lines = written(path)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:40])
    book = Book.open(path)
    assert len(book.records) == 3
    book.append("post", {"reference": "after"}, now=NOW)
    book.close()
    assert [record.body["reference"] for record in read_book(path)] == ["ret-0", "ret-1", "ret-2", "after"]


def test_a_tampered_book_is_not_cut_before_it_is_refused(path: Path) -> None:
    lines = written(path)
    content = lines[0].replace(b"ret-0", b"ret-9") + b"".join(lines[1:]) + b"torn"
    path.write_bytes(content)
    with pytest.raises(BookTampered):
        Book.open(path)
    assert path.read_bytes() == content


def test_one_book_has_one_server(path: Path) -> None:
    book = Book.open(path)
    with pytest.raises(BookInUse):
        Book.open(path)
    book.close()
    Book.open(path).close()


def test_a_server_does_not_start_on_a_tampered_book_and_starts_on_a_good_one(path: Path) -> None:
    lines = written(path)
    path.write_bytes(lines[0].replace(b"ret-0", b"ret-9"))
    server = FakeRegistryProcess(path, secret="s", admin_secret="a", page_size=10)
    with pytest.raises(FakeRegistryFailed, match="BookTampered"):
        server.start()
    path.write_bytes(b"".join(lines))
    with server:
        assert [record.seq for record in server.admin.ask(show_book()).records] == [1, 2, 3, 4]


def test_the_server_dies_with_the_program_that_started_it(path: Path) -> None:
    story = f"""
import os, pathlib
from integrations.registries.fake.child import FakeRegistryProcess
FakeRegistryProcess(pathlib.Path({str(path)!r}), secret="s", admin_secret="a", page_size=10).start()
os.kill(os.getpid(), 9)
"""
    ended = subprocess.run([sys.executable, "-c", story], cwd=Path(__file__).parents[3], timeout=60)
    assert ended.returncode == -9
    deadline = datetime.now(UTC) + timedelta(seconds=10)
    while True:
        try:
            Book.open(path).close()
        except BookInUse:
            assert datetime.now(UTC) < deadline, "The fake registry outlived its parent."
        else:
            break


def test_the_office_knows_after_a_restart_what_it_knew_before(path: Path) -> None:
    book = Book.open(path)
    office = Office(book)
    office.issue(IssuedBlock("A", "C", "P-", "1", "100"), now=NOW)
    assert isinstance(office.retire(order(1, 10), now=NOW, visible_at=NOW), Retirement)
    assert office.promise(order(11, 20), now=NOW, due_at=NOW + timedelta(minutes=5)) is None
    office.note_post("r1", now=NOW)
    book.close()

    book = Book.open(path)
    again = Office(book)
    early = again.view(now=NOW)
    assert ([one.reference for one in early.retirements], early.posts) == (["r1"], {"r1": 1})
    refusal = again.retire(order(20, 21), now=NOW, visible_at=NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code == Code.ALREADY_RETIRED
    late = again.view(now=NOW + timedelta(minutes=5))
    assert [one.reference for one in late.retirements] == ["r1", "r11"]
    assert late.retirements[0].recorded_on.isoformat() == "2026-11-25", "01:30 of the next day in Japan."
    with pytest.raises(ValueError, match="issued before"):
        again.issue(IssuedBlock("B", "C2", "P-", "100", "101"), now=NOW)
    book.close()


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), max_size=40))
def test_spans_never_overlap_and_cover_exactly_what_was_added(wishes: list[tuple[int, int]]) -> None:
    spans, taken = Spans(), set()
    for first, more in wishes:
        wanted = set(range(first, first + more + 1))
        free = not spans.within(first, first + more)
        assert free == taken.isdisjoint(wanted)
        assert spans.covers(first, first + more) == wanted.issubset(taken)
        if free:
            spans.add(Span(first, first + more, ""))
            taken |= wanted
    assert numbers_of(spans) == taken


@given(st.sets(st.integers(0, 40)), st.integers(0, 40), st.integers(0, 10), st.sets(st.integers(0, 40)))
def test_what_is_let_go_can_be_taken_again_and_what_others_hold_is_left_out(held, first, more, others) -> None:
    spans, else_held = Spans(), Spans()
    for number in sorted(held):
        spans.add(Span(number, number, ""))
    for number in sorted(others):
        else_held.add(Span(number, number, ""))
    left = {number for span in spans.without(else_held) for number in range(span.first, span.last + 1)}
    assert left == held - others
    gone = set(range(first, first + more + 1))
    if gone <= held:
        spans.remove(first, first + more)
        assert numbers_of(spans) == held - gone
        spans.add(Span(first, first + more, ""))
    assert numbers_of(spans) == held


def numbers_of(spans: Spans) -> set[int]:
    return {number for span in spans.within(0, 100) for number in range(span.first, span.last + 1)}
