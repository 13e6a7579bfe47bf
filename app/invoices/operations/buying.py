"""How is an order bought on account? Its total is drawn on the credit line, owed instead of paid, and goes on as if paid.

From when such a payment is final: a retirement cannot be undone, and providers are paid with money that has to be there.
The operator chooses for each buyer (`CreditLine.retire_before_paid`). Without it, which is what a careful desk grants,
the payment is final when every invoice that the order stands on is paid, and until then nothing of it goes to a registry
and nothing is paid out. With it the payment is final at once: the desk bears what is never paid. No law decides this; it
is the desk's own choice.
"""

from datetime import datetime

from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.money import Money
from app.invoices.models import CreditLine
from app.invoices.operations.credit import draw
from app.orders import operations as ordering
from app.orders.models import Order
from app.orders.rules import OrderStatus
from app.payments import operations as payments


async def buy_on_account(session: AsyncSession, order: Order, *, now: datetime) -> CreditLine:
    """Let a locked order that waits for its money be owed: receivable -> held:orders, and its serials are carved next.

    The transaction names buyer and desk. Raises InvalidState (409) of any other order, CreditNotGranted (409),
    CreditExceeded (409) naming what is available, in yen.
    """
    if order.status != OrderStatus.AWAITING_PAYMENT:
        raise InvalidState(f"The order is {order.status}.", state=order.status)
    payment = await payments.locked_payment_of(session, order.org_id, order.id)
    await ordering.mark_paid(session, order, now=now)
    line = await draw(session, order.org_id, order.id, Money(order.total_minor, order.currency), now=now)
    await payments.pay_on_account(session, payment, final_at=now if line.retire_before_paid else None, now=now)
    return line
