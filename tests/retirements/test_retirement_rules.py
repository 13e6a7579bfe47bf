"""By which name is a retirement known, which steps does it take, and what do look-ups prove?"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.retirements.rules import (
    LOOK_UPS_MAX,
    MOVING,
    RETIREMENT_STEPS,
    TASK_STEPS,
    RetirementStatus,
    Search,
    TaskStatus,
    Verdict,
    counted,
    is_reference,
    may_be_canceled,
    may_follow,
    new_reference,
    task_may_follow,
    verdict,
    wait_before,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@given(st.integers(0, 2**60 - 1))
def test_a_reference_is_short_and_ours(random) -> None:
    reference = new_reference(random)
    assert len(reference) == 16
    assert is_reference(reference)


@given(st.integers(0, 2**60 - 1), st.integers(3, 14), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_mistyped_character_of_a_reference_is_noticed(random, place, char) -> None:
    reference = new_reference(random)
    mistyped = reference[:place] + char + reference[place + 1 :]
    assert is_reference(mistyped) == (mistyped == reference)


@given(st.integers(0, 2**60 - 1), st.integers(3, 13))
def test_two_swapped_characters_of_a_reference_are_noticed(random, place) -> None:
    reference = new_reference(random)
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert is_reference(swapped) == (swapped == reference)


def test_other_peoples_words_are_not_references() -> None:
    assert not any(
        is_reference(text) for text in ("", "OD-", "OD-000000000000", "XX-0000000000000", "OD-00000000000U0")
    )


ALLOWED = {
    ("draft", "signed_off"), ("draft", "canceled"),
    ("signed_off", "queued"), ("signed_off", "canceled"),
    ("queued", "submitted"), ("queued", "canceled"), ("queued", "manual"),
    ("submitted", "recorded"), ("submitted", "rejected"), ("submitted", "unknown"), ("submitted", "manual"),
    ("submitted", "queued"),
    ("unknown", "recorded"), ("unknown", "rejected"), ("unknown", "manual"), ("unknown", "queued"),
    ("manual", "recorded"), ("manual", "rejected"), ("manual", "queued"),  # By two people's decision.
}  # fmt: skip


def test_a_retirement_takes_these_steps_and_no_others() -> None:
    assert set(RETIREMENT_STEPS) == set(RetirementStatus)
    found = {(a.value, b.value) for a in RetirementStatus for b in RetirementStatus if may_follow(a, b)}
    assert found == ALLOWED
    assert [s.value for s in RetirementStatus if may_be_canceled(s)] == ["draft", "signed_off", "queued"]
    assert {s.value for s in MOVING} == {"queued", "submitted", "unknown"}


def test_a_task_takes_these_steps_and_no_others() -> None:
    assert set(TASK_STEPS) == set(TaskStatus)
    found = {(a.value, b.value) for a in TaskStatus for b in TaskStatus if task_may_follow(a, b)}
    assert found == {
        ("open", "prepared"), ("prepared", "checked"), ("checked", "executed"), ("executed", "confirmed"),
        ("open", "canceled"), ("prepared", "canceled"), ("checked", "canceled"),
    }  # fmt: skip


SEARCH = Search(committed_at=NOON, lookups=0, empty_lookups=0, first_empty_at=None, ends_empty=False)
QUARTER = timedelta(minutes=15)


def looked(search: Search, after: timedelta, *, empty: bool = True) -> tuple[Search, Verdict]:
    found = counted(search, empty=empty, settles_within_s=60, now=NOON + after)
    return found, verdict(found, absent_after=QUARTER, settles_within_s=60, now=NOON + after)


def test_two_empty_look_ups_far_enough_apart_prove_absence() -> None:
    first, said = looked(SEARCH, timedelta(seconds=60))
    assert (first.empty_lookups, said) == (1, Verdict.AGAIN)
    assert looked(first, timedelta(seconds=60) + QUARTER - timedelta(microseconds=1))[1] == Verdict.AGAIN
    assert looked(first, timedelta(seconds=60) + QUARTER)[1] == Verdict.ABSENT


def test_before_the_registry_has_settled_an_empty_look_up_does_not_count() -> None:
    early, _ = looked(SEARCH, timedelta(seconds=59))
    assert (early.lookups, early.empty_lookups, early.first_empty_at) == (1, 0, None)
    later, said = looked(early, timedelta(days=1))
    assert (later.empty_lookups, said) == (1, Verdict.AGAIN)


def test_a_look_up_that_failed_does_not_prove_anything_however_late() -> None:
    first, _ = looked(SEARCH, timedelta(seconds=60))
    failed, said = looked(first, timedelta(days=1), empty=False)
    assert (failed.empty_lookups, said) == (1, Verdict.AGAIN)


@given(st.lists(st.tuples(st.integers(0, 4_000), st.booleans()), max_size=60))
def test_absence_is_never_said_without_two_counted_look_ups_a_quarter_of_an_hour_apart(looks) -> None:
    search, passed, empties = SEARCH, 0, []
    for wait_s, empty in looks:
        passed += wait_s
        search, said = looked(search, timedelta(seconds=passed), empty=empty)
        if empty and passed >= 60:
            empties.append(passed)
        if said == Verdict.ABSENT:
            assert empties[-1] == passed
            assert empties[-1] - empties[0] >= QUARTER.total_seconds()
            return
        assert (said == Verdict.PERSON) <= (search.lookups >= LOOK_UPS_MAX)


def test_a_slow_registry_can_still_prove_absence_before_a_person_is_asked() -> None:
    settles_within_s, search, now, times = 86_400, SEARCH, NOON, 0
    said = Verdict.AGAIN
    while said == Verdict.AGAIN:
        times += 1
        now += wait_before(times)
        search = counted(search, empty=True, settles_within_s=settles_within_s, now=now)
        said = verdict(search, absent_after=QUARTER, settles_within_s=settles_within_s, now=now)
    assert said == Verdict.ABSENT
    assert times > LOOK_UPS_MAX


def test_waiting_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_before(times).total_seconds() for times in range(1, 12)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert wait_before(10**9) == QUARTER
