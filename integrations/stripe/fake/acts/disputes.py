"""What becomes of a payment that the payer's bank takes back? docs.stripe.com/disputes."""

from typing import Final

from integrations.stripe.fake.act import Act, Page
from integrations.stripe.fake.acts.lines import DAY_S, DISPUTE_FEE, Line, LineKind, write_line
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.refusals import plainly
from integrations.stripe.fake.shelf import Thing

_ANSWER_WITHIN_DAYS: Final = 9
"""Ours: with Stripe the card's network decides."""
_OPEN: Final = frozenset({"needs_response", "under_review"})


def list_all(act: Act, asked: Asked) -> Page:
    """Disputes, of a charge or an intent."""
    return act.page("dispute", asked, charge=asked.get("charge"), payment_intent=asked.get("payment_intent"))


def open_dispute(act: Act, charge_id: str, *, reason: str) -> Thing:
    """The bank takes a card payment back, all that was not refunded, and Stripe takes a fee.

    Raises `Refused` for a payment that cannot be disputed.
    """
    charge = act.edit(charge_id)
    amount = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or charge["disputed"] or charge["_kind"] != "card" or amount == 0:
        raise plainly(f"The charge {charge_id} cannot be disputed.")
    dispute = act.make(
        "dispute",
        {
            "amount": amount,
            "charge": charge_id,
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "status": "needs_response",
            "metadata": {},
            "currency": charge["currency"],
            "_evidence": {},
            "_submitted": 0,
            "_due_by": (act.now // DAY_S + _ANSWER_WITHIN_DAYS) * DAY_S + DAY_S - 1,
            "_lines": [],
            "_token": charge["_token"],
        },
        owner=charge["_owner"],
    )
    charge["disputed"] = True
    line = _line(act, dispute, LineKind.DISPUTE, -amount, fee=DISPUTE_FEE)
    dispute["_lines"] = [line["id"]]
    act.tell("charge.dispute.created", dispute)
    act.tell("charge.dispute.funds_withdrawn", dispute)
    return dispute


def update(act: Act, asked: Asked, name: str) -> Thing:
    """Take evidence; with `submit` it goes to the bank, and nothing can be added any more."""
    act.need("dispute", name, "dispute", status=404)
    dispute = act.edit(name)
    if dispute["status"] != "needs_response":
        raise plainly(f"This dispute is {dispute['status']}; its evidence can no longer be changed.")
    dispute["metadata"] |= asked.get("metadata", {})
    dispute["_evidence"] |= asked.get("evidence", {})
    if asked.get("submit", bool(asked.get("evidence"))):  # Evidence is submitted unless the caller says otherwise.
        dispute["_submitted"] += 1
        dispute["status"] = "under_review"
    act.tell("charge.dispute.updated", dispute)
    return dispute


def close(act: Act, _asked: Asked, name: str) -> Thing:
    """Accept the dispute as lost."""
    act.need("dispute", name, "dispute", status=404)
    return decide(act, name, won=False)


def decide(act: Act, name: str, *, won: bool) -> Thing:
    """The bank decides. What was won comes back, without the fee; raises `Refused` for one that is decided."""
    dispute = act.edit(name)
    if dispute["status"] not in _OPEN:
        raise plainly(f"This dispute is already closed: {dispute['status']}.")
    dispute["status"] = "won" if won else "lost"
    if won:
        act.edit(dispute["charge"])["_won"] = True
        line = _line(act, dispute, LineKind.DISPUTE_REVERSAL, dispute["amount"], fee=0)
        dispute["_lines"].append(line["id"])
    act.tell("charge.dispute.closed", dispute)
    if won:
        act.tell("charge.dispute.funds_reinstated", dispute)
    return dispute


def _line(act: Act, dispute: Thing, kind: LineKind, amount: int, *, fee: int) -> Thing:
    words = "Chargeback reversal" if kind is LineKind.DISPUTE_REVERSAL else "Chargeback withdrawal"
    return write_line(
        act,
        Line(
            kind=kind,
            amount=amount,
            fee=fee,
            source=dispute["id"],
            available_on=act.now,
            description=f"{words} for {dispute['charge']}",
            owner=dispute["_owner"],
        ),
    )
