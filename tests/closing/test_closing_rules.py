"""Are lines judged, months named and journals written as the rules say, whatever comes?"""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.closing.queries import FINDERS
from app.closing.rules import (
    COUNTERPARTS,
    DEFAULTS,
    GRACE,
    BookName,
    ClosedBalance,
    DayDigest,
    DifferenceKind,
    Encoding,
    Entry,
    Finder,
    LineFacts,
    Ours,
    Settled,
    end_of,
    fee_of,
    is_over,
    journal_header,
    journal_lines,
    judge,
    kind_of,
    month_hash,
    name_of,
    next_to_close,
    read_month,
    write_month,
)
from app.core.ids import new_id
from app.ledger import rules as accounts
from app.ledger.rules import last_day_of, month_after

NOW = datetime(2026, 12, 3, 3, 0, tzinfo=UTC)
AMOUNTS = st.integers(-10_000, 10_000)
postings = st.lists(
    st.builds(Ours, st.uuids(), AMOUNTS.filter(bool), st.sampled_from(["JPY", "USD"])), max_size=4, unique_by=lambda o: o.posting_id
)  # fmt: skip
lines = st.builds(
    LineFacts, st.sampled_from([*COUNTERPARTS, "fee", "risk_reserved_funds", ""]), AMOUNTS, st.sampled_from(["JPY", "USD"]),
    st.timedeltas(timedelta(), timedelta(days=3)).map(lambda age: NOW - age),
)  # fmt: skip


@given(lines, postings)
def test_a_verdict_is_one_of_four_and_says_by_how_much_the_books_differ(line: LineFacts, ours: list[Ours]):
    verdict = judge(line, ours, now=NOW)
    same = [each for each in ours if (each.amount_minor, each.currency) == (line.amount_minor, line.currency)]
    if verdict.settled is Settled.MATCHED:
        assert verdict.posting_id in {each.posting_id for each in same}
    elif verdict.settled is Settled.FEE:
        assert line.category == "fee" or line.amount_minor == 0
    else:
        assert verdict.settled is None
        assert not same or line.category not in COUNTERPARTS
        booked = {each.posting_id: each.amount_minor for each in ours}
        assert verdict.amount_minor == line.amount_minor - booked.get(verdict.posting_id or UUID(int=0), 0) != 0
        young = NOW - line.created_at < GRACE
        assert (verdict.kind is None) == (young and line.category in COUNTERPARTS)
        assert (verdict.kind is DifferenceKind.AMOUNT_DIFFERS) == (verdict.posting_id is not None)


@given(AMOUNTS, st.integers(-500, 500))
def test_what_a_line_costs_and_what_it_moves_make_its_net(amount: int, fee: int):
    assert amount - fee_of("charge", amount, fee) == amount - fee
    assert -fee_of("fee", amount, fee) == amount - fee


def test_every_finder_has_its_table_and_is_used():
    assert set(FINDERS) == set(Finder)
    assert {each.finder for each in COUNTERPARTS.values()} == set(Finder)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_month_is_read_as_it_is_written_and_is_over_when_it_ends_in_japan(day: date):
    month = day.replace(day=1)
    assert read_month(write_month(month)) == month
    assert last_day_of(month) + timedelta(days=1) == month_after(month)
    assert is_over(month, now=end_of(month))
    assert not is_over(month, now=end_of(month) - timedelta(microseconds=1))
    assert next_to_close(None, month) == month_after(month)


def test_what_is_no_month_is_none():
    assert [
        read_month(text) for text in ("2026-13", "2026-00", "0000-01", "2026-1", "2026-11-01", "２０２６-11", "")
    ] == [None] * 7


def test_a_hash_tells_every_part_apart():
    day, held = DayDigest(date(2026, 11, 2), 3, "ab"), ClosedBalance("bank", "JPY", 0, 1, 2, -1)
    plain = month_hash(date(2026, 11, 1), None, [day], [held])
    others = [
        month_hash(date(2026, 12, 1), None, [day], [held]), month_hash(date(2026, 11, 1), "x", [day], [held]),
        month_hash(date(2026, 11, 1), None, [], [held]), month_hash(date(2026, 11, 1), None, [day], []),
        month_hash(date(2026, 11, 1), None, [DayDigest(day.day, 3, "ac")], [held]),
        month_hash(date(2026, 11, 1), None, [day], [ClosedBalance("bank", "JPY", 0, 2, 3, -1)]),
    ]  # fmt: skip
    assert len({plain, *others}) == 7
    two = [day, DayDigest(date(2026, 11, 1), 1, "cd")]
    assert month_hash(date(2026, 11, 1), None, two, []) == month_hash(date(2026, 11, 1), None, two[::-1], [])


def test_every_account_of_the_book_has_a_name():
    org = new_id()
    every = [
        accounts.bank(), accounts.suspense(), accounts.unapplied(), accounts.held_orders(), accounts.payable(org),
        accounts.refunds(org), accounts.refunds(None), accounts.stripe_clearing(), accounts.stripe_fees(),
        accounts.stripe_transit(), accounts.disputes(), accounts.commission(), accounts.consumption_tax(),
        accounts.write_off(), accounts.receivable(org), accounts.payouts_in_transit(),
    ]  # fmt: skip
    assert {kind_of(account) for account in every} == set(DEFAULTS)
    assert name_of(accounts.payable(org), {}).name == "未払金"
    assert name_of(accounts.payable(org), {"payable": BookName("買掛金", "201", "対象外")}).code == "201"


entries = st.lists(
    st.builds(
        Entry, st.uuids(), st.dates(date(2026, 11, 1), date(2026, 11, 30)), st.sampled_from(["bank", "unapplied", "new:one"]),
        st.sampled_from(["held:orders", "payable:00", "stripe:fees"]), st.integers(1, 10**12), st.just("JPY"),
        st.sampled_from(["sale", "=1+1", "unknown"]), st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12),
    ), max_size=6,
)  # fmt: skip


@given(entries, st.sampled_from(Encoding))
def test_a_journals_debits_are_its_credits_and_no_cell_computes(found: list[Entry], encoding: Encoding):
    content = journal_header(encoding) + journal_lines(found, {}, encoding)
    text = content.decode("utf-8-sig" if encoding is Encoding.UTF_8 else "cp932")
    assert content.startswith(b"\xef\xbb\xbf") == (encoding is Encoding.UTF_8)
    assert text.count("\r\n") == len(found) + 1
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert all(len(row) == len(header) == 13 for row in rows)
    debited, credited = (sum(int(row[n]) for row in rows) for n in (7, 8))
    assert debited == credited == sum(each.amount_minor for each in found)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert [row[12] for row in rows] == [str(each.id) for each in found]


def test_what_cp932_has_not_is_marked_and_what_it_writes_otherwise_is_kept():
    entry = Entry(new_id(), date(2026, 11, 2), "bank", "unapplied", 5, "JPY", "bank_line", "𠮷野〜髙橋－")
    [row] = csv.reader(io.StringIO(journal_lines([entry], {}, Encoding.CP932).decode("cp932"), newline=""))
    assert row[11] == "〓野～髙橋－"
    assert row[1] == "普通預金"
