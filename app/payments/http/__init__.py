"""The doors of payments."""

from app.payments.http import bank, webhooks

routes = [*bank.routes, *webhooks.routes]
