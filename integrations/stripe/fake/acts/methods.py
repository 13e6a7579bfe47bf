"""With what is paid? PaymentMethods: one is made of a test card's token each time that it is used, as Stripe does."""

from typing import Any

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.acts.cards import Card, card_of
from integrations.stripe.fake.form import Asked
from integrations.stripe.fake.refusals import missing_parameter
from integrations.stripe.fake.shelf import Thing


def create(act: Act, asked: Asked) -> Thing:
    """Make one that is not a card: a card's number is never given to this fake, only tokens of test cards."""
    return made_of(act, asked, customer=None)


def made_of(act: Act, given: Asked, *, customer: str | None) -> Thing:
    """Make one of `payment_method_data`; raises `Refused` where a konbini lacks its payer."""
    payer = given.get("billing_details", {})
    if given["type"] == "konbini":
        for field in ("name", "email"):
            if field not in payer:
                raise missing_parameter(f"payment_method_data[billing_details][{field}]")
    return _make(act, given["type"], payer, customer, token=None)


def found(act: Act, name: str, *, customer: str | None) -> Thing:
    """The one with this name, made anew of a test card's token; raises `Refused`."""
    if name.startswith("pm_card_"):
        card_of(name)
        return _make(act, "card", {}, customer, token=name)
    return act.need("payment_method", name, "payment_method")


def card_in(method: Thing) -> Card:
    """The test card in it."""
    return card_of(method["_token"])


def _make(act: Act, kind: str, payer: dict[str, Any], customer: str | None, *, token: str | None) -> Thing:
    return act.make(
        "payment_method",
        {
            "type": kind,
            "customer": customer,
            "_token": token,
            "_payer": {"name": payer.get("name"), "email": payer.get("email"), "phone": payer.get("phone")},
        },
    )
