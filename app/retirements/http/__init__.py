"""Which doors lead to retirements: the buyer's, the provider's, the operator's?"""

from litestar.handlers import HTTPRouteHandler

from app.retirements.http import cases, desk, retirements, tasks

routes: list[HTTPRouteHandler] = [*retirements.routes, *tasks.routes, *desk.routes, *cases.routes]

__all__ = ["routes"]
