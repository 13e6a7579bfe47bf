"""What does a payer show at a konbini, until when, and for how much? docs.stripe.com/payments/konbini."""

from datetime import UTC, datetime, time, timedelta, timezone
from typing import Final

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.ids import digits
from integrations.stripe.fake.refusals import amount_refused, plainly
from integrations.stripe.fake.shelf import Thing

LEAST: Final = 120
MOST: Final = 300_000
"""What can be paid at a counter, in yen. (From memory of Stripe's page on konbini, not verified.)"""
_DAYS: Final = 3
_DAYS_BETWEEN: Final = (1, 60)
_JAPAN: Final = timezone(timedelta(hours=9))


def issue(act: Act, intent: Thing) -> None:
    """Give the payer a voucher; raises `Refused` for an amount that no counter takes."""
    if not LEAST <= intent["amount"] <= MOST:
        code = "amount_too_large" if intent["amount"] > MOST else "amount_too_small"
        raise amount_refused(code, f"Amount must be between ¥{LEAST} and ¥{MOST} at a konbini.")
    options = intent["payment_method_options"].get("konbini", {})
    days = options.get("expires_after_days", _DAYS)
    if not _DAYS_BETWEEN[0] <= days <= _DAYS_BETWEEN[1]:
        raise plainly("A voucher lasts between 1 and 60 days.", "payment_method_options[konbini][expires_after_days]")
    expires_at = options.get("expires_at", _end_of_day(act.now, days))
    if not act.now < expires_at <= _end_of_day(act.now, _DAYS_BETWEEN[1]):
        raise plainly("A voucher expires within 60 days from now.", "payment_method_options[konbini][expires_at]")
    intent |= {
        "status": "requires_action",
        "_due": expires_at,
        "_voucher": {
            "expires_at": expires_at,
            "confirmation_number": options.get("confirmation_number") or digits(f"{intent['id']}:confirmation", 11),
            "payment_code": digits(f"{intent['id']}:code", 6),
        },
    }


def _end_of_day(now: int, days: int) -> int:
    """23:59:59 in Japan, so many days on: the document of PaymentIntents says so."""
    day = datetime.fromtimestamp(now, UTC).astimezone(_JAPAN).date() + timedelta(days=days)
    return int(datetime.combine(day, time(23, 59, 59), _JAPAN).timestamp())
