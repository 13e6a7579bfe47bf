"""Are the rules about answers right for any bytes and any block?"""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.registries.base import Recorded, Rejected, RetirementRequest, SerialBlock, Unknown, differences
from integrations.registries.fake.messages import Code
from integrations.registries.simulated_answers import (
    DOCUMENTED_REFUSALS,
    LookupFailed,
    Page,
    look_up_of,
    read_answer,
    read_page,
)

RECORD = {
    "transaction_no": "FR-1",
    "reference": "ret-1",
    "recorded_on": "2026-11-24",
    "blocks": [{"prefix": "P-", "first": "1", "last": "9", "quantity": 9}],
    "quantity": 9,
    "beneficiary_name": "株式会社鷗商事",
}
DONE = msgspec.json.encode({"status": "recorded", "retirement": RECORD})
REFUSED = msgspec.json.encode({"refusal": {"code": "unknown_serials", "message": "no"}})


@given(status=st.integers(100, 599), body=st.binary() | st.text().map(str.encode) | st.just(DONE) | st.just(REFUSED))
def test_only_the_exact_record_and_a_documented_refusal_are_more_than_unknown(status: int, body: bytes) -> None:
    answer = read_answer(status, body, reference="ret-1")
    assert isinstance(answer, Recorded) == ((status, body) == (201, DONE))
    assert isinstance(answer, Rejected) == ((status, body) == (422, REFUSED))
    if isinstance(answer, Unknown):
        assert answer.status == status


@given(st.integers(0, len(DONE) - 1))
def test_no_part_of_a_record_is_a_record(length: int) -> None:
    assert isinstance(read_answer(201, DONE[:length], reference="ret-1"), Unknown)


@given(st.integers(0, len(REFUSED) - 1))
def test_no_part_of_a_refusal_is_a_refusal(length: int) -> None:
    assert isinstance(read_answer(422, REFUSED[:length], reference="ret-1"), Unknown)


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"retirement":' * 50_000, b'{"x": "\xff"}', b'{"status": "\xff"}'])
def test_hostile_bytes_are_unknown_and_nothing_else(body: bytes) -> None:
    assert isinstance(read_answer(201, body, reference="ret-1"), Unknown)
    assert isinstance(read_answer(422, body, reference="ret-1"), Unknown)
    assert isinstance(read_page(200, body), LookupFailed)


@pytest.mark.parametrize(
    "block", [{"first": "１"}, {"first": "-1"}, {"first": "1" * 31}, {"first": "9", "last": "1"}, {"first": ""}]
)
def test_a_record_with_serials_that_are_none_is_unknown(block: dict[str, str]) -> None:
    record = RECORD | {"blocks": [RECORD["blocks"][0] | block]}
    body = msgspec.json.encode({"status": "recorded", "retirement": record})
    assert isinstance(read_answer(201, body, reference="ret-1"), Unknown)


def test_a_reply_about_another_reference_is_unknown_and_no_look_up() -> None:
    assert isinstance(read_answer(201, DONE, reference="ret-2"), Unknown)
    page = read_page(200, msgspec.json.encode({"retirements": [RECORD], "next_cursor": None, "complete": True}))
    assert isinstance(page, Page)
    assert isinstance(look_up_of([page], reference="ret-2"), LookupFailed)


@pytest.mark.parametrize("record", [RECORD | {"quantity": "9"}, RECORD | {"recorded_on": "soon"}, {}, None])
def test_a_page_with_one_record_that_cannot_be_read_is_no_page(record: object) -> None:
    body = msgspec.json.encode({"retirements": [RECORD, record], "next_cursor": None, "complete": True})
    assert isinstance(read_page(200, body), LookupFailed)


def test_a_refusal_that_is_not_documented_is_unknown() -> None:
    body = msgspec.json.encode({"refusal": {"code": "try_again", "message": ""}})
    assert isinstance(read_answer(422, body, reference="ret-1"), Unknown)


def test_the_adapter_knows_every_refusal_that_the_registry_documents() -> None:
    assert frozenset(Code) == DOCUMENTED_REFUSALS


def asked(*blocks: SerialBlock) -> RetirementRequest:
    quantity = sum(block.quantity for block in blocks)
    return RetirementRequest("ret-1", "C", blocks, quantity, "t", "Société", "p", "", "")


def said(request: RetirementRequest, **changed: object) -> Recorded:
    whole = Recorded("T", date(2026, 11, 24), request.blocks, request.quantity, request.beneficiary_name, None)
    return msgspec.structs.replace(whole, **changed)


@given(st.integers(0, 10**29), st.integers(1, 500), st.data())
def test_a_block_that_the_registry_split_is_the_same_and_one_serial_less_is_not(first, count, data) -> None:
    request = asked(SerialBlock("P-", str(first), str(first + count - 1), count))
    cut = data.draw(st.integers(0, count - 1))
    parts = [(first, first + cut - 1), (first + cut, first + count - 1)]
    blocks = tuple(SerialBlock("P-", f"{a:030d}", str(b).zfill(30), b - a + 1) for a, b in parts if a <= b)
    assert differences(request, said(request, blocks=blocks[::-1])) == []
    less = SerialBlock("P-", str(first + 1), str(first + count), count)
    assert len(differences(request, said(request, blocks=(less,)))) == 1


def test_each_difference_is_named() -> None:
    request = asked(SerialBlock("P-", "1", "9", 9))
    other = said(request, quantity=8, blocks=(SerialBlock("Q-", "1", "9", 9),), beneficiary_name="Societe")
    assert [line.split(":")[0] for line in differences(request, other)] == ["quantity", "serials", "beneficiary"]
    assert differences(request, said(request, blocks=request.blocks * 2)) != [], "The same block twice is not one."
    assert differences(request, said(request, beneficiary_name="Socie\u0301te\u0301")) == []
