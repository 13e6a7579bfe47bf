"""The doors of quotes and orders."""

from app.orders.http import desk_payments, orders, payments, quotes, refunds, substitutions

routes = [
    *quotes.routes, *orders.routes, *payments.routes, *refunds.routes, *desk_payments.routes, *substitutions.routes,
]  # fmt: skip
