"""The doors of registry accounts, imports, lots, evidence, holdings and disputes."""

from litestar.handlers import HTTPRouteHandler

from app.inventory.http import accounts, desk_accounts, disputes, evidence, holdings, imports, lots

routes: list[HTTPRouteHandler] = [
    *accounts.routes,
    *desk_accounts.routes,
    *imports.routes,
    *lots.routes,
    *evidence.routes,
    *holdings.routes,
    *disputes.routes,
]
