"""Does a whole file get the answers that each of its lines would get alone?"""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules import new_reference
from app.payments.rules.matching import Candidate, LineFacts, match, matches
from tests.payments.test_matching_score import books, line, payment


@given(books())
def test_a_file_is_matched_as_its_lines_are_one_by_one(book):
    lines = [(UUID(int=place), *one) for place, one in enumerate(book.lines)]
    found = list(matches(iter(lines), iter(book.candidates)))
    assert found == [(UUID(int=place), match(one, book.candidates)) for place, one in enumerate(book.lines)]


@given(books())
def test_plain_tuples_will_do(book):
    lines = [(UUID(int=place), *one) for place, one in enumerate(book.lines)]
    plain = [tuple(candidate) for candidate in book.candidates]
    assert list(matches(lines, plain)) == list(matches(lines, book.candidates))


def test_lines_are_matched_as_they_come_and_not_kept():
    def lines():
        yield (UUID(int=1), *line())
        raise AssertionError("The second line was asked for before the first was matched.")

    line_id, found = next(matches(lines(), [payment(1)]))
    assert (line_id, found.outcome) == (UUID(int=1), "by_amount_and_name")


def test_one_payment_may_be_matched_twice_and_is_found_paid_by_who_applies_it():
    lines = [(UUID(int=place), *line()) for place in range(2)]
    assert [found.payments for _, found in matches(lines, [payment(7)])] == [(UUID(int=7),)] * 2


@given(st.integers(0, 300))
def test_each_of_many_is_found_by_its_own_reference(place):
    candidates = [
        Candidate(UUID(int=n), UUID(int=n), new_reference(n), "", 100 + n % 7, UUID(int=n % 50), ()) for n in range(301)
    ]
    one = LineFacts(f"ｱｵﾊﾞ {candidates[place].reference}", "", 5, "")
    assert match(one, candidates).payments == (UUID(int=place),)
