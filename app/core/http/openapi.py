"""What does the API promise? An OpenAPI 3.1 document that says what the server does, errors included.

Litestar writes the part about successes from the routes' types. Its part about errors (`application/json` with
`status_code` and `extra`) is not what this server answers: it is replaced here, from the same declarations that
the edge and the door obey. A route lists its own refusals in `opt={"errors": (NotEnoughCredits, …)}`;
`opt={"unlimited": True}` says that it never answers 429. What a success carries is told in answers.py.
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
from app.core.http.answers import condition_parameter, has_etag, successes
from app.core.http.closed import close_objects, limit_choices, limit_parameters
from app.core.http.conditions import IF_MATCH, IF_MATCH_PATTERN
from app.core.http.deprecation import deprecated_by
from app.core.http.door import FILE, JSON, declared_by
from app.core.http.errors import (
    BodyTooLarge,
    Busy,
    InternalError,
    InvalidJson,
    UnknownParameter,
    UnsupportedMediaType,
)
from app.core.http.examples import Examples, with_examples
from app.core.http.expand import UnknownExpansion, allowed_by
from app.core.http.idempotency import KEY_MAX, KEY_PATTERN, IdempotencyKeyInvalid, IdempotencyKeyRequired
from app.core.http.naming import operation_name, summary_of, tag_of, unique_names, with_short_names
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

    def __init__(self, callers: Callers, examples: Examples) -> None:
        """Serve one path. `examples` are bodies by the name of their schema."""
        super().__init__(path=DOCUMENT_PATH, media_type=MediaType.JSON)
        self._callers, self._examples = callers, examples
        self._document: dict[str, Any] = {}

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as bytes."""
        return msgspec.json.encode(self.document(request.app, openapi_schema))

    def document(self, app: Litestar, openapi_schema: dict[str, Any] | None = None) -> dict[str, Any]:
        """The completed document, made once."""
        if not self._document:
            found = completed(openapi_schema or app.openapi_schema.to_schema(), app, self._callers)
            self._document = with_examples(with_short_names(found), self._examples)
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
    every = list(_operations(done, app))
    short = unique_names([operation_name(route.route_handler_map[method][0]) for _, route, method in every])
    for operation, route, method in every:
        handler, _ = route.route_handler_map[method]
        if (name := operation_name(handler)) in short:
            operation["operationId"] = name
        operation["summary"] = summary_of(handler)
        operation.setdefault("tags", [tag_of(route.path_format)])
        _complete(operation, route, method, callers)
    limit_choices(done)
    return done


def _operations(document: dict[str, Any], app: Litestar) -> Iterator[tuple[dict[str, Any], HTTPRoute, Any]]:
    """Each operation of the document with its route and method."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method in route.route_handler_map:
                operation = document["paths"].get(route.path_format, {}).get(method.lower())
                if operation is not None:
                    yield operation, route, method


def _bodies(app: Litestar) -> Iterator[Any]:
    """The types of all bodies that routes take."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler, _ in route.route_handler_map.values():
                if handler.parsed_data_field is not None:
                    yield handler.parsed_data_field.annotation


def _complete(operation: dict[str, Any], route: HTTPRoute, method: Any, callers: Callers) -> None:
    handler, model = route.route_handler_map[method]
    declared = declared_by(route, method)
    secured = not callers.dependencies.isdisjoint(declared.used)
    headers = {parameter.field_alias for parameter in model.expected_header_params}
    operation["security"] = [{"apiKey": []}, {"session": []}] if secured else []
    if secured and callers.storefronts is not None:
        _complete_for_storefronts(operation, callers.storefronts, publishable=_is_publishable(handler, callers))
    _complete_parameters(operation.get("parameters", []), allowed_by(handler))
    limit_parameters(operation.get("parameters", []), handler)
    responses = successes(operation["responses"], handler, method, headers)
    if has_etag(handler, method):
        operation.setdefault("parameters", []).append(condition_parameter())
    refusals = [*_of_caller(callers, secured=secured), *_of_input(route, method), *_of_headers(headers)]
    refusals += [*handler.opt.get("errors", ()), InternalError, Unavailable, Busy]
    if not handler.opt.get("unlimited"):
        refusals.append(TooManyRequests)
    operation["responses"] = responses | _by_status(refusals)
    if declared.media_type == FILE:
        binary = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(declared.types, binary)}
    if (told := deprecated_by(handler)) is not None:
        operation |= {"deprecated": True, "x-sunset": told.sunset.isoformat()}
        operation["description"] = f"{operation.get('description') or ''} {told.sentence()}".strip()


def _complete_parameters(parameters: list[dict[str, Any]], expandable: tuple[str, ...]) -> None:
    """What the framework leaves out of a parameter: that it is needed, and its form."""
    for parameter in parameters:
        if parameter["in"] == "header" and parameter["name"] in {KEY_HEADER, IF_MATCH}:
            parameter |= {"required": True, "schema": {"type": "string"}}
        if parameter["name"] == KEY_HEADER:
            parameter["schema"] |= {"minLength": 1, "maxLength": KEY_MAX, "pattern": KEY_PATTERN}
        if expandable and parameter["name"] == "expand":
            parameter["schema"] = {
                "type": "array",
                "items": {"type": "string", "enum": [*expandable]},
            }
        if parameter["name"] == IF_MATCH:
            parameter["schema"] |= {"minLength": 1, "pattern": IF_MATCH_PATTERN}


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
    if allowed_by(handler):
        yield UnknownExpansion
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
