"""What can the stage's hands ask for: payers, banks and Stripe's own people, played by a test or the demo?

Each wish is plain data with its name in `do`; `play` carries one out as one act, and shows what became of it.
"""

from typing import Any, TypeAlias

import msgspec

from integrations.stripe.fake.act import PLATFORM, Act, Answer
from integrations.stripe.fake.acts import (
    accounts,
    bank,
    counters,
    disputes,
    intents,
    paying,
    payouts,
    refunds,
    sessions,
)
from integrations.stripe.fake.refusals import missing_thing
from integrations.stripe.fake.shown import show


class _Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    pass


class PayByCard(_Wish, frozen=True, tag="pay_by_card"):
    """The payer of an intent gives a test card, such as `pm_card_visa`; a declined one is an answer of 402."""

    intent_id: str
    card: str


class ShowWho(_Wish, frozen=True, tag="show_who"):
    """The payer passes what the bank asks (3D Secure), or fails to."""

    intent_id: str
    passed: bool


class CompleteSession(_Wish, frozen=True, tag="complete_session"):
    """The payer of a page chooses a test card, or `customer_balance`, or `konbini`."""

    session_id: str
    method: str
    payer_name: str = "Test Payer"
    payer_email: str = "payer@example.jp"


class FundTransfer(_Wish, frozen=True, tag="fund_transfer"):
    """A bank transfer of so many yen arrives on a customer's virtual account."""

    customer_id: str
    amount: int
    sender: str = "ﾃｽﾄﾓﾄ"


class PayAtKonbini(_Wish, frozen=True, tag="pay_at_konbini"):
    """A voucher is paid; unless it settles at once, the intent is `processing`."""

    intent_id: str
    settles: bool = True


class SettleKonbini(_Wish, frozen=True, tag="settle_konbini"):
    """What was processing is there, or failed."""

    intent_id: str
    succeeds: bool


class ExpireVoucher(_Wish, frozen=True, tag="expire_voucher"):
    """A voucher's time passes."""

    intent_id: str


class OpenDispute(_Wish, frozen=True, tag="open_dispute"):
    """The payer's bank takes a whole card payment back."""

    charge_id: str
    reason: str = "fraudulent"


class DecideDispute(_Wish, frozen=True, tag="decide_dispute"):
    """It decides."""

    dispute_id: str
    won: bool


class AdvanceRefund(_Wish, frozen=True, tag="advance_refund"):
    """The payer named an account: from `requires_action` to `pending`."""

    refund_id: str


class SettleRefund(_Wish, frozen=True, tag="settle_refund"):
    """The money arrived."""

    refund_id: str


class FailRefund(_Wish, frozen=True, tag="fail_refund"):
    """It could not be delivered, also after it had succeeded."""

    refund_id: str
    reason: str = "unknown"


class MakePayout(_Wish, frozen=True, tag="make_payout"):
    """Send all that is available of an account to its bank (None), or an amount. The account is ours unless named."""

    amount: int | None
    account: str = PLATFORM


class PayoutPaid(_Wish, frozen=True, tag="payout_paid"):
    """The bank has it."""

    payout_id: str


class PayoutFailed(_Wish, frozen=True, tag="payout_failed"):
    """The bank sent it back."""

    payout_id: str
    code: str = "account_closed"


class OnboardAccount(_Wish, frozen=True, tag="onboard_account"):
    """A provider told Stripe everything, and may be paid."""

    account_id: str


class DisableAccount(_Wish, frozen=True, tag="disable_account"):
    """Stripe lets it be paid no more."""

    account_id: str
    reason: str = "rejected.fraud"


Wish: TypeAlias = (
    PayByCard | ShowWho | CompleteSession | FundTransfer | PayAtKonbini | SettleKonbini | ExpireVoucher
    | OpenDispute | DecideDispute | AdvanceRefund | SettleRefund | FailRefund
    | MakePayout | PayoutPaid | PayoutFailed | OnboardAccount | DisableAccount
)  # fmt: skip


def play(act: Act, wish: Wish) -> Answer:
    """Carry a wish out; raises `Refused` where it cannot be. The answer is the thing that it was about."""
    for kind, name in _named(wish):
        thing = act.find(name)
        if thing is None or thing["object"] != kind:
            raise missing_thing(kind, name, "id", status=404)
    outcome = _played(act, wish)
    if isinstance(outcome, Answer):
        return outcome
    return Answer(200, show(act.see(outcome), act))


def _named(wish: Wish) -> list[tuple[str, str]]:
    kinds = {"intent_id": "payment_intent", "session_id": "checkout.session", "customer_id": "customer"}
    kinds |= {"charge_id": "charge", "dispute_id": "dispute", "refund_id": "refund", "payout_id": "payout"}
    kinds |= {"account_id": "account"}
    return [(kind, getattr(wish, field)) for field, kind in kinds.items() if hasattr(wish, field)]


def _played(act: Act, wish: Wish) -> str | Answer:
    """What a payer does: the name of the thing, or the answer that a declined card is."""
    match wish:
        case PayByCard():
            answer = intents.confirm(act, {"payment_method": wish.card}, wish.intent_id)
            return answer if isinstance(answer, Answer) else wish.intent_id
        case CompleteSession():
            answer = sessions.complete(act, wish.session_id, _method(wish))
            return answer if isinstance(answer, Answer) else wish.session_id
        case FundTransfer():
            bank.fund(act, wish.customer_id, wish.amount, sender=wish.sender)
            return wish.customer_id
        case ShowWho():
            paying.show_who(act, wish.intent_id, passed=wish.passed)
        case PayAtKonbini():
            counters.pay(act, wish.intent_id, settles=wish.settles)
        case SettleKonbini():
            counters.settle(act, wish.intent_id, succeeds=wish.succeeds)
        case ExpireVoucher():
            counters.expire(act, wish.intent_id)
        case _:
            return _played_by_others(act, wish)
    return wish.intent_id


def _played_by_others(act: Act, wish: Any) -> str:
    """Banks, and Stripe's own people."""
    match wish:
        case OpenDispute():
            thing = disputes.open_dispute(act, wish.charge_id, reason=wish.reason)
        case DecideDispute():
            thing = disputes.decide(act, wish.dispute_id, won=wish.won)
        case AdvanceRefund():
            thing = refunds.advance(act, wish.refund_id)
        case SettleRefund():
            thing = refunds.settle(act, wish.refund_id)
        case FailRefund():
            thing = refunds.fail(act, wish.refund_id, wish.reason)
        case MakePayout():
            thing = payouts.pay_out(act, owner=wish.account, amount=wish.amount)
        case PayoutPaid():
            thing = payouts.paid(act, wish.payout_id)
        case PayoutFailed():
            thing = payouts.failed(act, wish.payout_id, code=wish.code)
        case OnboardAccount():
            thing = accounts.onboard(act, wish.account_id)
        case _:
            thing = accounts.disable(act, wish.account_id, reason=wish.reason)
    return str(thing["id"])


def _method(wish: CompleteSession) -> dict[str, Any]:
    if wish.method.startswith("pm_"):
        return {"payment_method": wish.method}
    payer = {"name": wish.payer_name, "email": wish.payer_email}
    return {"payment_method_data": {"type": wish.method, "billing_details": payer}}
