"""Which doors lead to retirements: the buyer's, the provider's, the operator's?"""

from litestar.handlers import HTTPRouteHandler

from app.retirements.http import agreements, cases, claims, desk, notices, prechecks, retirements, rules, tasks

routes: list[HTTPRouteHandler] = [
    *rules.routes,
    *retirements.routes,
    *agreements.routes,
    *tasks.routes,
    *claims.routes,
    *prechecks.routes,
    *notices.routes,
    *desk.routes,
    *cases.routes,
]

__all__ = ["routes"]
