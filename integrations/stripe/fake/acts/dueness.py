"""What happens by itself when its time has come?"""

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.acts import counters, refunds, sessions


def fall_due(act: Act, name: str) -> None:
    """Let a voucher or a page expire, or give up a refund whose payer named no account."""
    match act.see(name)["object"]:
        case "payment_intent":
            counters.expire(act, name)
        case "checkout.session":
            sessions.expire(act, {}, name)
        case "refund":
            refunds.give_up(act, name)
