"""Which refusals are there, and what does each mean? Read from the classes themselves; a page for every code."""

import inspect
from collections.abc import Iterator
from html import escape
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.errors import AppError, NotFound
from app.core.http.language import Language
from app.core.http.openapi import DocumentPlugin
from app.core.http.page import page
from app.core.http.problems import PROBLEM, Asked, problem_body


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


def problem_routes(plugin: DocumentPlugin, base_url: str) -> list[HTTPRouteHandler]:
    """The pages that a problem's `type` leads to: in both languages, with an example and where it can happen."""

    @get("/problems", include_in_schema=False)
    async def list_problems() -> Response[str]:
        rows = "".join(
            f'<tr><td>{refusal.status}</td><td><a href="/problems/{code}"><code>{code}</code></a></td>'
            f'<td>{escape(refusal.title_en)}<br><span lang="ja">{escape(refusal.title_ja)}</span></td></tr>'
            for code, refusal in catalogue().items()
        )
        return page("Problems", f"<table><tr><th>Status</th><th>Code</th><th>Title</th></tr>{rows}</table>")

    @get("/problems/{code:str}", include_in_schema=False)
    async def show_problem(code: FromPath[str], request: Request[Any, Any, Any]) -> Response[str]:
        refusal = catalogue().get(code)
        if refusal is None:
            raise NotFound("There is no such code.")
        return page(refusal.title_en, _explained(refusal, base_url, raised_by(plugin.document(request.app), code)))

    return [list_problems, show_problem]


def raised_by(document: dict[str, Any], code: str) -> list[tuple[str, str]]:
    """(`POST /v1/orders`, `placeOrder`) of every operation that says that it can answer with this code."""
    return [
        (f"{method.upper()} {path}", operation.get("operationId", ""))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if any(code in codes_of(response) for response in operation["responses"].values())
    ]


def codes_of(response: dict[str, Any]) -> list[str]:
    """The codes that a response object names; none for a success."""
    problem = response.get("content", {}).get(PROBLEM, {}).get("schema", {})
    codes = [part["properties"]["code"]["enum"] for part in problem.get("allOf", ()) if "properties" in part]
    return [code for some in codes for code in some]


def example_of(refusal: type[AppError], base_url: str, language: Language) -> bytes:
    """What a caller is sent, made by what makes it."""
    title = refusal.title_ja if language == "ja" else refusal.title_en
    return problem_body(refusal(title), Asked(base_url, "/v1/…", language, "req_01m899b63beqrtt5q2zj6qya18"))


def _explained(refusal: type[AppError], base_url: str, places: list[tuple[str, str]]) -> str:
    said = "".join(f"<p>{escape(part)}</p>" for part in meaning(refusal).split("\n\n"))
    where = "".join(f'<li><a href="/docs#{escape(name)}"><code>{escape(at)}</code></a></li>' for at, name in places)
    parts = [
        f"<p>HTTP status <strong>{refusal.status}</strong>, code <code>{escape(refusal.code)}</code></p>",
        f"{said}<h2>What to do</h2><p>{escape(refusal.remedy_en)}</p>",
        f'<section lang="ja"><h2>{escape(refusal.title_ja)}</h2><p>{escape(refusal.remedy_ja)}</p></section>',
        f"<h2>Example</h2>{_shown(example_of(refusal, base_url, 'en'))}",
        f'<div lang="ja">{_shown(example_of(refusal, base_url, "ja"))}</div>',
        f"<h2>Where it can happen</h2><ul>{where}</ul>" if where else "<p>It can happen at every address.</p>",
        '<p><a href="/problems">All problems</a> · <a href="/docs">The API</a></p>',
    ]
    return "".join(parts)


def _shown(body: bytes) -> str:
    return f"<pre>{escape(msgspec.json.format(body, indent=2).decode())}</pre>"


def _classes(parent: type[AppError]) -> Iterator[type[AppError]]:
    """The class and all below it. AppError itself stands for its first child, BadRequest: same code, same status."""
    if parent is not AppError:
        yield parent
    for child in parent.__subclasses__():
        yield from _classes(child)
