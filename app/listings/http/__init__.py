"""Which doors do listings have?"""

from app.listings.http import offers, own, prices, public, saved, search

routes = [*search.routes, *public.routes, *offers.routes, *prices.routes, *own.routes, *saved.routes]
