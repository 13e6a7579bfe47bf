"""Is a reference found however a bank and a payer write it, and is nothing else taken for one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules import REFERENCE_LENGTH, is_reference, new_reference, reference_in

REFERENCE = new_reference(2_345_678_901)
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


@given(st.integers(0, 2**128))
def test_a_new_reference_is_eleven_digits_that_check_and_do_not_begin_with_zero(number):
    made = new_reference(number)
    assert len(made) == REFERENCE_LENGTH
    assert is_reference(made)
    assert made[0] != "0"


def test_the_check_digit_is_luhns():
    # The worked example of ISO/IEC 7812-1: 7992739871 has the check digit 3.
    assert is_reference("79927398713")
    assert [digit for digit in "0123456789" if is_reference("7992739871" + digit)] == ["3"]


@given(st.integers(0, 2**64), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number, place, change):
    made = new_reference(number)
    wrong = made[:place] + str((int(made[place]) + change) % 10) + made[place + 1 :]
    assert not is_reference(wrong)


@given(st.integers(0, 2**64), st.integers(0, 9))
def test_two_swapped_neighbours_are_noticed_but_for_zero_and_nine(number, place):
    made = new_reference(number)
    swapped = made[:place] + made[place + 1] + made[place] + made[place + 2 :]
    alike = made[place] == made[place + 1] or {made[place], made[place + 1]} == {"0", "9"}
    assert is_reference(swapped) == (alike and swapped[0] != "0")


R = REFERENCE
SPELLINGS = [
    R,
    f"{R} カ)オフセツト",
    f"{R}カ）オフセツト",
    f"ｶ)ｵﾌｾﾂﾄ{R}",
    R.translate(FULL_WIDTH),
    f"{R[:3]}-{R[3:7]}-{R[7:]}",
    f"{R[:3]}-{R[3:7]}-{R[7:]}".translate(FULL_WIDTH),
    f"{R[:3]} {R[3:7]} {R[7:]}",
    f"{R[:3]}　{R[3:7]}　{R[7:]}ｶﾌﾞｼｷｶﾞｲｼﾔ",
    f"{R[:5]}ｰ{R[5:]}",
    f"{R[:5]} - {R[5:]}",
    f"{R[:5]}−{R[5:]}",
    " ".join(R),
    f"振込 20260401 {R} ナカムラ",
    f"{R} 20260401",
    f"20260401-{R[:3]}-{R[3:7]}-{R[7:]}",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_reference_is_found_in_the_name_and_in_the_memo(spelling):
    assert R in reference_in(spelling, "")
    assert R in reference_in("カ)オフセツト", spelling)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "カ)オフセツト",
        R[:-1],
        f"9{R}",
        f"{R}0",
        f"{R[:5]}/{R[5:]}",
        f"{R[:5]}カ{R[5:]}",
        f"{R[:5]}\n{R[5:]}",
        "0" * 11,
        str(int(R) + 1),
    ],
)
def test_what_is_not_a_reference_is_not_found(text):
    assert reference_in(text, "") == []


def test_a_reference_never_spans_name_and_memo():
    assert reference_in(R[:5], R[5:]) == []


def test_each_reference_is_named_once_in_the_order_of_the_text():
    other = new_reference(42)
    assert reference_in(f"{other}/{R}", f"{R} {other}") == [other, R]


@given(st.integers(0, 2**64), st.text(alphabet="アイウｱｲｳ()（）.ABC ", max_size=10))
def test_any_reference_is_found_before_any_name(number, name):
    made = new_reference(number)
    assert reference_in(made + name, "") == [made]


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_found_is_valid(name, memo):
    assert all(is_reference(found) for found in reference_in(name, memo))
