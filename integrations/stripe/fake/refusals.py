"""How does Stripe say no? The errors of its API, as its documentation lists them (docs.stripe.com/api/errors, /error-codes)."""

from typing import Any


class Refused(Exception):
    """A request that is answered with an error, and has changed nothing.

    `code` and `param` are missing where Stripe names none.
    """

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", code: str | None, param: str | None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.more: dict[str, Any] = {}

    def with_more(self, **more: Any) -> "Refused":
        """Show these things in the error too, such as the intent that it is about."""
        self.more |= more
        return self


class Misread(Refused):
    """The parameters themselves are wrong: nothing was begun, so nothing is remembered under an idempotency key."""


def error_body(refused: Refused, request_id: str) -> dict[str, Any]:
    """The envelope of an error."""
    error: dict[str, Any] = {"type": refused.kind, "message": refused.message}
    if refused.code is not None:
        error |= {
            "code": refused.code,
            "doc_url": f"https://stripe.com/docs/error-codes/{refused.code.replace('_', '-')}",
        }
    if refused.param is not None:
        error["param"] = refused.param
    log = f"https://dashboard.stripe.com/test/logs/{request_id}"
    return {"error": error | refused.more | {"request_log_url": log}}


def unknown_parameter(name: str) -> Misread:
    """A parameter that this operation does not have."""
    return Misread(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> Misread:
    """A parameter without which it cannot be done."""
    return Misread(400, f"Missing required param: {name}.", code="parameter_missing", param=name)


def empty_parameter(name: str) -> Misread:
    """An empty value where none can be unset."""
    message = f"You passed an empty string for '{name}', which cannot be unset. Leave it away, or give it a value."
    return Misread(400, message, code="parameter_invalid_empty", param=name)


def not_whole(name: str, value: str) -> Misread:
    """A text where a whole number belongs."""
    return Misread(400, f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)


def wrong_value(name: str, message: str) -> Misread:
    """A value that this parameter does not take. Stripe gives these no code."""
    return Misread(400, message, code=None, param=name)


def missing_thing(kind: str, name: str, param: str, *, status: int) -> Refused:
    """No such thing: 404 when the address named it, 400 when a parameter did."""
    return Refused(status, f"No such {kind}: '{name}'", code="resource_missing", param=param)


def unexpected_state(message: str, intent: dict[str, Any]) -> Refused:
    """An intent that is not in a state for this."""
    refused = Refused(400, message, code="payment_intent_unexpected_state", param=None)
    return refused.with_more(payment_intent=intent)


def balance_insufficient(message: str) -> Refused:
    """More was asked for than is available."""
    return Refused(400, message, code="balance_insufficient", param=None)


def amount_refused(code: str, message: str) -> Refused:
    """An amount that is too large or too small."""
    return Refused(400, message, code=code, param="amount")


def plainly(message: str, param: str | None = None, code: str | None = None) -> Refused:
    """A 400 for one reason or another; most of these have no code."""
    return Refused(400, message, code=code, param=param)
