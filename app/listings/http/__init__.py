"""Which doors do listings have?"""

from app.listings.http import own, public

routes = [*public.routes, *own.routes]
