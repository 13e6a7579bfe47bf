"""Where does a developer read about the API? A page made from the document itself, from our origin, without script."""

import json
from html import escape
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import to_builtins

from app.core.http.openapi import DOCUMENT_PATH, DocumentPlugin
from app.core.http.page import page, style_route


def docs_routes(plugin: DocumentPlugin) -> list[HTTPRouteHandler]:
    """`/docs` and its style sheet. Nothing is fetched from anybody else."""

    @get("/docs", include_in_schema=False)
    async def show_docs(request: Request[Any, Any, Any]) -> Response[str]:
        return _docs_page(plugin.document(request.app))

    return [show_docs, style_route()]


def _docs_page(document: dict[str, Any]) -> Response[str]:
    by_tag: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            by_tag.setdefault((operation.get("tags") or ["Other"])[0], []).append(_operation(path, method, operation))
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(operations)}" for tag, operations in by_tag.items())
    schemas = "".join(
        f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>{_json(schema)}</details>'
        for name, schema in document["components"]["schemas"].items()
    )
    info = document["info"]
    head = (
        f"<p>{escape(info.get('description') or '')}</p><p>Version {escape(info['version'])} · "
        f'<a href="{DOCUMENT_PATH}">OpenAPI 3.1 document</a> · <a href="/problems">Every error code</a></p>'
    )
    return page(info["title"], f"{head}{sections}<h2>Schemas</h2>{schemas}")


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    anchor = escape(operation.get("operationId", ""), quote=True)
    inside = [f"<p>{escape(operation.get('description') or '')}</p>"]
    inside.append(f"<p>{'Needs an API key or a session.' if operation['security'] else 'Open to everybody.'}</p>")
    if operation.get("parameters"):
        rows = "".join(_parameter(parameter) for parameter in operation["parameters"])
        inside.append(f"<table><tr><th>Parameter</th><th>In</th><th>What</th></tr>{rows}</table>")
    if body := operation.get("requestBody"):
        inside.append(f"<p>Body</p>{_json(body['content'])}")
    rows = "".join(_response(status, told) for status, told in operation["responses"].items())
    inside.append(f"<table><tr><th>Status</th><th>What</th></tr>{rows}</table>")
    title = f'<span class="method">{escape(method.upper())}</span> <code>{escape(path)}</code>'
    summary = escape(operation.get("summary") or "")
    return f'<details id="{anchor}"><summary>{title} {summary}</summary>{"".join(inside)}</details>'


def _parameter(parameter: dict[str, Any]) -> str:
    required = " (required)" if parameter.get("required") else ""
    what = f"{escape(parameter.get('description') or '')} <code>{escape(_compact(parameter['schema']))}</code>"
    name = escape(parameter["name"])
    return f"<tr><td><code>{name}</code>{required}</td><td>{escape(parameter['in'])}</td><td>{what}</td></tr>"


def _response(status: str, told: dict[str, Any]) -> str:
    content = told.get("content", {})
    schemas = [] if status >= "400" else [_compact(media.get("schema", {})) for media in content.values()]
    shown = "".join(f" <code>{escape(schema)}</code>" for schema in schemas)
    return f"<tr><td>{escape(status)}</td><td>{escape(told['description'])}{shown}</td></tr>"


def _compact(schema: dict[str, Any]) -> str:
    return json.dumps(to_builtins(schema), ensure_ascii=False).replace("#/components/schemas/", "")


def _json(value: Any) -> str:
    return f"<pre>{escape(json.dumps(to_builtins(value), ensure_ascii=False, indent=1))}</pre>"
