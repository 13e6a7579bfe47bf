"""Every write and every question of the port, with what an honest Stripe answers to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from integrations.stripe.client import Stripe
from tests.contracts.stripe import honest
from tests.contracts.stripe.honest import REFERENCE
from tests.contracts.stripe.scripted import page

KEY = "write-1"


@dataclass(frozen=True)
class Act:
    """One method of the port."""

    name: str
    run: Callable[[Stripe], Awaitable[object]]
    answer: object
    method: str
    path: str


WRITES = (
    Act("customer", lambda s: s.make_customer(honest.NEW_CUSTOMER, key=KEY), honest.CUSTOMER, "POST", "/v1/customers"),
    Act("intent", lambda s: s.make_intent(honest.NEW_INTENT, key=KEY), honest.INTENT, "POST", "/v1/payment_intents"),
    Act(
        "cancel",
        lambda s: s.cancel_intent("pi_1", key=KEY),
        honest.INTENT | {"status": "canceled", "next_action": None},
        "POST",
        "/v1/payment_intents/pi_1/cancel",
    ),
    Act(
        "session",
        lambda s: s.make_session(honest.NEW_SESSION, key=KEY),
        honest.SESSION,
        "POST",
        "/v1/checkout/sessions",
    ),
    Act(
        "expire",
        lambda s: s.expire_session("cs_test_1", key=KEY),
        honest.SESSION | {"status": "expired", "url": None},
        "POST",
        "/v1/checkout/sessions/cs_test_1/expire",
    ),
    Act("refund", lambda s: s.make_refund(honest.NEW_REFUND, key=KEY), honest.REFUND, "POST", "/v1/refunds"),
    Act("account", lambda s: s.make_account(honest.NEW_ACCOUNT, key=KEY), honest.ACCOUNT, "POST", "/v1/accounts"),
    Act(
        "account_link",
        lambda s: s.make_account_link(
            "acct_1", return_url="https://desk.example/back", refresh_url="https://desk.example/again", key=KEY
        ),
        honest.ACCOUNT_LINK,
        "POST",
        "/v1/account_links",
    ),
    Act("transfer", lambda s: s.make_transfer(honest.NEW_TRANSFER, key=KEY), honest.TRANSFER, "POST", "/v1/transfers"),
    Act(
        "reversal",
        lambda s: s.make_reversal(honest.NEW_REVERSAL, key=KEY),
        honest.REVERSAL,
        "POST",
        "/v1/transfers/tr_1/reversals",
    ),
    Act("evidence", lambda s: s.submit_evidence(honest.EVIDENCE, key=KEY), honest.DISPUTE, "POST", "/v1/disputes/du_1"),
)
QUESTIONS = (
    Act("intent", lambda s: s.intent("pi_1"), honest.INTENT, "GET", "/v1/payment_intents/pi_1"),
    Act("charge", lambda s: s.charge("ch_1"), honest.CHARGE, "GET", "/v1/charges/ch_1"),
    Act("session", lambda s: s.session("cs_test_1"), honest.SESSION, "GET", "/v1/checkout/sessions/cs_test_1"),
    Act("refund", lambda s: s.refund("re_1"), honest.REFUND, "GET", "/v1/refunds/re_1"),
    Act("account", lambda s: s.account("acct_1"), honest.ACCOUNT, "GET", "/v1/accounts/acct_1"),
    Act("transfer", lambda s: s.transfer("tr_1"), honest.TRANSFER, "GET", "/v1/transfers/tr_1"),
    Act("payout", lambda s: s.payout("po_1"), honest.PAYOUT, "GET", "/v1/payouts/po_1"),
    Act("dispute", lambda s: s.dispute("du_1"), honest.DISPUTE, "GET", "/v1/disputes/du_1"),
    Act("line", lambda s: s.balance_transaction("txn_1"), honest.LINE, "GET", "/v1/balance_transactions/txn_1"),
)
FINDS = (
    Act(
        "customer", lambda s: s.find_customer(REFERENCE, email="a@example.com"), honest.CUSTOMER, "GET", "/v1/customers"
    ),
    Act("intent", lambda s: s.find_intent(REFERENCE, customer_id="cus_1"), honest.INTENT, "GET", "/v1/payment_intents"),
    Act(
        "session",
        lambda s: s.find_session(REFERENCE, customer_id="cus_1"),
        honest.SESSION,
        "GET",
        "/v1/checkout/sessions",
    ),
    Act("refund", lambda s: s.find_refund(REFERENCE, intent_id="pi_1"), honest.REFUND, "GET", "/v1/refunds"),
    Act("account", lambda s: s.find_account(REFERENCE), honest.ACCOUNT, "GET", "/v1/accounts"),
    Act(
        "transfer", lambda s: s.find_transfer(REFERENCE, destination="acct_1"), honest.TRANSFER, "GET", "/v1/transfers"
    ),
    Act(
        "reversal",
        lambda s: s.find_reversal(REFERENCE, transfer_id="tr_1"),
        honest.REVERSAL,
        "GET",
        "/v1/transfers/tr_1/reversals",
    ),
)
PAGES = (
    Act(
        "lines", lambda s: s.balance_lines(after="txn_0", limit=2), page(honest.LINE), "GET", "/v1/balance_transactions"
    ),
    Act(
        "first lines",
        lambda s: s.balance_lines(after=None, limit=2),
        page(honest.LINE),
        "GET",
        "/v1/balance_transactions",
    ),
    Act("events", lambda s: s.undelivered(since=honest.AT, before=None), page(honest.EVENT), "GET", "/v1/events"),
)


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, honest.AT.tzinfo)
