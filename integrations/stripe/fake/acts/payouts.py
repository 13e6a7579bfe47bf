"""How does a balance reach a bank? docs.stripe.com/payouts."""

from typing import Final

from integrations.stripe.fake.act import CURRENCY, Act, Page
from integrations.stripe.fake.acts.lines import Line, LineKind, available_after, write_line
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.refusals import balance_insufficient, plainly
from integrations.stripe.fake.shelf import Thing

_ARRIVES_AFTER_DAYS: Final = 2


def pay_out(act: Act, *, owner: str, amount: int | None) -> Thing:
    """Send all that is available, as Stripe does by itself, or an amount; raises `Refused` when there is not so much.

    Only what Stripe sends by itself knows which lines it consists of.
    """
    available, _ = act.funds(owner)
    automatic = amount is None
    amount = available if amount is None else amount
    if amount < 1 or amount > available:
        raise balance_insufficient(f"¥{available} are available for a payout of ¥{amount}.")
    payout = act.make(
        "payout",
        {
            "amount": amount,
            "currency": CURRENCY,
            "automatic": automatic,
            "arrival_date": available_after(act.now, _ARRIVES_AFTER_DAYS),
            "status": "pending",
            "failure_code": None,
            "failure_message": None,
            "failure_balance_transaction": None,
            "metadata": {},
        },
        owner=owner,
    )
    if automatic:
        _take_lines(act, payout)
    line = _line(act, payout, LineKind.PAYOUT, -amount)
    if automatic:
        line |= {"_payout": payout["id"], "_unpaid": None}
    payout["balance_transaction"] = line["id"]
    act.tell("payout.created", payout)
    return payout


def paid(act: Act, name: str) -> Thing:
    """The bank has it."""
    payout = _on_its_way(act, name)
    payout["status"] = "paid"
    act.tell("payout.updated", payout, {"status": "pending"})
    act.tell("payout.paid", payout)
    return payout


def failed(act: Act, name: str, *, code: str) -> Thing:
    """The bank sent it back: the balance has it again. What was paid may fail later, as with Stripe."""
    payout = _on_its_way(act, name, "paid")
    line = _line(act, payout, LineKind.PAYOUT_FAILURE, payout["amount"])
    payout |= {"status": "failed", "failure_code": code, "failure_balance_transaction": line["id"]}
    payout["failure_message"] = "The bank could not take this payout."
    act.tell("payout.failed", payout)
    return payout


def list_all(act: Act, asked: Asked) -> Page:
    """Payouts, of a status."""
    return act.page("payout", asked, status=asked.get("status"))


def list_lines(act: Act, asked: Asked) -> Page:
    """Lines of the balance: of a payout, a kind or a source."""
    only = {"_payout": asked.get("payout"), "type": asked.get("type"), "source": asked.get("source")}
    return act.page("balance_transaction", asked, **only)


def _on_its_way(act: Act, name: str, *also: str) -> Thing:
    payout = act.edit(name)
    if payout["status"] not in {"pending", "in_transit", *also}:
        raise plainly(f"Payout {name} is {payout['status']}.")
    return payout


def _take_lines(act: Act, payout: Thing) -> None:
    """Everything that was available and in no payout yet."""
    for line in act.unpaid_lines(payout["_owner"]):
        act.edit(line["id"]).update({"_payout": payout["id"], "_unpaid": None})


def _line(act: Act, payout: Thing, kind: LineKind, amount: int) -> Thing:
    return write_line(
        act,
        Line(
            kind=kind,
            amount=amount,
            fee=0,
            source=payout["id"],
            available_on=act.now,
            description="STRIPE PAYOUT" if amount < 0 else "STRIPE PAYOUT FAILURE",
            owner=payout["_owner"],
        ),
    )
