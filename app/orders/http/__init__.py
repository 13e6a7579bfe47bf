"""The doors of quotes and orders."""

from app.orders.http import desk_payments, orders, payments, quotes, refunds

routes = [*quotes.routes, *orders.routes, *payments.routes, *refunds.routes, *desk_payments.routes]
