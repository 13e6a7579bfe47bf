"""How does a problem look in the OpenAPI document? Its schema, its headers, and one response for each status."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from app.core.errors import AppError

_TEXT: Final[dict[str, str]] = {"type": "string"}

SCHEMAS: Final[dict[str, Any]] = {
    "Problem": {
        "type": "object",
        "title": "Problem",
        "description": "RFC 9457 problem details. Some codes add facts of their own.",
        "required": ["type", "title", "status", "code", "detail", "instance", "request_id", "errors"],
        "properties": {
            "type": {**_TEXT, "format": "uri", "description": "A page that explains the code."},
            "title": {**_TEXT, "description": "In the language of Accept-Language (ja or en)."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "code": {**_TEXT, "description": "Stable: compare this one."},
            "detail": _TEXT,
            "instance": {**_TEXT, "description": "The path that was asked."},
            "request_id": _TEXT,
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
        },
    },
    "FieldError": {
        "type": "object",
        "title": "FieldError",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {
                **_TEXT,
                "description": "A JSON pointer into the body (RFC 6901; empty: all of it), or `?name` for a query "
                "parameter, `path:name`, `header:Name`, `cookie:name`.",
            },
            "code": {
                **_TEXT,
                "description": "missing, unknown, repeated, type, range, length, pattern, format, value, …",
            },
            "detail": _TEXT,
        },
    },
}

HEADERS: Final[dict[str, Any]] = {
    "X-Request-Id": {"schema": _TEXT, "description": "The request's name: yours if you sent one, else ours."},
    "ETag": {
        "schema": {"type": "string", "pattern": '^(W/)?"'},
        "required": True,
        "description": "For If-None-Match. Where the operation's thing has a `version`, for If-Match too.",
    },
    "Location": {"schema": _TEXT, "description": "The address of what was made, where it has one."},
    "Deprecation": {"schema": _TEXT, "description": "Since when, as `@` and seconds since 1970 (RFC 9745)."},
    "Sunset": {"schema": _TEXT, "description": "When it may be gone (RFC 8594)."},
    "RateLimit-Policy": {"schema": _TEXT, "description": 'What is counted: `"reads";q=600;w=60` is 600 in 60 s.'},
    "RateLimit": {"schema": _TEXT, "description": 'What is left: `"reads";r=487;t=12`, anew in 12 s.'},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."},
    "Idempotent-Replayed": {
        "schema": {**_TEXT, "const": "true"},
        "description": "Present when this is the first answer again.",
    },
}


def problem_response(status: HTTPStatus, codes: Mapping[str, type[AppError]]) -> dict[str, Any]:
    """The response object for one status: which codes come with it, and the problem schema alone."""
    headers = ["X-Request-Id", *(["Retry-After"] if status in {429, 503} else [])]
    headers += ["RateLimit-Policy", "RateLimit"] if status == HTTPStatus.TOO_MANY_REQUESTS else []
    told = "; ".join(f"`{code}`: {refusal.title_en}" for code, refusal in codes.items())
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"status": {"type": "integer", "const": int(status)}, "code": {**_TEXT, "enum": [*codes]}}},
        ]
    }
    return {
        "description": f"{status.phrase}. {told}.",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {"application/problem+json": {"schema": schema}},
    }
