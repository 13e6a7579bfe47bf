"""Who is counted for a request, by which policy, and what is the caller told? The door counts strangers by address.

Authenticated callers are counted by who they are, once they are known (`counted`); a public route counts the address.
What is refused for its credential is counted against the address too: nobody may guess keys at leisure.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler

from app.core.clock import utc_now
from app.core.errors import TooManyRequests, Unauthenticated
from app.core.http.openapi import DOCUMENT_PATH
from app.core.rates import Limits, Policy, Standing
from app.core.scope import Scope

STANDING: Final = "rate"
"""Where in a request's state its standing is kept for the edge, with the means to give its token back."""
_WINDOW_S: Final = 60


@dataclass(frozen=True, slots=True)
class Policies:
    """Requests a minute by kind; 0 is no limit."""

    public: Policy
    """Routes without a caller, for one address."""
    sign_in: Policy
    """Routes that try a password or make an organisation, for one address: `opt={"rate": "sign_in"}`."""
    refused: Policy
    """Requests whose credential was refused, for one address."""
    calls: Policy
    """Everything else, for one caller."""

    @classmethod
    def per_minute(cls, *, public: int, sign_in: int, calls: int) -> "Policies":
        """The policies with these limits a minute; as many refused credentials as sign-ins."""
        return cls(
            Policy("public", public, _WINDOW_S),
            Policy("sign-in", sign_in, _WINDOW_S),
            Policy("refused", sign_in, _WINDOW_S),
            Policy("calls", calls, _WINDOW_S),
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """A request that was counted."""

    limits: Limits
    policy: Policy
    who: str
    standing: Standing

    def given_back(self, now: datetime) -> Standing:
        """The standing after the request's token was given back."""
        return self.limits.give_back(self.policy, self.who, now=now)


class Rates:
    """The limits of one application."""

    def __init__(self, limits: Limits, policies: Policies, caller_dependencies: frozenset[str]) -> None:
        """`caller_dependencies` name what refuses strangers: routes that use one are counted by `counted`."""
        self._limits = limits
        self._policies = policies
        self._caller_dependencies = caller_dependencies
        self._needs_caller: dict[Callable[..., Any], bool] = {}
        """By the handler's function: a guard is given a copy of the handler, another one for each request."""

    async def guard(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        """Count a request for a route without a caller against its address. Raises TooManyRequests (429)."""
        if connection.scope["type"] != ScopeType.HTTP or handler.opt.get("unlimited"):
            return
        if connection.scope["path"] == DOCUMENT_PATH:  # Made once, and served without the database.
            return
        if self._takes_caller(handler):
            if self._policies.refused.limit:
                self._limits.refuse_if_spent(self._policies.refused, address_of(connection), now=utc_now())
            return
        policy = self._policies.sign_in if handler.opt.get("rate") == "sign_in" else self._policies.public
        await self._charge(connection, policy, address_of(connection))

    async def counts(self, scope: Any) -> bool:
        """Count a request that is answered before the application against its address; False when nothing is left."""
        policy = self._policies.public
        if not policy.limit:
            return True
        who = _address(scope)
        try:
            standing = await self._limits.charge(policy, who, now=utc_now())
        except TooManyRequests:
            return False
        scope["state"][STANDING] = Counted(self._limits, policy, who, standing)
        return True

    async def counted(
        self, request: Request[Any, Any, Any], find: Callable[[Request[Any, Any, Any]], Awaitable[Scope]]
    ) -> Scope:
        """The caller that `find` finds, counted. Raises what `find` raises, and TooManyRequests (429)."""
        try:
            caller = await find(request)
        except Unauthenticated:
            if self._policies.refused.limit:
                await self._limits.charge(self._policies.refused, address_of(request), now=utc_now())
            raise
        # A publishable key is everybody's who reads the page: each address has a window of its own.
        who = f"{caller.actor_kind} {caller.actor_id}"
        if caller.actor_kind == "storefront":
            who += f" {address_of(request)}"
        await self._charge(request, self._policies.calls, who)
        return caller

    async def _charge(self, connection: ASGIConnection[Any, Any, Any, Any], policy: Policy, who: str) -> None:
        if not policy.limit:
            return
        try:
            standing = await self._limits.charge(policy, who, now=utc_now())
        except TooManyRequests as refusal:
            nothing_left = Standing(policy, 0, refusal.retry_after_s or 1)
            connection.scope["state"][STANDING] = Counted(self._limits, policy, who, nothing_left)
            raise
        connection.scope["state"][STANDING] = Counted(self._limits, policy, who, standing)

    def _takes_caller(self, handler: BaseRouteHandler) -> bool:
        known = self._needs_caller.get(handler.fn)
        if known is None:
            used = {name for name in handler.resolve_dependencies() if name in handler.parsed_fn_signature.parameters}
            known = self._needs_caller[handler.fn] = not self._caller_dependencies.isdisjoint(used)
        return known


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The address that is counted: of IPv6 the /64, which is one customer's (RFC 6177). Proxies were seen through."""
    return _address(connection.scope)


def _address(scope: Any) -> str:
    client = scope.get("client")
    host: str = client[0] if client else ""
    if ":" not in host:  # Not of IPv6: as it is, and not read in vain for every request.
        return host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def rate_headers(standing: Standing) -> list[tuple[bytes, bytes]]:
    """What a counted answer says (draft-ietf-httpapi-ratelimit-headers-11: both are structured fields)."""
    policy = standing.policy
    return [
        (b"ratelimit-policy", f'"{policy.name}";q={policy.limit};w={policy.window_s}'.encode()),
        (b"ratelimit", f'"{policy.name}";r={standing.remaining};t={standing.resets_in_s}'.encode()),
    ]
