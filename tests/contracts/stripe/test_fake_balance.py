"""Is no yen of the fake Stripe's lost or made, whatever happens in whatever order?"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.registries.fake.book import Book
from integrations.stripe.fake import scene
from integrations.stripe.fake.act import PLATFORM, Act, Answer, Cause
from integrations.stripe.fake.acts import accounts, customers, intents, lines, refunds, sessions, transfers
from integrations.stripe.fake.acts.cards import CARDS
from integrations.stripe.fake.messages import Durability, View
from integrations.stripe.fake.office import TIME, Office
from integrations.stripe.fake.reading import read_view, view
from integrations.stripe.fake.refusals import Refused
from tests.contracts.stripe.fake_stage import BANK_OPTIONS, DAY_S, PAYER

OURS = Cause(PLATFORM, "req_1", None)
BANK = {"payment_method_data": {"type": "customer_balance"}, "payment_method_options": BANK_OPTIONS, "confirm": True}
KONBINI = {"payment_method_data": {"type": "konbini", "billing_details": PAYER}, "confirm": True}
GONE = {"succeeded", "pending", "requires_action", "canceled"}
"""A refund in one of these took money out of our balance."""


@contextmanager
def opened() -> Iterator[tuple[Office, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.jsonl"
        book = Book.open(path)
        moment = datetime(2026, 12, 1, tzinfo=UTC)
        yield Office(book, seed="s", durability=Durability.PAGE_CACHE, clock=lambda: moment), path
        book.close()


class World:
    """An office and whatever was made there; a thing is picked by a number, whichever it is."""

    def __init__(self, office: Office) -> None:
        self.office = office
        for _ in range(2):
            self.perform(lambda act: customers.create(act, {"name": "x", "email": "x@example.jp"}))
            made = self.perform(lambda act: accounts.create(act, {"type": "express", "capabilities": CAPABLE}))
            self.wish(scene.OnboardAccount(made["id"]))

    def perform(self, work: Any) -> Any:
        return self.office.perform(OURS, work)

    def wish(self, wanted: scene.Wish) -> Answer:
        return self.office.perform(TIME, lambda act: scene.play(act, wanted))

    def pick(self, kind: str, number: int, **only: Any) -> str:
        """One of a kind, with these facts where any has them: most acts are to be such as can be done."""
        there = self.office.shelf.all_of(kind)
        found = [one for one in there if all(one.get(field) == value for field, value in only.items())] or there
        if not found:
            raise Refused(404, "There is none yet.", code=None, param=None)
        return found[number % len(found)]["id"]

    def do(self, name: str, number: int, amount: int) -> None:
        ACTS[name](self, number, amount)

    def view(self) -> View:
        return view(self.office.shelf, self.office.look(TIME), lines=self.office.lines)


CAPABLE = {"transfers": {"requested": True}}


def _pay(world: World, number: int, amount: int, kind: str, more: dict[str, Any]) -> None:
    asked = {
        "amount": amount,
        "currency": "jpy",
        "payment_method_types": [kind],
        "customer": world.pick("customer", number),
    }
    world.perform(lambda act: intents.create(act, asked | more))


def _card(world: World, number: int, amount: int) -> None:
    token = sorted(CARDS)[number % len(CARDS)]
    _pay(world, number, amount, "card", {"payment_method": token, "confirm": True})


def _session(world: World, number: int, amount: int) -> None:
    item = {"price_data": {"currency": "jpy", "unit_amount": amount, "product_data": {"name": "t"}}}
    asked = {"mode": "payment", "line_items": [item], "payment_method_types": ["card", "customer_balance", "konbini"]}
    asked |= {"customer": world.pick("customer", number), "payment_method_options": BANK_OPTIONS}
    world.perform(lambda act: sessions.create(act, asked))


def _refund(world: World, number: int, amount: int) -> None:
    asked = {"payment_intent": world.pick("payment_intent", number, status="succeeded"), "amount": amount}
    world.perform(lambda act: refunds.create(act, asked))


def _transfer(world: World, number: int, amount: int) -> None:
    asked: dict[str, Any] = {"amount": amount, "currency": "jpy", "destination": world.pick("account", number)}
    if number % 2:
        asked["source_transaction"] = world.pick("charge", number, status="succeeded", _owner=PLATFORM)
    world.perform(lambda act: transfers.create(act, asked))


def _reverse(world: World, number: int, amount: int) -> None:
    name = world.pick("transfer", number)
    world.perform(lambda act: transfers.reverse(act, {"amount": amount}, name))


def _cancel(world: World, number: int, _amount: int) -> None:
    name = world.pick("payment_intent", number, status="requires_action")
    world.perform(lambda act: intents.cancel(act, {}, name))


def _complete(world: World, number: int, _amount: int) -> None:
    method = ("pm_card_visa", "customer_balance", "konbini", "pm_card_chargeDeclined")[number % 4]
    world.wish(scene.CompleteSession(world.pick("checkout.session", number, status="open"), method))


ACTS: dict[str, Any] = {
    "card": _card,
    "bank": lambda world, number, amount: _pay(world, number, amount, "customer_balance", BANK),
    "konbini": lambda world, number, amount: _pay(world, number, amount, "konbini", KONBINI),
    "session": _session,
    "complete": _complete,
    "cancel": _cancel,
    "refund": _refund,
    "transfer": _transfer,
    "reverse": _reverse,
    "fund": lambda w, n, a: w.wish(scene.FundTransfer(w.pick("customer", n), a)),
    "show who": lambda w, n, a: w.wish(
        scene.ShowWho(w.pick("payment_intent", n, status="requires_action"), passed=a % 2 == 0)
    ),
    "at konbini": lambda w, n, a: w.wish(
        scene.PayAtKonbini(w.pick("payment_intent", n, _awaits=None, status="requires_action"), settles=a % 2 == 0)
    ),
    "settle": lambda w, n, a: w.wish(
        scene.SettleKonbini(w.pick("payment_intent", n, status="processing"), succeeds=a % 2 == 0)
    ),
    "dispute": lambda w, n, _: w.wish(
        scene.OpenDispute(w.pick("charge", n, _kind="card", status="succeeded", disputed=False))
    ),
    "decide": lambda w, n, a: w.wish(
        scene.DecideDispute(w.pick("dispute", n, status="needs_response"), won=a % 2 == 0)
    ),
    "advance refund": lambda w, n, _: w.wish(scene.AdvanceRefund(w.pick("refund", n, status="requires_action"))),
    "settle refund": lambda w, n, _: w.wish(scene.SettleRefund(w.pick("refund", n, status="pending"))),
    "fail refund": lambda w, n, _: w.wish(scene.FailRefund(w.pick("refund", n))),
    "payout": lambda w, n, a: w.wish(scene.MakePayout(a if n % 2 else None)),
    "pay provider out": lambda w, n, _: w.wish(scene.MakePayout(None, w.pick("account", n))),
    "payout failed": lambda w, n, _: w.wish(scene.PayoutFailed(w.pick("payout", n, status="pending"))),
    "time": lambda w, n, _: w.office.move_clock(n * DAY_S),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 40), st.integers(100, 30_000)), min_size=20, max_size=80
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_the_books_lines_are_what_the_things_say(steps: list[tuple[str, int, int]]) -> None:
    with opened() as (office, path):
        world = World(office)
        for step in steps:
            with suppress(Refused):
                world.do(*step)
            available, pending = office.look(TIME).funds(PLATFORM)
            lines_of_ours = [one for one in office.shelf.all_of("balance_transaction") if one["_owner"] == PLATFORM]
            assert sum(one["net"] for one in lines_of_ours) == available + pending
        said = world.view()
        _hold_together(office, said)
        assert read_view(path).objects == said.objects


def _hold_together(office: Office, said: View) -> None:
    things = said.objects
    assert said.balances.get(PLATFORM, 0) == _reckoned(office, things)
    for name in (one["id"] for one in things["account"]):
        assert said.balances.get(name, 0) == _providers(office, things, name) >= 0
    assert set(said.charged.values()) <= {1}
    for charge in (one for one in office.shelf.all_of("charge") if one["_owner"] == PLATFORM):
        back = sum(
            one["amount"] for one in things["refund"] if (one["charge"], one["status"] in GONE) == (charge["id"], True)
        )
        assert charge["amount_refunded"] == back <= charge["amount"]
    moved = Counter[str]()
    for one in things["customer_cash_balance_transaction"]:
        moved[one["customer"]] += one["net_amount"]
    for customer in office.shelf.all_of("customer"):
        assert customer["_cash"] == moved[customer["id"]] >= 0
    for intent in office.shelf.all_of("payment_intent"):
        assert (intent["status"] == "succeeded") == (intent["id"] in said.charged)
        assert 0 <= intent["_funded"] <= intent["amount"]


def _reckoned(office: Office, things: dict[str, list[dict[str, Any]]]) -> int:
    """Our balance, from what each thing says of itself, without a look at any line."""
    charges = [
        one for one in office.shelf.all_of("charge") if (one["status"], one["_owner"]) == ("succeeded", PLATFORM)
    ]
    ours = {one["id"] for one in charges}
    paid = sum(one["amount"] - lines.fee_of(one["_kind"], one["amount"]) for one in charges)
    back = sum(one["amount"] for one in things["refund"] if one["charge"] in ours and one["status"] in GONE)
    providers = sum(one["amount"] - one["amount_reversed"] for one in things["transfer"])
    taken = sum(lines.DISPUTE_FEE + one["amount"] * (one["status"] != "won") for one in things["dispute"])
    payouts = [one for one in office.shelf.all_of("payout") if one["_owner"] == PLATFORM]
    return paid - back - providers - taken - _sent(payouts)


def _providers(office: Office, things: dict[str, list[dict[str, Any]]], name: str) -> int:
    got = sum(one["amount"] - one["amount_reversed"] for one in things["transfer"] if one["destination"] == name)
    return got - _sent([one for one in office.shelf.all_of("payout") if one["_owner"] == name])


def _sent(payouts: list[dict[str, Any]]) -> int:
    return sum(one["amount"] for one in payouts if one["status"] != "failed")


def test_an_act_that_is_refused_half_way_leaves_nothing() -> None:
    with opened() as (office, _):
        world = World(office)
        before = world.view()

        def half_done(act: Act) -> None:
            customers.create(act, {"name": "y"})
            raise Refused(400, "no", code=None, param=None)

        with suppress(Refused):
            world.perform(half_done)
        assert world.view() == before
