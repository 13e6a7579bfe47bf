"""The doors of registry accounts, imports, lots, evidence and holdings."""

from litestar.handlers import HTTPRouteHandler

from app.inventory.http import accounts, evidence, holdings, imports, lots

routes: list[HTTPRouteHandler] = [
    *accounts.routes,
    *imports.routes,
    *lots.routes,
    *evidence.routes,
    *holdings.routes,
]
