"""Which answers of Stripe's do we believe, and what do we call the others?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest

from integrations.stripe import shapes
from integrations.stripe.client import Absent, LookupFailed, NotSent, Refused, Stripe, Unknown
from tests.contracts.stripe import honest
from tests.contracts.stripe.acts import KEY, QUESTIONS, WRITES, Act
from tests.contracts.stripe.scripted import (
    HURRIED,
    SILENCE,
    Says,
    Scripted,
    client_of,
    error,
    page,
    scripted,
)
from tests.contracts.stripe.spoiling import SPOILT

Ask = Callable[[Act, Says | bytes | None], Awaitable[Any]]

WRITE = WRITES[1]
QUESTION = QUESTIONS[0]
HTML = b"<html>502 Bad Gateway</html>"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        yield script


@pytest.fixture(scope="module")
async def client(server: Scripted) -> AsyncIterator[Stripe]:
    async with client_of(server.url) as one:
        yield one


@pytest.fixture
def ask(server: Scripted, client: Stripe) -> Ask:
    """What our client makes of an answer to an act."""

    async def asking(act: Act, said: Says | bytes | None) -> Any:
        server.says(said)
        return await act.run(client)

    return asking


def name_of(act: Act) -> str:
    return act.name


@pytest.mark.parametrize("act", [*WRITES, *QUESTIONS], ids=name_of)
async def test_what_was_asked_for_is_believed(ask: Ask, server: Scripted, act: Act) -> None:
    answer = await ask(act, Says(act.answer))
    assert type(answer).__module__ == shapes.__name__
    assert len(server.asked) == 1


async def test_a_payment_is_read_in_our_words(ask: Ask) -> None:
    assert await ask(QUESTION, Says(honest.INTENT)) == shapes.Intent(
        id="pi_1",
        livemode=False,
        reference=honest.REFERENCE,
        status="requires_action",
        amount_minor=108_000,
        received_minor=0,
        currency="JPY",
        customer_id="cus_1",
        client_secret="pi_1_secret_x",
        charge_id=None,
        methods=("customer_balance",),
        transfer_group="or_1",
        instructions=shapes.TransferInstructions(
            hosted_url="https://pay.example/1",
            remaining_minor=108_000,
            bank_code="0001",
            bank_name="みずほ銀行",
            branch_code="001",
            branch_name="東京営業部",
            account_type="futsu",
            account_number="1234567",
            account_holder_name="カ)ドウクス",
        ),
        last_error=None,
        created_at=honest.AT,
    )


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"latest_charge": honest.CHARGE}, {"charge_id": "ch_1"}),
        ({"customer": {"id": "cus_1", "object": "customer", "deleted": True}}, {"customer_id": "cus_1"}),
        ({"last_payment_error": {"type": "card_error", "code": "card_declined"}}, {"last_error": "card_declined"}),
        ({"last_payment_error": {"type": "api_error"}}, {"last_error": "api_error"}),
        (
            {"next_action": honest.KONBINI_ACTION},
            {"instructions": shapes.KonbiniInstructions(hosted_url="https://pay.example/2", expires_at=honest.THEN)},
        ),
        ({"next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}}, {"instructions": None}),
        ({"metadata": {}}, {"reference": None}),
        ({"something_new": [1, 2.5]}, {}),
    ],
)
async def test_what_a_payment_may_also_say(ask: Ask, said: dict[str, Any], read: dict[str, Any]) -> None:
    answer = await ask(QUESTION, Says(honest.INTENT | said))
    assert {name: getattr(answer, name) for name in read} == read


async def test_a_dispute_an_account_and_a_charge_are_read_in_our_words(ask: Ask) -> None:
    by_name = {act.name: act for act in QUESTIONS}
    dispute = await ask(by_name["dispute"], Says(honest.DISPUTE))
    assert (dispute.evidence_due_at, dispute.balance_transactions[0].net_minor) == (honest.THEN, -111_888)
    account = await ask(by_name["account"], Says(honest.ACCOUNT))
    assert (account.transfers, account.due) == ("pending", ("a", "b", "c"))
    bare = {name: said for name, said in honest.ACCOUNT.items() if name not in {"capabilities", "requirements"}}
    account = await ask(by_name["account"], Says(bare))
    assert (account.transfers, account.due, account.disabled_reason) == ("inactive", (), None)
    charge = await ask(by_name["charge"], Says(honest.CHARGE | {"balance_transaction": honest.LINE}))
    assert (charge.risk_level, charge.method, charge.balance_transaction_id) == ("normal", "card", "txn_1")


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (402, error("card_declined", "card_error"), Refused("card_declined", "It was wrong.", 402, None)),
        (400, error("parameter_missing", param="amount"), Refused("parameter_missing", "It was wrong.", 400, "amount")),
        (400, error("balance_insufficient"), Refused("balance_insufficient", "It was wrong.", 400, None)),
        (403, error(None), Refused("invalid_request_error", "It was wrong.", 403, None)),
        (
            404,
            error("resource_missing", param="customer"),
            Refused("resource_missing", "It was wrong.", 404, "customer"),
        ),
        (400, {"error": {"type": "invalid_request_error"}}, Refused("invalid_request_error", "", 400, None)),
        (400, error(None, "idempotency_error"), Unknown("status 400: idempotency_error", 400)),
        (400, error(None, "api_error"), Unknown("status 400: api_error", 400)),
        (409, error("idempotency_key_in_use", "idempotency_error"), Unknown("status 409: idempotency_key_in_use", 409)),
        (424, error("other", "api_error"), Unknown("status 424: other", 424)),
        (500, error(None, "api_error"), Unknown("status 500: api_error", 500)),
        (502, HTML, Unknown("status 502 without Stripe's reason", 502)),
        (400, HTML, Unknown("status 400 without Stripe's reason", 400)),
        (404, {"error": "Not Found"}, Unknown("status 404 without Stripe's reason", 404)),
        (302, b"", Unknown("status 302 without Stripe's reason", 302)),
        (401, error(None), NotSent("status 401: invalid_request_error")),
        (429, error("lock_timeout"), NotSent("status 429: lock_timeout")),
        (429, HTML, Unknown("status 429 without Stripe's reason", 429)),
        (200, HTML, Unknown("an answer that cannot be read: DecodeError", 200)),
        (204, b"", Unknown("an answer that cannot be read: DecodeError", 204)),
    ],
)
async def test_a_write_that_made_nothing_says_how_sure_that_is(
    ask: Ask, status: int, body: Any, answer: object
) -> None:
    assert await ask(WRITE, Says(body, status)) == answer


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (404, error("resource_missing", param="intent"), Absent()),
        (404, error(None), LookupFailed("status 404: invalid_request_error")),
        (404, HTML, LookupFailed("status 404")),
        (400, error("resource_missing"), LookupFailed("status 400: resource_missing")),
        (401, error(None), LookupFailed("status 401: invalid_request_error")),
        (429, error("rate_limit"), LookupFailed("status 429: rate_limit")),
        (500, error(None, "api_error"), LookupFailed("status 500: api_error")),
        (302, b"", LookupFailed("status 302")),
        (200, HTML, LookupFailed("an answer that cannot be read: DecodeError")),
    ],
)
async def test_only_stripes_own_word_makes_a_thing_absent(ask: Ask, status: int, body: Any, answer: object) -> None:
    assert await ask(QUESTION, Says(body, status)) == answer


@pytest.mark.parametrize(("act", "name", "value"), SPOILT, ids=[f"{act.name} {name}" for act, name, _ in SPOILT])
async def test_an_object_that_is_not_what_was_asked_for_is_not_believed(
    ask: Ask, act: Act, name: str, value: object
) -> None:
    assert isinstance(act.answer, dict)
    answer = await ask(act, Says(act.answer | {name: value}))
    assert isinstance(answer, Unknown)
    assert answer.status == 200


@pytest.mark.parametrize("amount", [108_000.0, "108000", -1, True, None, 10**15, 1e400])
async def test_an_amount_is_a_whole_number_or_not_believed(ask: Ask, amount: object) -> None:
    body = msgspec.json.encode(honest.INTENT | {"amount": 777_777}).replace(b"777777", _as_json(amount))
    assert isinstance(await ask(WRITE, Says(body)), Unknown)
    assert isinstance(await ask(QUESTION, Says(body)), LookupFailed)


async def test_what_cannot_be_read_is_told_by_its_place_and_not_by_what_stood_there(ask: Ask) -> None:
    said = honest.INTENT | {"currency": "canary", "metadata": honest.OURS}
    assert await ask(QUESTION, Says(said)) == LookupFailed(
        "an answer that cannot be read: ValidationError at `$.currency`"
    )


def _as_json(value: object) -> bytes:
    return b"1e400" if value == 1e400 else msgspec.json.encode(value)


@pytest.mark.parametrize("act", QUESTIONS, ids=name_of)
async def test_an_answer_about_another_thing_is_not_believed(ask: Ask, act: Act) -> None:
    assert isinstance(act.answer, dict)
    assert isinstance(await ask(act, Says(act.answer | {"id": "xx_2"})), LookupFailed)
    assert isinstance(await ask(act, Says(act.answer | {"object": "list"})), LookupFailed)
    assert isinstance(await ask(act, Says(page(act.answer))), LookupFailed)
    if "livemode" in act.answer:
        assert isinstance(await ask(act, Says(act.answer | {"livemode": True})), LookupFailed)


async def test_a_live_key_is_not_shown_play_money(server: Scripted) -> None:
    server.says(Says(honest.INTENT))
    async with client_of(server.url, key="sk_live_1") as stripe:
        assert isinstance(await stripe.intent("pi_1"), LookupFailed)
        server.says(Says(honest.INTENT | {"livemode": True}))
        assert isinstance(await stripe.intent("pi_1"), shapes.Intent)


@pytest.mark.parametrize("net", [108_000, 104_113])
async def test_a_line_that_does_not_add_up_is_not_believed(ask: Ask, net: int) -> None:
    act = next(act for act in QUESTIONS if act.name == "line")
    answer = await ask(act, Says(honest.LINE | {"net": net}))
    assert answer == LookupFailed("an answer that cannot be read: a net that is not amount less fee")


@pytest.mark.parametrize(
    "said",
    [
        SILENCE,
        b"nonsense\r\n\r\n",
        Says(honest.INTENT, cut=True),
        Says(honest.INTENT, headers=(("Content-Encoding", "gzip"),)),
    ],
    ids=["silence", "nonsense", "cut", "compressed"],
)
async def test_an_answer_that_broke_off_leaves_it_unknown(ask: Ask, said: Any) -> None:
    assert isinstance(await ask(WRITE, said), Unknown)
    assert isinstance(await ask(QUESTION, said), LookupFailed)


async def test_patience_ends_at_the_total_and_leaves_it_unknown(server: Scripted) -> None:
    server.says(None)
    async with client_of(server.url, HURRIED) as stripe:
        async with asyncio.timeout(3):
            assert await stripe.make_intent(honest.NEW_INTENT, key=KEY) == Unknown("ReadTimeout", None)
            assert await stripe.intent("pi_1") == LookupFailed("ReadTimeout")
    assert len(server.asked) == 2, "A question or a write is sent once; who asked decides about again."


async def test_where_nobody_listens_nothing_was_sent() -> None:
    async with scripted() as gone:
        url = gone.url
    async with client_of(url) as stripe:
        assert await stripe.make_intent(honest.NEW_INTENT, key=KEY) == NotSent("ConnectError")
        assert await stripe.intent("pi_1") == LookupFailed("ConnectError")


async def test_what_stripe_advises_about_trying_again_is_not_followed(server: Scripted) -> None:
    advice = (("Stripe-Should-Retry", "true"), ("Retry-After", "0"))
    server.says(Says(error(None, "api_error"), 500, headers=advice))
    async with client_of(server.url) as stripe:
        assert isinstance(await stripe.make_intent(honest.NEW_INTENT, key=KEY), Unknown)
    assert len(server.asked) == 1
