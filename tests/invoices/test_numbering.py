"""Is a number written and read in exactly one way, and is a paper kept as long as it must be?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.invoices.errors import DocumentNumberInvalid
from app.invoices.rules import (
    SERIES,
    STAMP_FROM_MINOR,
    YEARS_KEPT,
    YEARS_KEPT_AFTER_A_LOSS,
    Kind,
    NumberedBy,
    Stamp,
    kept_through,
    numbered,
    parse_number,
    sequence_of,
    stamp_on,
    tax_period_end,
)
from tests.invoices.papers import DESK_ID, IDS


def test_each_kind_has_a_series_of_its_own():
    assert SERIES.keys() == set(Kind)
    assert len(set(SERIES.values())) == len(Kind)


def test_a_number_is_written_with_at_least_six_digits():
    sequence = sequence_of(DESK_ID, Kind.INVOICE, date(2026, 12, 1), by=NumberedBy.CALENDAR_YEAR)
    assert str(numbered(sequence, 123)) == "INV-2026-000123"
    assert str(numbered(sequence, 999_999)) == "INV-2026-999999"
    assert str(numbered(sequence, 1_000_000)) == "INV-2026-1000000"


@given(st.sampled_from(Kind), st.dates(date(2023, 10, 1)), st.integers(1, 10**12 - 1))
def test_what_is_written_is_read_back(kind, day, n):
    written = numbered(sequence_of(DESK_ID, kind, day, by=NumberedBy.CALENDAR_YEAR), n)
    assert parse_number(str(written)) == written


@given(st.text(max_size=24) | st.from_regex(r"[A-Z]{2,4}-[0-9]{3,5}-[0-9]{5,8}", fullmatch=True))
def test_what_can_be_read_is_written_in_one_way_only(text):
    try:
        read = parse_number(text)
    except DocumentNumberInvalid:
        return
    assert str(read) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "INV-2026-123", "INV-2026-000000", "inv-2026-000123", "INV-2026-0001234", "INV-26-000123"),
        *("ABC-2026-000123", "INV-2026-000123 ", "INV-2026-000123\n", "INV-２０２６-000123", "INV2026000123"),
    ],
)
def test_what_is_no_number_is_refused_by_name(text):
    with pytest.raises(DocumentNumberInvalid):
        parse_number(text)


def test_a_sequence_begins_anew_with_the_issuers_year_and_belongs_to_one_issuer():
    last, first = date(2027, 3, 31), date(2027, 4, 1)
    by_year = [sequence_of(DESK_ID, Kind.BILL, day, by=NumberedBy.CALENDAR_YEAR).year for day in (last, first)]
    by_fiscal = [sequence_of(DESK_ID, Kind.BILL, day, by=NumberedBy.FISCAL_YEAR).year for day in (last, first)]
    assert (by_year, by_fiscal) == ([2027, 2027], [2026, 2027])
    other = sequence_of(IDS["A"], Kind.BILL, last, by=NumberedBy.FISCAL_YEAR)
    assert other != sequence_of(DESK_ID, Kind.BILL, last, by=NumberedBy.FISCAL_YEAR)


@pytest.mark.parametrize(
    ("issued_on", "last_month", "end", "through"),
    [
        (date(2026, 11, 23), 3, date(2027, 3, 31), date(2034, 5, 31)),
        (date(2027, 3, 31), 3, date(2027, 3, 31), date(2034, 5, 31)),
        (date(2027, 4, 1), 3, date(2028, 3, 31), date(2035, 5, 31)),
        (date(2026, 11, 23), 12, date(2026, 12, 31), date(2034, 2, 28)),
        (date(2028, 1, 1), 12, date(2028, 12, 31), date(2036, 2, 29)),
        (date(2028, 2, 29), 2, date(2028, 2, 29), date(2035, 4, 30)),
    ],
)
def test_a_paper_is_kept_for_seven_years_from_two_months_after_its_taxable_year(issued_on, last_month, end, through):
    assert tax_period_end(issued_on, last_month=last_month) == end
    assert kept_through(end, years=YEARS_KEPT) == through
    longer = kept_through(end, years=YEARS_KEPT_AFTER_A_LOSS) + timedelta(days=1)
    assert (longer.year - 3, longer.month, longer.day) == (
        (through + timedelta(days=1)).year, (through + timedelta(days=1)).month, 1,
    )  # fmt: skip


def test_only_a_receipt_on_paper_of_fifty_thousand_yen_and_not_by_card_needs_a_stamp():
    assert stamp_on(STAMP_FROM_MINOR, on_paper=True, by_card=False) == Stamp.NEEDED
    assert stamp_on(STAMP_FROM_MINOR - 1, on_paper=True, by_card=False) == Stamp.NONE_SMALL
    assert stamp_on(10**9, on_paper=True, by_card=True) == Stamp.NONE_BY_CARD
    for by_card in (True, False):
        assert stamp_on(10**9, on_paper=False, by_card=by_card) == Stamp.NONE_ELECTRONIC
