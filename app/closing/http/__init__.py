"""The doors of the book."""

from litestar.handlers import HTTPRouteHandler

from app.closing.http import agreement, book, closes, differences, names, statement

routes: list[HTTPRouteHandler] = [
    *book.routes, *closes.routes, *agreement.routes, *differences.routes, *names.routes, *statement.routes,
]  # fmt: skip

__all__ = ["routes"]
