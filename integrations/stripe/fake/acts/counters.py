"""What happens at a konbini's counter: the voucher is paid, or its time passes?"""

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.acts import paying
from integrations.stripe.fake.refusals import plainly
from integrations.stripe.fake.shelf import Thing


def pay(act: Act, intent_id: str, *, settles: bool) -> None:
    """The payer pays. Unless it settles at once, the intent is `processing` until somebody settles it."""
    intent = _waiting(act, intent_id, "requires_action")
    if settles:
        paying.succeed(act, intent)
        return
    intent |= {"status": "processing", "_due": None}
    act.tell("payment_intent.processing", intent)


def settle(act: Act, intent_id: str, *, succeeds: bool) -> None:
    """What was processing is there, or failed."""
    intent = _waiting(act, intent_id, "processing")
    if succeeds:
        paying.succeed(act, intent)
        return
    words = "The payment failed."
    paying.fail(
        act, intent, {"type": "invalid_request_error", "code": "payment_method_provider_decline", "message": words}
    )


def expire(act: Act, intent_id: str) -> None:
    """Nobody paid in time."""
    intent = _waiting(act, intent_id, "requires_action")
    words = "The payment attempt expired before it was paid."
    code = "payment_intent_payment_attempt_expired"
    paying.fail(act, intent, {"type": "invalid_request_error", "code": code, "message": words})


def _waiting(act: Act, intent_id: str, status: str) -> Thing:
    intent = act.edit(intent_id)
    if intent["_voucher"] is None or intent["status"] != status:
        raise plainly(f"{intent_id} has no voucher that is {status}: it is {intent['status']}.")
    return intent
