"""The doors of quotes and orders."""

from app.orders.http import orders, quotes

routes = [*quotes.routes, *orders.routes]
