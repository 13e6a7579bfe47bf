"""Does a file of transfers hold what was ordered, byte for byte, and is every field that does not fit named?"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules.zengin import (
    ERRORS_MAX,
    CustomerCodes,
    Cut,
    EdiText,
    Originator,
    ReadTransfers,
    RefusedZengin,
    Transfer,
    TransferFile,
    read_transfers,
    to_zengin_kana,
    write_transfers,
)
from app.payments.rules.zengin.transfers import count_errors

DAY = date(2026, 12, 25)
ORIGINATOR = Originator(
    code="123", name="株式会社オフセットデスク", transfer_on=DAY, bank_code="0001", bank_name="ミズホ", branch_code="110",
    branch_name="マルノウチ", account_kind="ordinary", account_number="1234567",
)  # fmt: skip
TRANSFER = Transfer(
    bank_code="0128", bank_name="グンマ", branch_code="001", branch_name="", account_kind="current", account_number="42",
    recipient="アオバショクヒン株式会社", amount_minor=540_000, new_code="known", attached=CustomerCodes("7", ""),
    speed="telegraphic",
)  # fmt: skip


def written(*transfers, originator=ORIGINATOR, line_end="none", end_mark="none"):
    return write_transfers(originator, transfers, line_end=line_end, end_mark=end_mark)


def complaints(found):
    assert isinstance(found, RefusedZengin), found
    return [(error.record, error.field, error.code) for error in found.errors]


def read(content):
    return read_transfers(content, not_before=date(2026, 12, 1))


HEADER = (
    b"1" b"21" b"0" b"0000000123"
    b"\xb6)\xb5\xcc\xbe\xc2\xc4\xc3\xde\xbd\xb8" + b" " * 29 +  # ｶ)ｵﾌｾﾂﾄﾃﾞｽｸ, forty columns.
    b"1225" b"0001" b"\xd0\xbd\xde\xce" + b" " * 11 +  # ﾐｽﾞﾎ
    b"110" b"\xcf\xd9\xc9\xb3\xc1" + b" " * 10 +  # ﾏﾙﾉｳﾁ
    b"1" b"1234567" + b" " * 17
)  # fmt: skip
ROW = (
    b"2" b"0128" b"\xb8\xde\xdd\xcf" + b" " * 11 + b"001" + b" " * 15 + b"0000" b"2" b"0000042"
    b"\xb1\xb5\xca\xde\xbc\xd6\xb8\xcb\xdd(\xb6" + b" " * 19 +  # ｱｵﾊﾞｼﾖｸﾋﾝ(ｶ, thirty columns.
    b"0000540000" b"0" b"0000000007" b"0000000000" b"7" b" " + b" " * 7
)  # fmt: skip
TRAILER = b"8000001000000540000" + b" " * 101
END = b"9" + b" " * 119


def test_a_file_is_these_bytes():
    assert [len(record) for record in (HEADER, ROW, TRAILER, END)] == [120] * 4
    assert written(TRANSFER) == TransferFile(HEADER + ROW + TRAILER + END, 1, 540_000, ())
    lines = b"".join(record + b"\r\n" for record in (HEADER, ROW, TRAILER, END))
    assert written(TRANSFER, line_end="crlf", end_mark="0x1a").content == lines + b"\x1a"


def test_edi_information_stands_where_customers_numbers_do():
    row = written(replace(TRANSFER, attached=EdiText("INV-7/8"))).content[120:240]
    assert (row[91:111], row[112:113]) == (b"INV-7/8" + b" " * 13, b"Y")


def test_a_name_is_cut_at_thirty_columns_and_never_in_silence():
    long = "アオバ" * 8  # Four columns each: ﾊﾞ is two.
    file = written(TRANSFER, replace(TRANSFER, recipient=long))
    assert file.cut == (Cut(3, "ｱｵﾊﾞ" * 8, ("ｱｵﾊﾞ" * 8)[:30]),)
    assert file.content[240 + 50 : 240 + 80].decode("cp932") == ("ｱｵﾊﾞ" * 8)[:30]
    assert written(replace(TRANSFER, recipient="ア" * 30)).cut == ()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"bank_code": "128"}, (2, "bank_code", "not_digits")),
        ({"bank_code": "０１２８"}, (2, "bank_code", "not_digits")),
        ({"branch_code": "0011"}, (2, "branch_code", "not_digits")),
        ({"bank_name": "ア" * 16}, (2, "bank_name", "too_long")),
        ({"branch_name": "本店"}, (2, "branch_name", "kanji")),
        ({"account_number": "12345678"}, (2, "account_number", "too_long")),
        ({"account_number": ""}, (2, "account_number", "not_digits")),
        ({"recipient": "青葉食品"}, (2, "recipient", "kanji")),
        ({"recipient": ""}, (2, "recipient", "empty_field")),
        ({"recipient": "アヲバ"}, (2, "recipient", "not_allowed_character")),
        ({"amount_minor": 0}, (2, "amount", "zero_amount")),
        ({"amount_minor": -1}, (2, "amount", "amount_out_of_range")),
        ({"amount_minor": 10**10}, (2, "amount", "amount_out_of_range")),
        ({"attached": CustomerCodes("A", "")}, (2, "customer_codes", "not_digits")),
        ({"attached": CustomerCodes("", "1" * 11)}, (2, "customer_codes", "too_long")),
        ({"attached": EdiText("A" * 21)}, (2, "customer_codes", "too_long")),
        ({"attached": EdiText("")}, (2, "customer_codes", "empty_field")),
    ],
)
def test_a_field_that_does_not_fit_is_named(change, complaint):
    assert complaints(written(replace(TRANSFER, **change))) == [complaint]
    assert complaints(written(TRANSFER, replace(TRANSFER, **change), TRANSFER)) == [(3, *complaint[1:])]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"code": "12345678901"}, (1, "code", "too_long")),
        ({"code": "X"}, (1, "code", "not_digits")),
        ({"name": "ア" * 41}, (1, "name", "too_long")),
        ({"name": "青葉"}, (1, "name", "kanji")),
        ({"bank_code": ""}, (1, "bank_code", "not_digits")),
        ({"branch_name": "マル ノウチ"}, (1, "branch_name", "not_allowed_character")),
        ({"account_number": "x"}, (1, "account_number", "not_digits")),
    ],
)
def test_a_payers_field_that_does_not_fit_is_named(change, complaint):
    assert complaints(written(TRANSFER, originator=replace(ORIGINATOR, **change))) == [complaint]


def test_every_error_is_told_up_to_a_limit_and_nothing_is_written():
    wrong = replace(TRANSFER, amount_minor=0, bank_code="")
    found = complaints(written(wrong, TRANSFER, wrong))
    assert found == [
        (record, *rest) for record in (2, 4) for rest in (("bank_code", "not_digits"), ("amount", "zero_amount"))
    ]
    many = complaints(written(*[wrong] * 100))
    assert len(many) == ERRORS_MAX + 1
    assert many[-1][2] == "too_many_errors"
    assert complaints(written()) == [(0, "", "no_transfers")]
    assert [error.code for error in count_errors([TRANSFER] * 1_000_000)] == ["too_many_transfers"]
    most = replace(TRANSFER, amount_minor=9_999_999_999)
    assert complaints(written(*[most] * 101)) == [(0, "total", "amount_out_of_range")]


SPELT = st.text(alphabet="ｱｲｳﾊﾞﾝAZ09.-", min_size=1)
TRANSFERS = st.builds(
    Transfer,
    bank_code=st.from_regex(r"[0-9]{4}", fullmatch=True),
    bank_name=st.text(alphabet="ｱｲｳAZ09-", max_size=15),
    branch_code=st.from_regex(r"[0-9]{3}", fullmatch=True),
    branch_name=st.text(alphabet="ｱｲｳAZ09-", max_size=15),
    account_kind=st.sampled_from(["ordinary", "current", "savings", "other"]),
    account_number=st.from_regex(r"[0-9]{7}", fullmatch=True),
    recipient=st.text(alphabet="ｱｲｳﾊﾝAZ09.-()", min_size=1, max_size=30).filter(
        lambda text: to_zengin_kana(text, kind="name") == text
    ),
    amount_minor=st.integers(1, 9_999_999_999),
    new_code=st.sampled_from(["known", "first", "changed"]),
    attached=st.one_of(
        st.builds(EdiText, st.text(alphabet="ｱｲｳｦAZ09-/", min_size=1, max_size=20)),
        st.builds(CustomerCodes, *[st.sampled_from(["", "0000000007", "9999999999"])] * 2),
    ),
    speed=st.sampled_from(["telegraphic", "by_document", "unsaid"]),
)


@given(
    st.lists(TRANSFERS, min_size=1, max_size=5),
    st.dates(date(2026, 1, 1), date(2040, 12, 31)),
    st.sampled_from(["crlf", "none"]),
    st.sampled_from(["0x1a", "none"]),
)
def test_what_is_written_is_read_back(transfers, day, line_end, end_mark):
    originator = replace(
        ORIGINATOR, code="0000000123", name="ｶ)ｵﾌｾﾂﾄ", bank_name="ﾐｽﾞﾎ", branch_name="", transfer_on=day
    )
    file = written(*transfers, originator=originator, line_end=line_end, end_mark=end_mark)
    total_minor = sum(transfer.amount_minor for transfer in transfers)
    assert (file.count, file.total_minor, file.cut) == (len(transfers), total_minor, ())
    assert read_transfers(file.content, not_before=day) == ReadTransfers(originator, tuple(transfers), total_minor)


@pytest.mark.parametrize("line_end", ["crlf", "none"])
def test_a_file_cut_off_anywhere_is_refused(line_end):
    file = written(TRANSFER, line_end=line_end)
    needed = len(file.content) - (2 if line_end == "crlf" else 0)
    assert isinstance(read(file.content[:needed]), ReadTransfers)
    for cut_off in range(needed):
        assert isinstance(read(file.content[:cut_off]), RefusedZengin), cut_off


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        ((ROW, TRAILER, END), (1, "", "missing_header")),
        ((HEADER, HEADER, END), (2, "", "missing_trailer")),
        ((HEADER, ROW, END), (3, "", "missing_trailer")),
        ((HEADER, ROW, TRAILER), (0, "", "missing_end")),
        ((HEADER, ROW, TRAILER, HEADER), (4, "", "missing_end")),
        ((HEADER, ROW, TRAILER, END, ROW), (5, "", "bytes_after_end")),
        ((HEADER[:1] + b"11" + HEADER[3:], ROW, TRAILER, END), (1, "type_code", "unsupported_type")),
        ((HEADER[:54] + b"0230" + HEADER[58:], ROW, TRAILER, END), (1, "transfer_on", "bad_date")),
        ((HEADER[:95] + b"4" + HEADER[96:], ROW, TRAILER, END), (1, "account_kind", "unknown_word")),
        ((HEADER, ROW[:42] + b"3" + ROW[43:], TRAILER, END), (2, "account_kind", "unknown_word")),
        ((HEADER, ROW[:90] + b"5" + ROW[91:], TRAILER, END), (2, "new_code", "unknown_word")),
        ((HEADER, ROW[:111] + b"1" + ROW[112:], TRAILER, END), (2, "speed", "unknown_word")),
        ((HEADER, ROW[:112] + b"N" + ROW[113:], TRAILER, END), (2, "edi_mark", "unknown_word")),
        ((HEADER, ROW[:80] + b"0" * 10 + ROW[90:], TRAILER, END), (2, "amount", "zero_amount")),
        ((HEADER, ROW[:80] + b"   5400000"[:10] + ROW[90:], TRAILER, END), (2, "amount", "not_digits")),
        ((HEADER, ROW[:50] + b" " * 30 + ROW[80:], TRAILER, END), (2, "recipient", "empty_field")),
        ((HEADER, ROW[:50] + b"\x90\xc2" + ROW[52:], TRAILER, END), (2, "recipient", "undecodable_byte")),
        ((HEADER, ROW, b"8000002" + TRAILER[7:], END), (3, "count", "wrong_count")),
        ((HEADER, ROW, TRAILER[:18] + b"1" + TRAILER[19:], END), (3, "total", "wrong_total")),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_place(records, complaint):
    assert complaints(read(b"".join(record + b"\r\n" for record in records))) == [complaint]


@given(st.binary(max_size=400))
def test_no_bytes_crash_it(content):
    for prefix in (b"", HEADER, HEADER + ROW):
        assert isinstance(read(prefix + content), RefusedZengin)


def test_a_day_is_the_next_with_its_month_and_day():
    file = written(TRANSFER, originator=replace(ORIGINATOR, transfer_on=date(2028, 2, 29)))
    assert read_transfers(file.content, not_before=date(2026, 12, 1)).originator.transfer_on == date(2028, 2, 29)
    file = written(TRANSFER)
    assert read_transfers(file.content, not_before=date(2026, 12, 26)).originator.transfer_on == date(2027, 12, 25)
