"""How is a provider paid out of our balance, and how does money come back? docs.stripe.com/connect/separate-charges-and-transfers.

What a transfer brings is a payment (`py_`) in the connected account, with a line of its own there.
"""

from integrations.stripe.fake.act import CURRENCY, Act, Page
from integrations.stripe.fake.acts.cards import check_yen
from integrations.stripe.fake.acts.lines import Line, LineKind, write_line
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.refusals import Refused, balance_insufficient, plainly
from integrations.stripe.fake.shelf import Thing


def create(act: Act, asked: Asked) -> Thing:
    """Pay a provider, from what is available, or from what one charge will bring; raises `Refused`."""
    amount = _amount(asked)
    destination = act.need("account", asked["destination"], "destination")
    if destination["_capabilities"].get("transfers") != "active":
        message = "Your destination account needs to have at least one of the following capabilities enabled: transfers"
        raise Refused(400, message, code="insufficient_capabilities_for_transfer", param=None)
    charge = act.need("charge", asked["source_transaction"], "source_transaction") if _has_source(asked) else None
    available_on = _payable(act, amount, charge)
    transfer = act.make(
        "transfer",
        {
            "amount": amount,
            "amount_reversed": 0,
            "currency": CURRENCY,
            "description": asked.get("description"),
            "destination": destination["id"],
            "metadata": asked.get("metadata", {}),
            "source_transaction": None if charge is None else charge["id"],
            "transfer_group": asked.get("transfer_group") or _group_of(charge),
            "_kind": "card" if charge is None else charge["_kind"],
        },
    )
    ours = _line(act, LineKind.TRANSFER, -amount, transfer["id"], available_on, None)
    transfer["balance_transaction"] = ours["id"]
    transfer["destination_payment"] = _payment(act, transfer, available_on)["id"]
    act.tell("transfer.created", transfer)
    return transfer


def reverse(act: Act, asked: Asked, name: str) -> Thing:
    """Take back a transfer, or a part of it; raises `Refused` when the provider's balance does not have it."""
    act.need("transfer", name, "id", status=404)
    transfer = act.edit(name)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = asked.get("amount", left)
    if amount < 1 or left == 0:
        raise plainly(f"Transfer {name} has nothing left to be reversed.", "amount")
    if amount > left:
        raise plainly(f"Reversal amount (¥{amount}) is greater than unreversed amount on transfer (¥{left})", "amount")
    available_on = _reversible(act, transfer, amount)
    reversal = act.make(
        "transfer_reversal",
        {
            "amount": amount,
            "currency": CURRENCY,
            "metadata": asked.get("metadata", {}),
            "transfer": name,
            "_description": asked.get("description"),
        },
    )
    ours = _line(act, LineKind.TRANSFER_REFUND, amount, reversal["id"], available_on, None)
    reversal["balance_transaction"] = ours["id"]
    transfer["amount_reversed"] += amount
    reversal["destination_payment_refund"] = _payment_back(act, transfer, amount, available_on)["id"]
    act.tell("transfer.reversed", transfer)
    return reversal


def list_all(act: Act, asked: Asked) -> Page:
    """Transfers, to a destination or in a group."""
    group, destination = asked.get("transfer_group"), asked.get("destination")
    return act.page("transfer", asked, destination=destination, transfer_group=group)


def reversals(act: Act, asked: Asked, name: str) -> Page:
    """What came back of a transfer."""
    act.need("transfer", name, "id", status=404)
    return act.page("transfer_reversal", asked, transfer=name)


def _amount(asked: Asked) -> int:
    if "amount" not in asked:
        raise Refused(400, "Missing required param: amount.", code="parameter_missing", param="amount")
    check_yen(asked["amount"], asked["currency"])
    return int(asked["amount"])


def _has_source(asked: Asked) -> bool:
    return "source_transaction" in asked


def _group_of(charge: Thing | None) -> str | None:
    if charge is None:
        return None
    return charge["transfer_group"] or f"group_{charge['payment_intent']}"


def _payable(act: Act, amount: int, charge: Thing | None) -> int:
    """When the money is there; raises `Refused` when it never is."""
    if charge is None:
        available, _ = act.funds(act.owner)
        if amount > available:
            raise balance_insufficient(
                f"You have insufficient available funds in your Stripe account: ¥{available} for a transfer of ¥{amount}."
            )
        return act.now
    if charge["status"] != "succeeded":
        raise plainly("The source charge did not succeed.", "source_transaction")
    sent = sum(one["amount"] for one in act.every("transfer", "source_transaction", charge["id"]))
    if sent + amount > charge["amount"]:
        message = (
            f"Transfers using this transaction as a source must not exceed ¥{charge['amount']}; ¥{sent} were sent."
        )
        raise plainly(message, "amount")
    return max(act.now, int(act.see(charge["balance_transaction"])["available_on"]))


def _reversible(act: Act, transfer: Thing, amount: int) -> int:
    """When the money is ours again: what this transfer brought and is still pending may be taken back as such.

    Stripe documents that the available balance must suffice; how it counts this transfer's own pending part was not
    verified.
    """
    brought_on = int(act.see(transfer["balance_transaction"])["available_on"])
    available, _ = act.funds(transfer["destination"])
    if brought_on > act.now:
        return brought_on
    if amount > available:
        raise balance_insufficient(
            f"Insufficient funds in the connected account: ¥{available} available for a reversal of ¥{amount}."
        )
    return act.now


def _payment(act: Act, transfer: Thing, available_on: int) -> Thing:
    """What the transfer is in the connected account."""
    owner = transfer["destination"]
    payment = act.make(
        "charge",
        {
            "amount": transfer["amount"],
            "currency": CURRENCY,
            "customer": None,
            "description": None,
            "metadata": {},
            "payment_intent": None,
            "payment_method": None,
            "transfer_group": transfer["transfer_group"],
            "amount_refunded": 0,
            "balance_transaction": None,
            "disputed": False,
            "failure_code": None,
            "failure_message": None,
            "status": "succeeded",
            "source_transfer": transfer["id"],
            "_kind": "stripe_account",
            "_token": None,
            "_payer": {"name": None, "email": None, "phone": None},
            "_outcome": None,
        },
        called="payment",
        owner=owner,
    )
    line = _line(act, LineKind.PAYMENT, transfer["amount"], payment["id"], available_on, owner)
    payment["balance_transaction"] = line["id"]
    return payment


def _payment_back(act: Act, transfer: Thing, amount: int, available_on: int) -> Thing:
    payment = act.edit(transfer["destination_payment"])
    payment["amount_refunded"] += amount
    refund = act.make(
        "refund",
        {
            "amount": amount,
            "charge": payment["id"],
            "currency": CURRENCY,
            "metadata": {},
            "payment_intent": None,
            "reason": None,
            "status": "succeeded",
            "failure_reason": None,
            "failure_balance_transaction": None,
            "_kind": "stripe_account",
        },
        called="payment_refund",
        owner=payment["_owner"],
    )
    line = _line(act, LineKind.PAYMENT_REFUND, -amount, refund["id"], available_on, payment["_owner"])
    refund["balance_transaction"] = line["id"]
    return refund


def _line(act: Act, kind: LineKind, amount: int, source: str, available_on: int, owner: str | None) -> Thing:
    return write_line(
        act,
        Line(
            kind=kind,
            amount=amount,
            fee=0,
            source=source,
            available_on=available_on,
            description=None,
            owner=owner,
        ),
    )
