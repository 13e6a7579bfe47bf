"""Does what we read of Stripe's objects agree with Stripe's own document of them, field for field?"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from integrations.stripe import reading
from integrations.stripe.wire import balance, envelopes, payments
from integrations.stripe.wire.values import Ref

HERE = Path(__file__).parent
EXAMPLES: dict[str, Any] = json.loads((HERE / "fixtures.json").read_bytes())
SCHEMAS: dict[str, Any] = json.loads((HERE / "stripe_openapi.json").read_bytes())["components"]["schemas"]

READERS: dict[str, Callable[[bytes], object]] = {
    "account": reading.account,
    "account_link": reading.account_link,
    "balance_transaction": reading.balance_transaction,
    "charge": reading.charge,
    "checkout.session": reading.session,
    "customer": reading.customer,
    "dispute": reading.dispute,
    "payment_intent": reading.intent,
    "payout": reading.payout,
    "refund": reading.refund,
    "transfer": reading.transfer,
    "transfer_reversal": reading.reversal,
}
READ: dict[str, type[msgspec.Struct]] = {
    "account": balance.Account,
    "account_link": balance.AccountLink,
    "balance_transaction": balance.BalanceTransaction,
    "charge": payments.Charge,
    "checkout.session": payments.CheckoutSession,
    "customer": payments.Customer,
    "dispute": balance.Dispute,
    "event": envelopes.Event,
    "error": envelopes.Envelope,
    "payment_intent": payments.PaymentIntent,
    "payout": balance.Payout,
    "refund": payments.Refund,
    "transfer": balance.Transfer,
    "transfer_reversal": balance.TransferReversal,
}
ASSUMED = {
    "account.details_submitted may be missing",
    "account.payouts_enabled may be missing",
    "checkout.session.amount_total may be null",
    "checkout.session.amount_total may be missing",
    "checkout.session.currency may be null",
    "checkout.session.currency may be missing",
    "checkout.session.status may be null",
    "checkout.session.status may be missing",
    "event.data.object.object is not told",
    "event.data.object.id is not told",
    "payment_intent.amount may be missing",
    "payment_intent.amount_received may be missing",
    "payment_intent.currency may be missing",
    "payment_intent.payment_method_types may be missing",
    "refund.status may be null",
    "refund.status may be missing",
}
"""Where we want more than the document promises: without a status or an amount an object of ours is of no use to us, and
not to understand it is safer than to guess. The objects in events may be anything, says the document."""

NOT_IN_THE_EXAMPLE = {"checkout.session": {"amount_total": 108_000, "currency": "jpy", "status": "open"}}

KINDS = {inspect.IntType: "integer", inspect.StrType: "string", inspect.BoolType: "boolean", inspect.ListType: "array"}


def disagreements(struct: inspect.StructType, schema: dict[str, Any], at: str) -> Iterator[str]:
    """One line for each thing that we read otherwise than the document says."""
    told = schema.get("properties", {})
    for field in struct.fields:
        here = f"{at}.{field.name}"
        if field.name not in told:
            yield f"{here} is not told"
            continue
        branches = branches_of(told[field.name])
        types = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
        if told[field.name].get("nullable") and not any(isinstance(one, inspect.NoneType) for one in types):
            yield f"{here} may be null"
        if field.required and field.name not in schema.get("required", ()):
            yield f"{here} may be missing"
        for one in types:
            yield from disagreements_of(one, branches, here)


def disagreements_of(read: inspect.Type, branches: list[dict[str, Any]], at: str) -> Iterator[str]:
    if isinstance(read, inspect.ListType):
        items = [inner for branch in branches for inner in branches_of(branch.get("items", {}))]
        yield from disagreements_of(read.item_type, items, f"{at}[]")
    if isinstance(read, inspect.StructType) and read.cls is not Ref:
        objects = [branch for branch in branches if branch.get("type") == "object"]
        yield from disagreements(read, objects[0] if objects else {}, at)
    wanted = KINDS.get(type(read))
    if wanted and wanted not in {branch.get("type") for branch in branches}:
        yield f"{at} is no {wanted}"


def branches_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in schema:
        return branches_of(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    return [leaf for one in schema["anyOf"] for leaf in branches_of(one)] if "anyOf" in schema else [schema]


def all_disagreements() -> set[str]:
    found: set[str] = set()
    for name, struct in READ.items():
        read = inspect.type_info(struct)
        assert isinstance(read, inspect.StructType)
        found |= set(disagreements(read, SCHEMAS[name], name))
    return found


def test_we_read_what_stripes_document_tells_and_assume_only_what_is_listed() -> None:
    assert all_disagreements() == ASSUMED


def test_a_field_of_another_kind_or_name_would_be_told() -> None:
    class Wrong(msgspec.Struct):
        id: int
        nothing: str
        metadata: dict[str, str]
        payment_intent: str

    read = inspect.type_info(Wrong)
    assert isinstance(read, inspect.StructType)
    assert set(disagreements(read, SCHEMAS["refund"], "refund")) == {
        "refund.id is no integer",
        "refund.nothing is not told",
        "refund.metadata may be missing",
        "refund.metadata may be null",
        "refund.payment_intent may be missing",
        "refund.payment_intent may be null",
    }


@pytest.mark.parametrize("name", READERS)
def test_stripes_own_examples_are_read(name: str) -> None:
    example = EXAMPLES[name] | NOT_IN_THE_EXAMPLE.get(name, {})
    read = READERS[name](msgspec.json.encode(example))
    assert getattr(read, "id", None) == example.get("id")
