"""What is a line, for every state of its payment and order, and does every yen of it go somewhere?"""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.models import LineOutcome, PaymentStatus
from app.payments.rules import Due, Judgement, Outcome, judge, may_reserve_again
from app.payments.rules.matching import SURE, MatchOutcome

ORDER_STATUSES = ("awaiting_payment", "paid", "fulfilled", "canceled", "expired", "short")
OPEN = Due(1_000, 0, 0, "open", "awaiting_payment")
WAITING = replace(OPEN, waiting_minor=400)
EXPIRED = replace(OPEN, payment_status="closed", order_status="expired")
PAID = replace(OPEN, received_minor=1_000, payment_status="paid", order_status="paid")

TABLE = [
    ("exactly what is due", 1_000, OPEN, False, Judgement("exact", 1_000, 0)),
    ("more than is due", 1_300, OPEN, False, Judgement("over", 1_000, 300)),
    ("less than is due", 999, OPEN, False, Judgement("short", 0, 999)),
    ("one yen", 1, OPEN, False, Judgement("short", 0, 1)),
    ("the missing part", 600, WAITING, False, Judgement("completes", 600, 0, 400)),
    ("more than the missing part", 700, WAITING, False, Judgement("completes", 600, 100, 400)),
    ("less than the missing part", 599, WAITING, False, Judgement("short", 0, 599)),
    ("the whole, though a part waits", 1_000, WAITING, False, Judgement("exact", 1_000, 0)),
    ("more than the whole, though a part waits", 1_100, WAITING, False, Judgement("over", 1_000, 100)),
    ("paid already", 1_000, PAID, False, Judgement("duplicate", 0, 1_000)),
    ("paid and fulfilled", 1_000, replace(PAID, order_status="fulfilled"), False, Judgement("duplicate", 0, 1_000)),
    ("paid and not filled", 5, replace(PAID, order_status="short"), False, Judgement("duplicate", 0, 5)),
    ("expired, tonnes are gone", 1_000, EXPIRED, False, Judgement("late", 0, 1_000)),
    ("expired, reserved again", 1_000, EXPIRED, True, Judgement("late_reserved", 1_000, 0)),
    ("expired, reserved again, more", 1_200, EXPIRED, True, Judgement("late_reserved", 1_000, 200)),
    (
        "expired, the missing part, reserved again",
        600,
        replace(EXPIRED, waiting_minor=400),
        True,
        Judgement("late_reserved", 600, 0, 400),
    ),
    ("expired, less", 400, EXPIRED, False, Judgement("short", 0, 400)),
    ("canceled", 1_000, replace(EXPIRED, order_status="canceled"), False, Judgement("late", 0, 1_000)),
    ("canceled, less", 1, replace(EXPIRED, order_status="canceled"), False, Judgement("late", 0, 1)),
    ("no payment named", 1_000, None, False, Judgement("unknown_payer", 0, 1_000)),
    ("money that left", -500, None, False, Judgement("outgoing", 0, -500)),
    ("money that left, with a reference", -500, OPEN, False, Judgement("outgoing", 0, -500)),
]


@pytest.mark.parametrize(
    ("line_minor", "due", "reserved_again", "judgement"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_the_table_of_judgements(line_minor, due, reserved_again, judgement):
    assert judge(line_minor, due, reserved_again=reserved_again) == judgement


@st.composite
def dues(draw):
    amount = draw(st.integers(1, 10**6))
    status = draw(st.sampled_from(ORDER_STATUSES))
    paid = status in {"paid", "fulfilled", "short"}
    return Due(
        amount,
        amount if paid else 0,
        0 if paid else draw(st.integers(0, amount - 1)),
        "paid" if paid else draw(st.sampled_from(["open", "closed"])),
        status,
    )


lines = st.integers(-(10**6), 2 * 10**6).filter(bool)


@given(lines, st.none() | dues(), st.booleans())
def test_applied_and_left_are_the_line_and_never_more_is_applied_than_is_due(line_minor, due, reserved_again):
    judged = judge(line_minor, due, reserved_again=reserved_again)
    assert judged.applied_minor + judged.left_minor == line_minor
    assert judged.applied_minor >= 0
    applied = judged.applied_minor + judged.from_waiting_minor
    assert applied in {0, 0 if due is None else due.due_minor}
    assert judged.from_waiting_minor in {0, 0 if due is None else due.waiting_minor}
    if line_minor > 0:
        assert judged.left_minor >= 0
    if judged.from_waiting_minor:
        assert judged.applied_minor


@given(lines.filter(lambda minor: minor > 0), dues(), st.booleans())
def test_what_is_not_applied_is_left_only_for_a_named_reason(line_minor, due, reserved_again):
    judged = judge(line_minor, due, reserved_again=reserved_again)
    enough = line_minor + due.waiting_minor >= due.due_minor
    takes = due.order_status == "awaiting_payment" or (due.order_status == "expired" and reserved_again)
    assert (judged.applied_minor > 0) == (takes and enough)
    if may_reserve_again(line_minor, due):
        assert judge(line_minor, due, reserved_again=True).outcome == "late_reserved"
        assert judge(line_minor, due, reserved_again=False).outcome == "late"


@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**5), min_size=1, max_size=30))
def test_short_lines_pay_together_exactly_once(amount, minors):
    waiting, paid, left = 0, False, 0
    for minor in minors:
        status = "paid" if paid else "open"
        order = "paid" if paid else "awaiting_payment"
        judged = judge(minor, Due(amount, amount if paid else 0, waiting, status, order), reserved_again=False)
        if judged.outcome == "short":
            waiting += minor
            continue
        left += judged.left_minor
        if judged.applied_minor:
            assert not paid
            assert judged.applied_minor + judged.from_waiting_minor == amount
            paid, waiting = True, waiting - judged.from_waiting_minor
    assert paid == (sum(minors) >= amount)
    assert sum(minors) == left + waiting + (amount if paid else 0)


def test_an_order_status_that_nobody_judged_is_a_crash():
    with pytest.raises(AssertionError):
        judge(1, replace(OPEN, order_status="dreaming"), reserved_again=False)


def test_the_words_are_those_of_the_tables():
    assert set(get_args(Outcome)) | {"pending"} | (set(get_args(MatchOutcome)) & set(LineOutcome)) == set(LineOutcome)
    assert set(get_args(MatchOutcome)) - set(LineOutcome) == SURE | {"nothing"}
    assert PaymentStatus.PAID == "paid"
