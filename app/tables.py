"""Which tables are there? Imports every feature's models and core's own, so that metadata is complete."""

from app.catalog import models as catalog
from app.certificates import models as certificates
from app.closing import models as closing
from app.core import events, idempotency, long_jobs, outbox, rates, schedule
from app.core.db import Table, asyncpg_url
from app.identity import models as identity
from app.inventory import models as inventory
from app.invoices import models as invoices
from app.ledger import models as ledger
from app.listings import models as listings
from app.notices import models as notices
from app.orders import models as orders
from app.payments import models as payments
from app.payouts import models as payouts
from app.reconciliation import models as reconciliation
from app.retirements import models as retirements
from app.sandbox import models as sandbox

MODULES = (
    catalog,
    certificates,
    closing,
    events,
    idempotency,
    identity,
    inventory,
    invoices,
    ledger,
    listings,
    notices,
    long_jobs,
    orders,
    outbox,
    payments,
    payouts,
    rates,
    reconciliation,
    retirements,
    sandbox,
    schedule,
)
__all__ = ["MODULES", "asyncpg_url", "metadata"]
metadata = Table.metadata
