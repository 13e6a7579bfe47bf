"""Does money go back, to providers and to banks the way that Stripe documents, each move a line of its book?"""

from typing import Any

import httpx
import pytest
import stripe

from integrations.stripe.fake import scene
from integrations.stripe.fake.acts.lines import DISPUTE_FEE
from integrations.stripe.fake.admin import forward
from tests.contracts.stripe.fake_stage import DAY_S, FakeStage


def refused(call: Any, *arguments: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value


def funded(stage: FakeStage, amount: int = 100_000) -> Any:
    """A payment whose money is available at once."""
    return stage.paid_by_card(stage.customer(), amount, card="pm_card_bypassPending")


def balance(stage: FakeStage, account: str | None = None) -> tuple[int, int]:
    options = {} if account is None else {"stripe_account": account}
    shown = stage.api.balance.retrieve(options=options)
    return shown.available[0].amount, shown.pending[0].amount


def test_a_payment_goes_back_in_parts_and_never_more_than_it_was(stage: FakeStage) -> None:
    intent = stage.paid_by_card(stage.customer())
    create = stage.api.refunds.create
    assert refused(create, {"payment_intent": intent.id, "amount": 10_001}).param == "amount"
    first = create({"payment_intent": intent.id, "amount": 4_000, "reason": "requested_by_customer"})
    assert (first.status, first.id[:3]) == ("succeeded", "re_")
    assert refused(create, {"payment_intent": intent.id, "amount": 6_001}).param == "amount"
    rest = create({"payment_intent": intent.id})
    assert rest.amount == 6_000
    assert refused(create, {"payment_intent": intent.id}).code == "charge_already_refunded"
    charge = stage.intent(intent.id, "latest_charge").latest_charge
    assert (charge.amount_refunded, charge.refunded) == (10_000, True)
    assert [one.id for one in stage.api.refunds.list({"payment_intent": intent.id}).data] == [rest.id, first.id]
    line = stage.api.balance_transactions.retrieve(rest.balance_transaction)
    assert (line.type, line.net, line.source) == ("refund", -6_000, rest.id)


def test_what_was_not_paid_cannot_go_back(stage: FakeStage) -> None:
    intent = stage.card_intent(stage.customer())
    refused(stage.api.refunds.create, {"payment_intent": intent.id})
    refused(stage.api.refunds.create, {})


def test_a_transfers_refund_first_asks_for_an_account(stage: FakeStage) -> None:
    customer = stage.customer()
    intent = stage.transfer_intent(customer)
    stage.wish(scene.FundTransfer(customer, 10_000))
    refund = stage.api.refunds.create({"payment_intent": intent.id, "amount": 1_000})
    assert (refund.status, refund.next_action.type) == ("requires_action", "display_details")
    assert refund.next_action.display_details.email_sent.email_sent_to == "hanako@example.jp"
    assert stage.wish(scene.AdvanceRefund(refund.id))["status"] == "pending"
    assert stage.wish(scene.SettleRefund(refund.id))["status"] == "succeeded"
    other = stage.api.refunds.create({"payment_intent": intent.id, "instructions_email": "other@example.jp"})
    assert other.instructions_email == "other@example.jp"


def test_without_a_mail_address_a_transfer_cannot_go_back(stage: FakeStage) -> None:
    customer = stage.api.customers.create({"name": "nobody"}).id
    intent = stage.transfer_intent(customer)
    stage.wish(scene.FundTransfer(customer, 10_000))
    assert refused(stage.api.refunds.create, {"payment_intent": intent.id}).param == "instructions_email"


def test_a_refund_that_fails_is_ours_again(stage: FakeStage) -> None:
    for card, first in (("pm_card_pendingRefund", "pending"), ("pm_card_refundFail", "succeeded")):
        intent = stage.paid_by_card(stage.customer(), card=card)
        refund = stage.api.refunds.create({"payment_intent": intent.id})
        before = sum(balance(stage))
        assert refund.status == first
        failed = stage.wish(scene.FailRefund(refund.id, "lost_or_stolen_card"))
        assert (failed["status"], failed["failure_reason"]) == ("failed", "lost_or_stolen_card")
        assert sum(balance(stage)) == before + 10_000
        assert stage.intent(intent.id, "latest_charge").latest_charge.amount_refunded == 0


def test_a_refund_whose_payer_names_no_account_is_given_up_in_time(own_stage: FakeStage) -> None:
    stage, customer = own_stage, own_stage.customer()
    by_bank, at_konbini = stage.transfer_intent(customer), stage.konbini_intent(customer)
    stage.wish(scene.FundTransfer(customer, 10_000))
    stage.wish(scene.PayAtKonbini(at_konbini.id))
    refunds = [stage.api.refunds.create({"payment_intent": one.id}).id for one in (by_bank, at_konbini)]
    stage.server.admin.ask(forward(46 * DAY_S))
    assert [stage.api.refunds.retrieve(name).status for name in refunds] == ["canceled", "failed"]
    assert stage.api.customers.cash_balance.retrieve(customer).available.to_dict() == {"jpy": 10_000}


def test_a_provider_is_paid_only_when_stripe_let_it_in_and_from_what_is_there(own_stage: FakeStage) -> None:
    stage = own_stage
    outside, inside = stage.account(onboarded=False), stage.account()
    create = stage.api.transfers.create
    wanted = {"amount": 5_000, "currency": "jpy", "destination": inside}
    assert refused(create, wanted).code == "balance_insufficient"
    funded(stage)
    assert refused(create, wanted | {"destination": outside}).code == "insufficient_capabilities_for_transfer"
    assert refused(create, wanted | {"destination": "acct_no"}).code == "resource_missing"
    made = create(wanted | {"transfer_group": "order-7"})
    assert balance(stage) == (100_000 - 3_600 - 5_000, 0)
    assert balance(stage, inside) == (5_000, 0)
    assert [one.id for one in stage.api.transfers.list({"destination": inside}).data] == [made.id]
    assert [one.id for one in stage.api.transfers.list({"transfer_group": "order-7"}).data] == [made.id]
    payment = stage.api.charges.retrieve(made.destination_payment, options={"stripe_account": inside})
    assert (payment.amount, payment.source_transfer) == (5_000, made.id)


def test_a_transfer_of_a_charge_waits_for_it_and_takes_no_more_than_it(own_stage: FakeStage) -> None:
    stage, account = own_stage, own_stage.account()
    charge = stage.paid_by_card(stage.customer()).latest_charge
    wanted = {"amount": 6_000, "currency": "jpy", "destination": account, "source_transaction": charge}
    assert stage.api.transfers.create(wanted).source_transaction == charge
    assert balance(stage, account) == (0, 6_000)
    assert refused(stage.api.transfers.create, wanted).param == "amount"
    stage.server.admin.ask(forward(5 * DAY_S))
    assert balance(stage, account) == (6_000, 0)


def test_a_transfer_comes_back_in_parts_as_far_as_the_provider_has_it(own_stage: FakeStage) -> None:
    stage, account = own_stage, own_stage.account()
    funded(stage)
    transfer = stage.api.transfers.create({"amount": 5_000, "currency": "jpy", "destination": account})
    reverse = stage.api.transfers.reversals.create
    first = reverse(transfer.id, {"amount": 2_000})
    assert (first.transfer, balance(stage, account)) == (transfer.id, (3_000, 0))
    assert refused(reverse, transfer.id, {"amount": 3_001}).param == "amount"
    stage.wish(scene.MakePayout(None, account))
    assert refused(reverse, transfer.id, {"amount": 3_000}).code == "balance_insufficient"
    assert [one.id for one in stage.api.transfers.reversals.list(transfer.id).data] == [first.id]
    shown = stage.api.transfers.retrieve(transfer.id)
    assert (shown.amount_reversed, shown.reversed) == (2_000, False)


def test_a_dispute_takes_the_money_and_a_fee_and_gives_the_money_back_when_won(own_stage: FakeStage) -> None:
    stage = own_stage
    intent = funded(stage)
    before = balance(stage)[0]
    dispute = stage.wish(scene.OpenDispute(intent.latest_charge, "product_not_received"))
    assert balance(stage)[0] == before - 100_000 - DISPUTE_FEE
    assert refused(stage.api.refunds.create, {"payment_intent": intent.id}).code == "charge_disputed"
    evidence = {"evidence": {"uncategorized_text": "it was retired"}, "submit": True}
    assert stage.api.disputes.update(dispute["id"], evidence).status == "under_review"
    refused(stage.api.disputes.update, dispute["id"], evidence)
    won = stage.wish(scene.DecideDispute(dispute["id"], won=True))
    lines = [(line["reporting_category"], line["net"]) for line in won["balance_transactions"]]
    assert lines == [("dispute", -100_000 - DISPUTE_FEE), ("dispute_reversal", 100_000)]
    assert balance(stage)[0] == before - DISPUTE_FEE
    with pytest.raises(httpx.HTTPStatusError):
        stage.wish(scene.DecideDispute(dispute["id"], won=False))


def test_a_dispute_may_come_with_the_card_and_be_accepted(stage: FakeStage) -> None:
    intent = stage.paid_by_card(stage.customer(), card="pm_card_createDispute")
    dispute = stage.api.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")
    kept = stage.api.disputes.update(dispute.id, {"evidence": {"customer_name": "x"}, "submit": False})
    assert (kept.status, kept.evidence.customer_name) == ("needs_response", "x")
    assert stage.api.disputes.close(dispute.id).status == "lost"
    refused(stage.api.disputes.close, dispute.id)


def test_an_automatic_payout_knows_its_lines_and_their_sum(own_stage: FakeStage) -> None:
    stage = own_stage
    funded(stage)
    stage.api.refunds.create({"payment_intent": funded(stage, 20_000).id, "amount": 500})
    stage.paid_by_card(stage.customer())
    payout = stage.wish(scene.MakePayout(None))
    lines = list(stage.api.balance_transactions.list({"payout": payout["id"], "limit": 2}).auto_paging_iter())
    assert sum(line.net for line in lines if line.type != "payout") == payout["amount"]
    assert {line.type for line in lines} == {"charge", "refund", "payout"}
    assert (payout["status"], balance(stage)[0]) == ("pending", 0)
    paid = stage.wish(scene.PayoutPaid(payout["id"]))
    assert paid["status"] == "paid"
    failed = stage.wish(scene.PayoutFailed(payout["id"], "account_closed"))
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
    assert balance(stage)[0] == payout["amount"]


def test_a_payout_of_more_than_there_is_cannot_be_made(own_stage: FakeStage) -> None:
    for amount in (None, 1):
        with pytest.raises(httpx.HTTPStatusError):
            own_stage.wish(scene.MakePayout(amount))


def test_an_account_tells_what_stripe_still_wants_and_is_let_in_and_out(stage: FakeStage) -> None:
    name = stage.account(onboarded=False)
    shown = stage.api.accounts.retrieve(name)
    assert (shown.capabilities.transfers, shown.details_submitted) == ("inactive", False)
    assert "external_account" in shown.requirements.currently_due
    link = {"account": name, "type": "account_onboarding", "refresh_url": "https://a", "return_url": "https://b"}
    assert stage.api.account_links.create(link).url.startswith("https://connect.stripe.com/")
    inside = stage.wish(scene.OnboardAccount(name))
    assert (inside["capabilities"]["transfers"], inside["requirements"]["currently_due"]) == ("active", [])
    outside = stage.wish(scene.DisableAccount(name))
    assert outside["requirements"]["disabled_reason"] == "rejected.fraud"
    events = stage.api.events.list({"type": "account.updated"}, {"stripe_account": name}).data
    assert [event.account for event in events] == [name, name]
    assert name in [one.id for one in stage.api.accounts.list().auto_paging_iter()]
