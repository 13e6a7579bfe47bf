"""The doors of quotes and orders."""

from app.orders.http import orders, payments, quotes

routes = [*quotes.routes, *orders.routes, *payments.routes]
