"""The doors of a test desk, what stands before all of its doors, and how one process serves two desks."""

from litestar.handlers import HTTPRouteHandler

from app.sandbox.http import clock, inputs, orders, supply, tasks
from app.sandbox.http.answers import TestAnswers
from app.sandbox.http.credentials import refuse_other_mode
from app.sandbox.http.desks import SANDBOX_COOKIE, Desks

routes: list[HTTPRouteHandler] = [*clock.routes, *orders.routes, *supply.routes, *tasks.routes, *inputs.routes]

__all__ = ["SANDBOX_COOKIE", "Desks", "TestAnswers", "refuse_other_mode", "routes"]
