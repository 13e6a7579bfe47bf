"""The doors of payments."""

from app.payments.http import accounts, bank, payer_names, webhooks

routes = [*accounts.routes, *bank.routes, *payer_names.routes, *webhooks.routes]
