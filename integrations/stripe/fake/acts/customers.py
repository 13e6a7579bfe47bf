"""Who pays? Customers, and the money of theirs that Stripe holds until something asks for it."""

from integrations.stripe.fake.act import CURRENCY, Act, Page
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.shelf import Thing


def create(act: Act, asked: Asked) -> Thing:
    """Make a customer."""
    made = act.make(
        "customer",
        {
            "name": asked.get("name"),
            "email": asked.get("email"),
            "phone": asked.get("phone"),
            "description": asked.get("description"),
            "metadata": asked.get("metadata", {}),
            "preferred_locales": asked.get("preferred_locales", []),
            "_cash": 0,
        },
    )
    act.tell("customer.created", made)
    return made


def update(act: Act, asked: Asked, name: str) -> Thing:
    """Change a customer. Metadata is merged, as Stripe merges it."""
    act.need("customer", name, "customer", status=404)
    customer = act.edit(name)
    changes = {field: value for field, value in asked.items() if field != "expand"}
    if "metadata" in changes:
        changes["metadata"] = customer["metadata"] | changes["metadata"]
    previous = {field: customer[field] for field in changes}
    customer |= changes
    act.tell("customer.updated", customer, previous)
    return customer


def list_all(act: Act, asked: Asked) -> Page:
    """Customers, by their address of mail when one is given; letters count as they are written."""
    return act.page("customer", asked, email=asked.get("email"))


def cash_balance(act: Act, _asked: Asked, name: str) -> Thing:
    """What Stripe holds for a customer."""
    return cash_of(act.need("customer", name, "customer", status=404))


def cash_movements(act: Act, asked: Asked, name: str) -> Page:
    """How that came and went."""
    act.need("customer", name, "customer", status=404)
    return act.page("customer_cash_balance_transaction", asked, customer=name)


def cash_of(customer: Thing) -> Thing:
    """The cash balance as a thing; it has no id of its own."""
    available = {CURRENCY: customer["_cash"]} if customer["_cash"] else None
    return {
        "object": "cash_balance",
        "id": None,
        "customer": customer["id"],
        "available": available,
        "_owner": customer["_owner"],
    }


def move_cash(act: Act, customer_id: str, kind: str, amount: int, why: Thing) -> None:
    """Put money into a customer's balance, or take it out, and say so."""
    customer = act.edit(customer_id)
    customer["_cash"] += amount
    assert customer["_cash"] >= 0, customer_id
    moved = act.make(
        "customer_cash_balance_transaction",
        {
            "customer": customer_id,
            "type": kind,
            "net_amount": amount,
            "ending_balance": customer["_cash"],
            "currency": CURRENCY,
            kind: why,
        },
        owner=customer["_owner"],
    )
    act.tell("customer_cash_balance_transaction.created", moved)
