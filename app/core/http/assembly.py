"""How do routes become a web application? Litestar with the edge's rules built in, and the edge around it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Server
from litestar.template.config import TemplateConfig
from litestar.types import ControllerRouterHandler, LifespanHook, Middleware

from app.core.http.body import StrictRequest
from app.core.http.catalogue import problem_routes
from app.core.http.cors import AllowsOrigin, nobody
from app.core.http.docs import docs_routes
from app.core.http.door import Door
from app.core.http.drain import Drain
from app.core.http.edge import Edge
from app.core.http.examples import Examples
from app.core.http.health import Check, health_routes
from app.core.http.idempotency import provide_keyed_request
from app.core.http.openapi import Callers, DocumentPlugin, Storefronts
from app.core.http.problems import exception_handlers
from app.core.http.shared import SharedAnswers
from app.core.metrics import Metrics

Guarding = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What the web edge needs to know about this installation."""

    base_url: str
    """Where it is reached, without a slash at the end: problem types begin with it."""
    title: str
    version: str
    description: str
    body_max_bytes: int
    session_cookie: str
    caller_dependencies: frozenset[str]
    """Names of the dependencies that refuse strangers; routes that use one are documented as needing a caller."""
    storefronts: Storefronts | None = None
    """How callers come through a storefront, where there are any."""
    examples: Examples = field(default_factory=dict)
    """Bodies that the document shows, by the name of their schema."""


def assemble(
    route_handlers: Sequence[ControllerRouterHandler],
    *,
    dependencies: Mapping[str, Provide],
    checks: Mapping[str, Check],
    settings: WebSettings,
    metrics: Metrics,
    drain: Drain,
    guards: Sequence[Guarding] = (),
    middleware: Sequence[Middleware] = (),
    lifespan: Sequence[Any] = (),
    allows_origin: AllowsOrigin = nobody,
    on_shutdown: Sequence[LifespanHook] = (),
    template_config: TemplateConfig[Any] | None = None,
    shared: SharedAnswers | None = None,
) -> Edge:
    """The whole web application. Adds health, docs, problem pages, and the dependency `keyed` (KeyedRequest).

    `shared` may stand between the edge and the application: what it answers by itself goes through the edge too.
    """
    door = Door()
    plugin = DocumentPlugin(
        Callers(settings.caller_dependencies, settings.session_cookie, settings.storefronts), settings.examples
    )
    app = Litestar(
        route_handlers=[
            *route_handlers,
            *health_routes(checks, drain=drain, metrics=metrics),
            *docs_routes(plugin),
            *problem_routes(plugin, settings.base_url),
        ],
        dependencies={"keyed": Provide(provide_keyed_request), **dependencies},
        guards=[_as_one([door.guard, *guards])],
        exception_handlers=exception_handlers(settings.base_url, door),
        request_class=StrictRequest,
        request_max_body_size=settings.body_max_bytes,
        middleware=list(middleware),
        lifespan=list(lifespan),
        on_shutdown=list(on_shutdown),
        template_config=template_config,
        openapi_config=_document(settings, plugin),
        logging_config=None,
        debug=False,
    )
    return Edge(
        app if shared is None else shared.around(app), metrics=metrics, drain=drain, allows_origin=allows_origin
    )


def _as_one(guards: Sequence[Guarding]) -> Guarding:
    """All guards as one, in their order: Litestar copies the whole handler for each guard of each request."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        for each in guards:
            await each(connection, handler)

    return guard


def _document(settings: WebSettings, plugin: DocumentPlugin) -> OpenAPIConfig:
    return OpenAPIConfig(
        title=settings.title,
        version=settings.version,
        description=settings.description,
        path="/",
        render_plugins=[plugin],
        servers=[Server(url=urlsplit(settings.base_url).path or "/")],
        use_handler_docstrings=True,
    )
