"""Does this request fit the route it came to? Unknown query parameters and unread media types end here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler
from litestar.params import BodyKwarg
from litestar.routes import HTTPRoute

from app.core.errors import FieldError, NotFound, Unprocessable
from app.core.http.errors import UnknownParameter, UnsupportedMediaType
from app.core.http.wording import MISSING, NUL

JSON: Final = "application/json"
FILE: Final = "a file"
"""What a route with `opt={"body": "file"}` takes: the file's bytes themselves, its name as a query parameter."""
FILE_TYPES: Final = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "application/octet-stream",
)
_BODIED: Final = frozenset({"POST", "PUT", "PATCH"})
_PREFIXES: Final = {"query": "?", "path": "path:", "header": "header:", "cookie": "cookie:"}


@dataclass(frozen=True, slots=True)
class Declared:
    """What a route says that it takes."""

    query: frozenset[str]
    repeatable: frozenset[str]
    any_query: bool
    media_type: str
    types: tuple[str, ...]
    """Of a file's route: the media types that it reads; `opt={"types": (…)}` names fewer than FILE_TYPES."""
    used: frozenset[str]
    """The names of its dependencies, theirs included."""
    pointers: Mapping[str, str]
    """Where a parameter of the function comes from: `limit` -> `?limit`, `key` -> `header:Idempotency-Key`."""


@dataclass(slots=True)
class Door:
    """The one place that compares a request with what its route declares; every route's first guard."""

    _known: dict[tuple[str, str], Declared | None] = field(default_factory=dict)

    async def guard(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        """Refuse what the route does not declare. Raises UnknownParameter (400), UnsupportedMediaType (415), Unprocessable (422)."""
        declared = self.declared(connection)
        if declared is None:
            return
        if "\0" in connection.scope["path"]:
            raise NotFound("Nothing has this address.")
        if not declared.any_query:
            _refuse_unknown_query(connection, declared)
        if isinstance(connection, Request) and connection.method in _BODIED:
            _refuse_other_media(connection, declared)

    def declared(self, connection: ASGIConnection[Any, Any, Any, Any]) -> Declared | None:
        """What the connection's route declares; None for OPTIONS, web sockets, files, and before a route is found."""
        template, method = connection.scope.get("path_template"), connection.scope.get("method")
        if not isinstance(template, str) or not isinstance(method, str) or method == "OPTIONS":
            return None
        if (template, method) not in self._known:
            routes = (route for route in connection.app.routes if isinstance(route, HTTPRoute))
            found = next((r for r in routes if r.path_format == template and method in r.route_handler_map), None)
            self._known[template, method] = None if found is None else declared_by(found, method)
        return self._known[template, method]


def declared_by(route: HTTPRoute, method: Any) -> Declared:
    """Read a route's declaration, its dependencies' included. `opt={"any_query": True}` takes any query."""
    handler, model = route.route_handler_map[method]
    query = frozenset(parameter.field_alias for parameter in model.expected_query_params)
    everything = (
        *model.expected_query_params,
        *model.expected_path_params,
        *model.expected_header_params,
        *model.expected_cookie_params,
    )
    return Declared(
        query=query,
        repeatable=frozenset(p.field_alias for p in model.expected_query_params if p.is_sequence),
        any_query=bool(handler.opt.get("any_query")) or "query" in model.expected_reserved_kwargs,
        media_type=_media_type(handler),
        types=tuple(handler.opt.get("types", FILE_TYPES)),
        used=frozenset(dependency.key for batch in model.dependency_batches for dependency in batch),
        pointers={p.field_name: _PREFIXES[p.param_type.value] + p.field_alias for p in everything},
    )


def _media_type(handler: Any) -> str:
    if handler.opt.get("body") == "file":
        return FILE
    declared = handler.parsed_data_field
    if declared is not None and isinstance(declared.kwarg_definition, BodyKwarg):
        return str(getattr(declared.kwarg_definition.media_type, "value", declared.kwarg_definition.media_type))
    return JSON


def _refuse_unknown_query(connection: ASGIConnection[Any, Any, Any, Any], declared: Declared) -> None:
    if not connection.scope["query_string"]:
        return
    given = sorted(connection.query_params.multi_items())  # Litestar's order is a set's: another every time.
    names = [name for name, _ in given]
    errors = [
        FieldError(f"?{name}", "unknown", "There is no such parameter here.")
        for name in dict.fromkeys(names)
        if name not in declared.query
    ]
    errors += [
        FieldError(f"?{name}", "repeated", "This may be given once.")
        for name in dict.fromkeys(names)
        if name in declared.query - declared.repeatable and names.count(name) > 1
    ]
    errors += [FieldError(f"?{name}", "invalid", NUL[0]) for name, value in given if "\0" in str(value)]
    if errors:
        known = ", ".join(sorted(declared.query)) or "none"
        raise UnknownParameter(f"Parameters that can be given here: {known}.", errors=tuple(errors[:20]))


def _refuse_other_media(request: Request[Any, Any, Any], declared: Declared) -> None:
    headers, expected = request.headers, declared.media_type
    if "transfer-encoding" not in headers and headers.get("content-length", "0") == "0":
        if expected == FILE:
            raise Unprocessable("Send the file's bytes as the body.", errors=(FieldError("", "missing", MISSING[0]),))
        return
    if headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMediaType("Send the body without a Content-Encoding.")
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if expected == FILE:
        if media_type.strip().lower() not in declared.types:
            told = f"Send the file as one of: {', '.join(declared.types)}."
            raise UnsupportedMediaType(told, expected=list(declared.types))
        return
    wrong_charset = parameters.strip().lower().startswith("charset=") and charset not in {"utf-8", "utf8"}
    if media_type.strip().lower() != expected or wrong_charset:
        raise UnsupportedMediaType(f"Send the body as {expected} in UTF-8.", expected=expected)
