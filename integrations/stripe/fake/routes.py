"""Which operations are there, under which addresses?"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import msgspec

from integrations.stripe.fake import parameters as p
from integrations.stripe.fake.act import Act, Answer, Page
from integrations.stripe.fake.acts import (
    accounts,
    charges,
    customers,
    disputes,
    events,
    intents,
    methods,
    payouts,
    refunds,
    sessions,
    transfers,
)
from integrations.stripe.fake.form import Asked, Group
from integrations.stripe.fake.refusals import Refused
from integrations.stripe.fake.shelf import Thing
from integrations.stripe.fake.shown.money import balance

Outcome: TypeAlias = Thing | Answer | Page


class Route(msgspec.Struct, frozen=True):
    """One operation. Steps of the path in braces are names, which it takes after what was asked."""

    method: str
    path: str
    takes: Group
    does: Callable[..., Outcome]


def route_of(method: str, path: str) -> tuple[Route, list[str]]:
    """The operation at an address, and the names in it; raises `Refused` (404)."""
    steps = path.strip("/").split("/")
    for route in ROUTES:
        names = _names_in(route, method, steps)
        if names is not None:
            return route, names
    message = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or ask for help."
    raise Refused(404, message, code=None, param=None)


def _names_in(route: Route, method: str, steps: list[str]) -> list[str] | None:
    pattern = route.path.strip("/").split("/")
    if route.method != method or len(pattern) != len(steps):
        return None
    pairs = list(zip(pattern, steps, strict=True))
    if any(known != step for known, step in pairs if not known.startswith("{")):
        return None
    return [step for known, step in pairs if known.startswith("{")]


def _one(kind: str, param: str = "id") -> Callable[[Act, Asked, str], Thing]:
    def retrieve(act: Act, _asked: Asked, name: str) -> Thing:
        return act.need(kind, name, param, status=404)

    return retrieve


def _of_transfer(act: Act, _asked: Asked, transfer: str, name: str) -> Thing:
    reversal = act.need("transfer_reversal", name, "id", status=404)
    act.need("transfer", transfer, "transfer", status=404)
    return reversal


def _balance(act: Act, _asked: Asked) -> Answer:
    return Answer(200, balance(act))


def _routes(*rows: tuple[str, Group, Callable[..., Any]]) -> tuple[Route, ...]:
    found = []
    for where, takes, does in rows:
        method, path = where.split(" ")
        found.append(Route(method, path, takes, does))
    return tuple(found)


ROUTES: Final = _routes(
    ("POST /v1/customers", p.CUSTOMER, customers.create),
    ("GET /v1/customers", p.listed("email"), customers.list_all),
    ("GET /v1/customers/{id}", p.NOTHING, _one("customer")),
    ("POST /v1/customers/{id}", p.CUSTOMER, customers.update),
    ("GET /v1/customers/{id}/cash_balance", p.NOTHING, customers.cash_balance),
    ("GET /v1/customers/{id}/cash_balance_transactions", p.UNDATED, customers.cash_movements),
    ("POST /v1/payment_intents", p.INTENT, intents.create),
    ("GET /v1/payment_intents", p.listed("customer"), intents.list_all),
    ("GET /v1/payment_intents/{id}", p.NOTHING, _one("payment_intent", "intent")),
    ("POST /v1/payment_intents/{id}/confirm", p.CONFIRM, intents.confirm),
    ("POST /v1/payment_intents/{id}/cancel", p.CANCEL, intents.cancel),
    ("POST /v1/payment_methods", p.METHOD, methods.create),
    ("GET /v1/payment_methods/{id}", p.NOTHING, _one("payment_method", "payment_method")),
    ("POST /v1/checkout/sessions", p.SESSION, sessions.create),
    ("GET /v1/checkout/sessions", p.SESSIONS, sessions.list_all),
    ("GET /v1/checkout/sessions/{id}", p.NOTHING, _one("checkout.session", "session")),
    ("POST /v1/checkout/sessions/{id}/expire", p.NOTHING, sessions.expire),
    ("GET /v1/charges", p.listed("customer", "payment_intent", "transfer_group"), charges.list_all),
    ("GET /v1/charges/{id}", p.NOTHING, _one("charge")),
    ("POST /v1/refunds", p.REFUND, refunds.create),
    ("GET /v1/refunds", p.listed("charge", "payment_intent"), refunds.list_all),
    ("GET /v1/refunds/{id}", p.NOTHING, _one("refund")),
    ("POST /v1/accounts", p.ACCOUNT, accounts.create),
    ("GET /v1/accounts", p.listed(), accounts.list_all),
    ("GET /v1/accounts/{id}", p.NOTHING, _one("account", "account")),
    ("POST /v1/account_links", p.ACCOUNT_LINK, accounts.link),
    ("POST /v1/transfers", p.TRANSFER, transfers.create),
    ("GET /v1/transfers", p.listed("destination", "transfer_group"), transfers.list_all),
    ("GET /v1/transfers/{id}", p.NOTHING, _one("transfer")),
    ("POST /v1/transfers/{id}/reversals", p.REVERSAL, transfers.reverse),
    ("GET /v1/transfers/{id}/reversals", p.UNDATED, transfers.reversals),
    ("GET /v1/transfers/{id}/reversals/{reversal}", p.NOTHING, _of_transfer),
    ("GET /v1/payouts", p.listed("status"), payouts.list_all),
    ("GET /v1/payouts/{id}", p.NOTHING, _one("payout")),
    ("GET /v1/balance", p.NOTHING, _balance),
    ("GET /v1/balance_transactions", p.LINES, payouts.list_lines),
    ("GET /v1/balance_transactions/{id}", p.NOTHING, _one("balance_transaction")),
    ("GET /v1/disputes", p.listed("charge", "payment_intent"), disputes.list_all),
    ("GET /v1/disputes/{id}", p.NOTHING, _one("dispute", "dispute")),
    ("POST /v1/disputes/{id}", p.DISPUTE, disputes.update),
    ("POST /v1/disputes/{id}/close", p.NOTHING, disputes.close),
    ("GET /v1/events", p.EVENTS, events.list_all),
    ("GET /v1/events/{id}", p.NOTHING, _one("event")),
)
