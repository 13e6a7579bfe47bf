"""Which refusals are there, and what does each mean? Read from the classes themselves; a page for every code."""

import inspect
from collections.abc import Iterator
from html import escape

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.errors import AppError, NotFound
from app.core.http.page import page


def catalogue() -> dict[str, type[AppError]]:
    """Every code with its class, by status and code. Two classes must not share a code: it names one page."""
    found: dict[str, type[AppError]] = {}
    for refusal in _classes(AppError):
        known = found.setdefault(refusal.code, refusal)
        assert known is refusal or issubclass(refusal, known), (refusal, known)
    return dict(sorted(found.items(), key=lambda item: (item[1].status, item[0])))


def meaning(refusal: type[AppError]) -> str:
    """What the class says about itself, without the status in front."""
    text = inspect.getdoc(refusal) or ""
    return text.removeprefix(f"{refusal.status}:").strip()


def problem_routes() -> list[HTTPRouteHandler]:
    """The pages that a problem's `type` leads to."""

    @get("/problems", include_in_schema=False)
    async def list_problems() -> Response[str]:
        rows = "".join(
            f'<tr><td>{refusal.status}</td><td><a href="/problems/{code}"><code>{code}</code></a></td>'
            f"<td>{escape(refusal.title_en)}<br>{escape(refusal.title_ja)}</td></tr>"
            for code, refusal in catalogue().items()
        )
        return page("Problems", f"<table><tr><th>Status</th><th>Code</th><th>Title</th></tr>{rows}</table>")

    @get("/problems/{code:str}", include_in_schema=False)
    async def show_problem(code: FromPath[str]) -> Response[str]:
        refusal = catalogue().get(code)
        if refusal is None:
            raise NotFound("There is no such code.")
        paragraphs = "".join(f"<p>{escape(part)}</p>" for part in meaning(refusal).split("\n\n"))
        inside = (
            f"<p>{escape(refusal.title_ja)}</p><p>HTTP status <strong>{refusal.status}</strong>, "
            f"code <code>{escape(code)}</code></p>{paragraphs}"
            '<p><a href="/problems">All problems</a> · <a href="/docs">The API</a></p>'
        )
        return page(refusal.title_en, inside)

    return [list_problems, show_problem]


def _classes(parent: type[AppError]) -> Iterator[type[AppError]]:
    """The class and all below it. AppError itself stands for its first child, BadRequest: same code, same status."""
    if parent is not AppError:
        yield parent
    for child in parent.__subclasses__():
        yield from _classes(child)
