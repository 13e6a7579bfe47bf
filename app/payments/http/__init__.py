"""The doors of payments."""

from app.payments.http import accounts, bank, webhooks

routes = [*accounts.routes, *bank.routes, *webhooks.routes]
