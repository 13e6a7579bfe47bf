"""What does one answer of Isometric's say, when nothing of it was heard but its bytes?"""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.registries.base import (
    Recorded,
    Rejected,
    Unknown,
)
from integrations.registries.isometric.answers import read, read_made, read_page, read_whole, record_of
from integrations.registries.isometric.shapes import Batch, Retirement
from tests.contracts.registries.any_bytes import BODIES, MADE, REFUSED
from tests.contracts.registries.babbling import (
    BATCH,
    RETIREMENT,
    encoded,
    listed,
)


@given(status=st.integers(100, 599), body=BODIES)
def test_only_the_exact_record_and_the_documented_refusal_are_more_than_unknown(status: int, body: bytes) -> None:
    answer = read_made(status, body)
    if isinstance(answer, Retirement):
        assert status == 200
        assert answer.credit_batch_size_total.credits * 1000 == answer.credit_batch_size_total.credit_kgs
    elif isinstance(answer, Rejected):
        assert status == 422
        assert msgspec.json.decode(body)["detail"]
    else:
        assert isinstance(answer, Unknown)
        assert answer.status == status


@given(st.integers(0, len(MADE) - 1))
def test_no_part_of_a_record_is_a_record(length: int) -> None:
    assert isinstance(read_made(200, MADE[:length]), Unknown)
    assert isinstance(read_made(422, REFUSED[: length % len(REFUSED)]), Unknown)


@pytest.mark.parametrize("body", [b"{}", b'{"detail": []}', b'{"detail": "gone"}'])
def test_a_refusal_without_a_reason_is_none(body: bytes) -> None:
    assert isinstance(read_made(422, body), Unknown)


@pytest.mark.parametrize(
    "quantity",
    [
        {"credits": 0.011, "credit_kgs": 10},
        {"credits": 10, "credit_kgs": 10},
        {"credits": 0.01, "credit_kgs": 10.5},
        {"credits": -0.01, "credit_kgs": -10},
        {"credits": 0.01},
    ],
)
def test_credits_and_kilograms_that_disagree_cannot_be_read(quantity: dict[str, float]) -> None:
    body = encoded(RETIREMENT | {"credit_batch_size_total": quantity})
    assert isinstance(read_made(200, body), Unknown)
    assert not isinstance(read_page(200, encoded(listed(BATCH | {"size": quantity})), Batch), tuple)
    assert isinstance(read_whole(200, encoded({"nodes": [BATCH], "total_count": 1}), Batch), tuple)
    assert not isinstance(
        read_whole(200, encoded({"nodes": [BATCH | {"size": quantity}], "total_count": 1}), Batch), tuple
    )


@given(st.integers(0, 10**15))
def test_every_number_of_kilograms_is_read_to_the_gram_and_back(kilograms: int) -> None:
    tonnes = f"{kilograms // 1000}.{kilograms % 1000:03d}".encode()
    quantity = b'{"credits":' + tonnes + b',"credit_kgs":' + str(kilograms).encode() + b"}"
    made = read_made(200, MADE.replace(encoded(RETIREMENT["credit_batch_size_total"]), quantity))
    assert isinstance(made, Retirement)
    assert made.credit_batch_size_total.credit_kgs == kilograms


def taken(**changes: object) -> Batch:
    body = encoded(BATCH | {"status": "retired", "retirement_id": RETIREMENT["id"]} | changes)
    batch = read(200, body, Batch)
    assert isinstance(batch, Batch)
    return batch


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "active"},
        {"retirement_id": "ret_0000000000000002"},
        {"size": {"credits": 0.009, "credit_kgs": 9}},
        {"serial_number": "ISO-1-B-GBR-F5X7-2024"},
        {"serial_number": "ISO-1-B-GBR-F5X7-2024-9-1"},
    ],
)
def test_a_retirement_that_its_batches_contradict_is_no_record(changes: dict[str, object]) -> None:
    made = read_made(200, MADE)
    assert isinstance(made, Retirement)
    assert isinstance(record_of(made, [taken()], b"evidence"), Recorded)
    assert not isinstance(record_of(made, [taken(**changes)], b"evidence"), Recorded)
    assert not isinstance(record_of(made, [], b"evidence"), Recorded)
    assert not isinstance(record_of(made, [taken(), taken(id="ctb_0000000000000002")], b"evidence"), Recorded)
