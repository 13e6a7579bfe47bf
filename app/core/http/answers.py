"""How does a success look in the OpenAPI document? Its headers, 304 beside 200, files as bytes, and what is on its way out.

A route whose answer is a file says so in `opt={"shows": ("application/pdf", …)}`; one that can also be read as
server-sent events in `opt={"events": True}`.
"""

from typing import Any, Final

from litestar.handlers import BaseRouteHandler
from litestar.response import Stream

from app.core.http.deprecation import deprecated_by
from app.core.http.idempotency import REPLAYED_HEADER
from app.core.idempotency import KEY_HEADER

IF_NONE_MATCH: Final = "If-None-Match"
_BYTES: Final = {"schema": {"type": "string", "format": "binary"}}
_EVENTS: Final = "text/event-stream"


def has_etag(handler: BaseRouteHandler, method: str) -> bool:
    """Whether a GET's 200 carries an ETag: all do, but the health of the process, what is sent while it is made, and
    what is another thing at each look (`opt={"untagged": True}`, with `Cache-Control: no-store` from the handler).
    """
    if method != "GET" or handler.opt.get("unlimited") or handler.opt.get("untagged"):
        return False
    return not handler.parsed_return_field.is_subclass_of(Stream)


def successes(responses: dict[str, Any], handler: BaseRouteHandler, method: str, headers: set[str]) -> dict[str, Any]:
    """The responses below 400 as the server gives them. `headers` are those that the route reads."""
    done: dict[str, Any] = {}
    for status, told in responses.items():
        if status >= "400":
            continue
        if status == "204":
            told.pop("content", None)
        if shown := handler.opt.get("shows"):
            told["content"] = dict.fromkeys(shown, _BYTES)
        if handler.opt.get("events") and status == "200":
            told["content"][_EVENTS] = {"schema": {"type": "string"}}
        tagged = status == "200" and has_etag(handler, method)
        names = ["X-Request-Id", *([REPLAYED_HEADER] if KEY_HEADER in headers else [])]
        names += ["Location"] if status in {"201", "202"} else []
        names += ["Deprecation", "Sunset"] if deprecated_by(handler) is not None else []
        told["headers"] = _described(told, names) | (_ETAG if tagged else {})
        done[status] = told
        if tagged:
            done["304"] = {"description": "Not Modified. You have it already.", "headers": _ETAG}
    return done


def condition_parameter() -> dict[str, Any]:
    """`If-None-Match`, which every GET with an ETag reads."""
    return {
        "name": IF_NONE_MATCH,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "ETags that you have: 304 when one of them is still right.",
    }


_ETAG: Final[dict[str, Any]] = {"ETag": {"$ref": "#/components/headers/ETag"}}


def _described(told: dict[str, Any], names: list[str]) -> dict[str, Any]:
    own = {
        name: {"schema": {"type": "string"}} | header
        for name, header in told.get("headers", {}).items()
        if name not in {"ETag", "Location"}
    }
    versioned = told.get("headers", {}).get("ETag")
    if versioned:
        versioned = {"schema": {"type": "string"}} | versioned
    refs = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return own | ({"ETag": versioned} if versioned else {}) | refs
