"""Is all that a bank's file says read from its columns? What is wrong with one: test_zengin_refusals.py."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules.zengin import (
    AccountClosed,
    AccountOpened,
    FileEnd,
    OwnAccount,
    Totals,
    ZenginError,
    ZenginMovement,
    read_movements,
    read_zengin,
)
from tests.payments.zengin_files import (
    READING,
    WHOLE_01,
    WHOLE_03,
    complaints,
    end_01,
    end_03,
    file_of,
    header_01,
    header_03,
    row_01,
    row_03,
    trailer_01,
    trailer_03,
    whole,
)


def test_a_statement_is_read_from_its_columns():
    (block,) = whole(*WHOLE_03).accounts
    assert block.account == OwnAccount("0001", "110", "1", "1234567", "ｶ)ｵﾌｾﾂﾄﾃﾞｽｸ")
    assert block.totals == Totals(1, 540_000, 0, 0)
    assert block.movements == (
        ZenginMovement(
            record=2, account=block.account, booked_on=date(2026, 11, 10), value_on=date(2026, 11, 10),
            amount_minor=540_000, kind="transfer", inquiry_number="00000001", payer_code="", payer_name="ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
            sender_bank="ﾐﾂｲｽﾐﾄﾓ", sender_branch="ｼﾌﾞﾔ", summary="ﾌﾘｺﾐ", edi="", virtual_account="",
        ),
    )  # fmt: skip


def test_a_notice_is_read_from_its_columns_in_both_of_its_forms():
    (small,) = whole(*WHOLE_01).movements
    assert (small.amount_minor, small.kind, small.summary) == (540_000, "transfer", "")
    large = 12_345_678_901
    rows = [row_01(minor=0, large=large, edi="INV-7"), row_01("000002", edi="12345678901")]
    found = whole(header_01(), *rows, trailer_01((2, large + 540_000)), end_01())
    assert [movement.amount_minor for movement in found.movements] == [large, 540_000]
    assert [movement.edi for movement in found.movements] == ["INV-7", "12345678901"]


def test_twenty_digits_of_edi_information_are_no_amount():
    (movement,) = whole(header_01(), row_01(edi="9" * 20), trailer_01(), end_01()).movements
    assert (movement.amount_minor, movement.edi) == (540_000, "9" * 20)


@pytest.mark.parametrize("line_end", ["\r\n", "\n", ""])
@pytest.mark.parametrize("mark", [b"", b"\x1a", b"\x1a\r\n"])
def test_line_ends_and_the_mark_of_the_end_change_nothing(line_end, mark):
    for records in (WHOLE_03, WHOLE_01):
        assert whole(*records, line_end=line_end, mark=mark) == whole(*records)


def test_money_that_left_and_what_was_cancelled_is_below_zero():
    rows = [row_03(), row_03("00000002", minor=330, way="2", kind="18", name="", summary="ﾃｽｳﾘﾖｳ")]
    trailer = trailer_03((1, 540_000), (1, 330), balance="00000001539670")
    found = whole(header_03(), *rows, trailer, end_03(5))
    assert [movement.amount_minor for movement in found.movements] == [540_000, -330]
    cancelled = [row_01(), row_01("000002", cancelled="1")]
    found = whole(header_01(), *cancelled, trailer_01((1, 540_000), (1, 540_000)), end_01())
    assert [(one.amount_minor, one.kind) for one in found.movements] == [
        (540_000, "transfer"),
        (-540_000, "cancellation"),
    ]
    assert found.accounts[0].totals == Totals(1, 540_000, 1, 540_000)


def test_a_correction_is_told_as_one():
    row = row_03(way="2", kind="19")
    (found,) = whole(header_03(), row, trailer_03((0, 0), (1, 540_000), balance="00000000460000"), end_03()).movements
    assert (found.kind, found.amount_minor) == ("correction", -540_000)


def test_each_account_of_a_file_has_its_own_block():
    other = header_03(number="0007654321")
    records = [*WHOLE_03[:3], other, row_03(minor=7), trailer_03((1, 7), balance="00000001000007"), end_03(7, 2)]
    found = whole(*records)
    assert [block.account.number for block in found.accounts] == ["1234567", "7654321"]
    assert [one.amount_minor for one in found.movements] == [540_000, 7]


def test_a_day_without_movements_is_a_whole_file():
    assert whole(header_01(), trailer_01((0, 0)), end_01()).movements == ()
    empty = trailer_03((0, 0), balance="00000001000000")
    assert whole(header_03(), empty, end_03(3)).accounts[0].totals == Totals(0, 0, 0, 0)


def test_an_overdrawn_balance_counts_below_zero():
    header, trailer = header_03(sign="2", balance="00000000040000"), trailer_03(balance="00000000500000")
    assert whole(header, row_03(), trailer, end_03())
    wrong = trailer_03(sign="2", balance="00000000500000")
    assert complaints(file_of(header, row_03(), wrong, end_03())) == [(3, "balance", "wrong_balance")]


def test_a_bank_that_leaves_balances_and_counts_out_is_believed_without():
    assert whole(header_03(sign=" ", balance=" " * 14), row_03(), trailer_03(), end_03())
    assert whole(header_03(sign="0", balance="0" * 14), row_03(), trailer_03(sign="0", balance="0" * 14), end_03(0, 0))
    assert whole(*WHOLE_03[:3], end_03(3))  # The end record may or may not count itself.
    assert whole(*WHOLE_03[:3], "9" + " " * 199)


def test_movements_come_as_they_are_read_and_stop_at_the_first_error():
    def chunks():
        yield file_of(*WHOLE_03[:2])
        raise AssertionError("The second chunk was asked for before the first was told.")

    told = read_movements(chunks(), READING)
    assert isinstance(next(told), AccountOpened)
    assert next(told).amount_minor == 540_000
    broken = file_of(header_03(), row_03(), row_03(minor=0), row_03(), trailer_03((3, 1_080_000)), end_03(6))
    assert [type(one) for one in read_movements([broken], READING)] == [AccountOpened, ZenginMovement, ZenginError]
    good = [type(one) for one in read_movements([file_of(*WHOLE_03)], READING)]
    assert good == [AccountOpened, ZenginMovement, AccountClosed, FileEnd]


@given(st.integers(1, 450), st.sampled_from(["\r\n", "\n", ""]))
def test_where_a_file_is_cut_into_chunks_changes_nothing(size, line_end):
    content = file_of(*WHOLE_03, line_end=line_end)
    chunks = [content[place : place + size] for place in range(0, len(content), size)]
    assert read_zengin(chunks, READING) == whole(*WHOLE_03)


@given(st.lists(st.tuples(st.integers(1, 10**11), st.booleans()), max_size=8))
def test_every_yen_of_a_file_is_in_its_movements(told):
    rows = [row_03(f"{place:08}", minor=minor, way="1" if is_in else "2") for place, (minor, is_in) in enumerate(told)]
    ins, outs = [minor for minor, is_in in told if is_in], [minor for minor, is_in in told if not is_in]
    trailer = trailer_03((len(ins), sum(ins)), (len(outs), sum(outs)), sign=" ")
    found = whole(header_03(), *rows, trailer, end_03(len(told) + 3))
    assert [one.amount_minor for one in found.movements] == [minor if is_in else -minor for minor, is_in in told]
