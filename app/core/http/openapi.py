"""What does the API promise? An OpenAPI 3.1 document that says what the server does, errors included.

Litestar writes the part about successes from the routes' types. Its part about errors (`application/json` with
`status_code` and `extra`) is not what this server answers: it is replaced here, from the same declarations that
the edge and the door obey. A route lists its own refusals in `opt={"errors": (NotEnoughCredits, …)}`;
`opt={"unlimited": True}` says that it never answers 429.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Litestar, Request
from litestar.enums import MediaType
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.router import Router
from litestar.routes import HTTPRoute

from app.core.errors import (
    AppError,
    Forbidden,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from app.core.http.closed import close_objects
from app.core.http.conditions import IF_MATCH
from app.core.http.door import FILE, FILE_TYPES, JSON, declared_by
from app.core.http.errors import (
    BodyTooLarge,
    Busy,
    InternalError,
    InvalidJson,
    UnknownParameter,
    UnsupportedMediaType,
)
from app.core.http.idempotency import (
    KEY_MAX,
    KEY_PATTERN,
    REPLAYED_HEADER,
    IdempotencyKeyInvalid,
    IdempotencyKeyRequired,
)
from app.core.http.problem_schema import HEADERS, SCHEMAS, problem_response
from app.core.idempotency import KEY_HEADER, KeyReused, StillRunning
from app.core.pages import InvalidCursor

DOCUMENT_PATH: Final = "/openapi.json"


@dataclass(frozen=True, slots=True)
class Storefronts:
    """How callers come through a storefront."""

    publishable: str
    """The `opt` of a route that a publishable key opens although it needs a caller or changes something."""
    act_for: str
    """The header in which a storefront's key names the buyer that it acts for."""
    refusals: tuple[type[AppError], ...]
    """What any route may answer to a storefront's credential."""
    acting_refusals: tuple[type[AppError], ...]
    """What a route with a caller may answer to that header."""


@dataclass(frozen=True, slots=True)
class Callers:
    """How a route shows that it needs a caller, and how callers show themselves."""

    dependencies: frozenset[str]
    """Names of the dependencies that refuse strangers."""
    session_cookie: str
    storefronts: Storefronts | None = None


# Inheritance, because a render plugin is Litestar's one public seam for its document.
class DocumentPlugin(OpenAPIRenderPlugin):
    """Serves the completed document at `/openapi.json`, and nothing else of what Litestar would add."""

    def __init__(self, callers: Callers) -> None:
        """Serve one path."""
        super().__init__(path=DOCUMENT_PATH, media_type=MediaType.JSON)
        self._callers = callers
        self._document: dict[str, Any] = {}

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as bytes."""
        return msgspec.json.encode(self.document(request.app, openapi_schema))

    def document(self, app: Litestar, openapi_schema: dict[str, Any] | None = None) -> dict[str, Any]:
        """The completed document, made once."""
        if not self._document:
            self._document = completed(openapi_schema or app.openapi_schema.to_schema(), app, self._callers)
        return self._document

    def receive_router(self, router: Router) -> None:
        """Drop Litestar's own pages: an HTML 404 at every path of one step, and a page at the root."""
        router.routes[:] = [route for route in router.routes if route.path == DOCUMENT_PATH]


def completed(document: dict[str, Any], app: Litestar, callers: Callers) -> dict[str, Any]:
    """Litestar's document with errors, callers, keys and headers as the server has them."""
    done: dict[str, Any] = _whole(document)
    components = done.setdefault("components", {})
    components["schemas"] = components.get("schemas", {}) | SCHEMAS
    close_objects(components["schemas"], _bodies(app))
    components["headers"] = HEADERS
    components["securitySchemes"] = {
        "apiKey": {"type": "http", "scheme": "bearer", "bearerFormat": "od_{test|live}_<id>_<secret>"},
        "session": {"type": "apiKey", "in": "cookie", "name": callers.session_cookie},
    }
    if callers.storefronts is not None:
        components["securitySchemes"] |= {
            "publishableKey": {"type": "http", "scheme": "bearer", "bearerFormat": "od_pk_{test|live}_<id>_<secret>"},
            "buyerToken": {"type": "http", "scheme": "bearer", "bearerFormat": "od_bt_<secret>"},
        }
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method in route.route_handler_map:
                operation = done["paths"].get(route.path_format, {}).get(method.lower())
                if operation is not None:
                    _complete(operation, route, method, callers)
    return done


def _bodies(app: Litestar) -> Iterator[Any]:
    """The types of all bodies that routes take."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler, _ in route.route_handler_map.values():
                if handler.parsed_data_field is not None:
                    yield handler.parsed_data_field.annotation


def _complete(operation: dict[str, Any], route: HTTPRoute, method: Any, callers: Callers) -> None:
    handler, model = route.route_handler_map[method]
    used = {dependency.key for batch in model.dependency_batches for dependency in batch}
    secured = not callers.dependencies.isdisjoint(used)
    headers = {parameter.field_alias for parameter in model.expected_header_params}
    operation["security"] = [{"apiKey": []}, {"session": []}] if secured else []
    if secured and callers.storefronts is not None:
        _complete_for_storefronts(operation, callers.storefronts, publishable=_is_publishable(handler, callers))
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "header" and parameter["name"] in {KEY_HEADER, IF_MATCH}:
            parameter |= {"required": True, "schema": {"type": "string"}}
        if parameter["name"] == KEY_HEADER:
            parameter["schema"] |= {"minLength": 1, "maxLength": KEY_MAX, "pattern": KEY_PATTERN}
    responses = {status: told for status, told in operation["responses"].items() if status < "400"}
    for told in responses.values():
        own = {name: {"schema": {"type": "string"}} | header for name, header in told.get("headers", {}).items()}
        told["headers"] = own | _success_headers(headers)
    refusals = [*_of_caller(callers, secured=secured), *_of_input(route, method), *_of_headers(headers)]
    refusals += [*handler.opt.get("errors", ()), InternalError, Unavailable, Busy]
    if not handler.opt.get("unlimited"):
        refusals.append(TooManyRequests)
    operation["responses"] = responses | _by_status(refusals)
    if declared_by(route, method).media_type == FILE:
        binary = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(FILE_TYPES, binary)}


def _complete_for_storefronts(operation: dict[str, Any], storefronts: Storefronts, *, publishable: bool) -> None:
    """Who comes through a storefront: its page by key, its buyers by token, its program in a buyer's name."""
    operation["security"] += [{"buyerToken": []}, *([{"publishableKey": []}] if publishable else [])]
    described = "A buyer that the storefront opened (`org_…`): its key with `act_for_buyers` acts for it."
    named = {"name": storefronts.act_for, "in": "header", "schema": {"type": "string"}, "required": False}
    operation.setdefault("parameters", []).append(named | {"description": described})


def _is_publishable(handler: Any, callers: Callers) -> bool:
    return callers.storefronts is not None and bool(handler.opt.get(callers.storefronts.publishable))


def _of_caller(callers: Callers, *, secured: bool) -> tuple[type[AppError], ...]:
    through = callers.storefronts
    found: list[type[AppError]] = [Unauthenticated, Forbidden] if secured else []
    if through is not None:
        found += [Unauthenticated, *through.refusals, *(through.acting_refusals if secured else ())]
    return tuple(found)


def _of_input(route: HTTPRoute, method: Any) -> Iterator[type[AppError]]:
    handler, model = route.route_handler_map[method]
    declared = declared_by(route, method)
    if not declared.any_query:
        yield UnknownParameter
    if "cursor" in declared.query:
        yield InvalidCursor
    if route.path_parameters:
        yield NotFound
    if method in {"POST", "PUT", "PATCH"}:
        yield UnsupportedMediaType
    if handler.parsed_data_field is not None or declared.media_type == FILE:
        yield from (BodyTooLarge, Unprocessable)
        if declared.media_type == JSON:
            yield InvalidJson
    elif model.expected_query_params or model.expected_header_params or model.expected_cookie_params:
        yield Unprocessable


def _of_headers(headers: set[str]) -> Iterator[type[AppError]]:
    if KEY_HEADER in headers:
        yield from (IdempotencyKeyRequired, IdempotencyKeyInvalid, KeyReused, StillRunning)
    if IF_MATCH in headers:
        yield from (PreconditionRequired, PreconditionFailed)


def _success_headers(headers: set[str]) -> dict[str, Any]:
    named = ["X-Request-Id", *([REPLAYED_HEADER] if KEY_HEADER in headers else [])]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in named}


def _by_status(refusals: Iterable[type[AppError]]) -> dict[str, Any]:
    """One response for each status, naming every code that can come with it."""
    found: dict[int, dict[str, type[AppError]]] = {}
    for refusal in refusals:
        found.setdefault(refusal.status, {})[refusal.code] = refusal
    return {
        str(status): problem_response(HTTPStatus(status), dict(sorted(codes.items())))
        for status, codes in sorted(found.items())
    }


def _whole(value: Any) -> Any:
    """The same document in plain types, with 100 where Litestar writes 100.0."""
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
