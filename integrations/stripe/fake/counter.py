"""What happens between a request that arrives and the reply that leaves, with a fault in between or without?"""

from typing import Any, Final

import msgspec
from litestar import Response
from litestar.enums import MediaType

from integrations.registries.fake import wire
from integrations.registries.fake.wire import AnyRequest
from integrations.stripe.fake.act import Act, Answer, Cause, Page
from integrations.stripe.fake.expanding import expand
from integrations.stripe.fake.faults import Faults
from integrations.stripe.fake.form import Asked, read_form
from integrations.stripe.fake.ids import letters
from integrations.stripe.fake.keys import Kept, fingerprint_of
from integrations.stripe.fake.messages import Fault, FaultName, Stage
from integrations.stripe.fake.office import Office
from integrations.stripe.fake.refusals import Misread, Refused, error_body
from integrations.stripe.fake.request import Call, check_key, check_version, owner_of, pairs_of
from integrations.stripe.fake.routes import Outcome, Route, route_of
from integrations.stripe.fake.shown import show
from integrations.stripe.shapes import API_VERSION

_BEFORE: Final = frozenset(
    {
        FaultName.DROPS_BEFORE_ACTING, FaultName.FAILS, FaultName.KEEPS_FAILURE, FaultName.HTML, FaultName.DOWN,
        FaultName.TOO_MANY, FaultName.CONFLICT,
    }
)  # fmt: skip


class Reply(msgspec.Struct, frozen=True):
    """A reply before it leaves. `replayed`: it was given before, under the same key."""

    status: int
    body: bytes
    replayed: bool = False


class Counter:
    """The counter before the office: here things get lost."""

    def __init__(self, office: Office, faults: Faults, *, secret_key: str) -> None:
        self._office = office
        self._faults = faults
        self._secret_key = secret_key
        self._came = 0

    async def serve(self, request: AnyRequest) -> Response[bytes]:
        """Answer one request to Stripe's API, or do not."""
        self._came += 1
        request_id = f"req_{letters(f'{self._office.lines}:{self._came}', 14)}"
        try:
            call = await self._read(request, request_id)
            route, names = route_of(call.method, call.path)
        except Refused as refused:
            return _sent(request, _refusal(refused, request_id), request_id)
        stage = Stage.WRITE if call.method == "POST" else Stage.READ
        fault = self._faults.next(stage, call.path, f"{call.method} {call.path} {call.key}")
        if fault is not None and fault.name in _BEFORE:
            return await self._without_acting(request, call, fault)
        self._office.catch_up()
        try:
            earlier = self._earlier(call)
        except Refused as refused:
            return _sent(request, _refusal(refused, request_id), request_id)
        if earlier is not None:
            return await _spoilt(request, _sent(request, earlier, request_id), fault)
        return await self._done(request, call, route, names, fault)

    async def _read(self, request: AnyRequest, request_id: str) -> Call:
        check_key(request.headers.get("authorization"), self._secret_key)
        check_version(request.headers.get("stripe-version"))
        pairs = pairs_of(
            request.method,
            request.scope["query_string"].decode("latin-1"),
            await request.body(),
            request.headers.get("content-type", ""),
        )
        owner = owner_of(request.headers.get("stripe-account"), self._office.shelf)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        return Call(request.method, request.url.path, pairs, owner, key, request_id)

    def _earlier(self, call: Call) -> Reply | None:
        if call.key is None:
            return None
        fingerprint = fingerprint_of(call.method, call.path, call.pairs)
        kept = self._office.keys.earlier(call.owner, call.key, fingerprint, now=self._office.now())
        return None if kept is None else Reply(kept.status, kept.body.encode(), replayed=True)

    def _is_new(self, call: Call) -> bool:
        try:
            return self._earlier(call) is None
        except Refused:
            return False

    async def _done(
        self, request: AnyRequest, call: Call, route: Route, names: list[str], fault: Fault | None
    ) -> Response[bytes]:
        """Act, and answer as far as the fault lets us; the key is in use for as long."""
        if call.key is not None:
            self._office.keys.begin(call.owner, call.key)
        try:
            reply = self._acted(call, route, names, keeps_failure=_keeps(fault))
            return await _spoilt(request, _sent(request, reply, call.request_id), fault)
        finally:
            if call.key is not None:
                self._office.keys.end(call.owner, call.key)

    def _acted(self, call: Call, route: Route, names: list[str], *, keeps_failure: bool) -> Reply:
        try:
            asked = read_form(call.pairs, route.takes)
            if call.method == "GET":
                looking = self._office.look(Cause(call.owner, call.request_id, None))
                return _answered(route.does(looking, asked, *names), asked, looking, call.path)
            return self._written(call, route, names, asked, keeps_failure=keeps_failure)
        except Misread as misread:
            return _refusal(misread, call.request_id)
        except Refused as refused:
            reply = _refusal(refused, call.request_id)
            if call.key is not None and call.method == "POST":
                self._office.remember(self._kept(call, reply))
            return reply

    def _written(self, call: Call, route: Route, names: list[str], asked: Asked, *, keeps_failure: bool) -> Reply:
        """One act, and the answer to it, kept together."""

        def work(act: Act) -> Reply:
            return _answered(route.does(act, asked, *names), asked, act, call.path)

        def kept(reply: Reply) -> Kept:
            return self._kept(call, _failure(call.request_id) if keeps_failure else reply)

        cause = Cause(call.owner, call.request_id, call.key)
        return self._office.perform(cause, work, kept=None if call.key is None else kept)

    def _kept(self, call: Call, reply: Reply) -> Kept:
        assert call.key is not None
        fingerprint = fingerprint_of(call.method, call.path, call.pairs)
        return Kept(call.owner, call.key, fingerprint, reply.status, reply.body.decode(), self._office.now())

    async def _without_acting(self, request: AnyRequest, call: Call, fault: Fault) -> Response[bytes]:
        match fault.name:
            case FaultName.DROPS_BEFORE_ACTING:
                return await wire.reset(request)
            case FaultName.HTML:
                return wire.html()
            case FaultName.KEEPS_FAILURE if call.key is not None and self._is_new(call):
                self._office.remember(self._kept(call, _failure(call.request_id)))
        return _sent(request, _instead(fault.name, call), call.request_id)


def _keeps(fault: Fault | None) -> bool:
    return fault is not None and fault.name is FaultName.ACTS_THEN_KEEPS_FAILURE


def _answered(outcome: Outcome, asked: Asked, act: Act, path: str) -> Reply:
    paths = asked.get("expand", [])
    match outcome:
        case Answer():
            return Reply(outcome.status, msgspec.json.encode(outcome.body))
        case Page():
            shown: dict[str, Any] = {"object": "list", "url": path, "has_more": outcome.more}
            shown["data"] = [show(thing, act) for thing in outcome.things]
            return Reply(200, msgspec.json.encode(expand(shown, paths, act)))
        case _:
            return Reply(200, msgspec.json.encode(expand(show(outcome, act), paths, act)))


def _refusal(refused: Refused, request_id: str) -> Reply:
    return Reply(refused.status, msgspec.json.encode(error_body(refused, request_id)))


def _failure(request_id: str) -> Reply:
    message = "An unknown error occurred"
    return _refusal(Refused(500, message, kind="api_error", code=None, param=None), request_id)


def _instead(name: FaultName, call: Call) -> Reply:
    match name:
        case FaultName.TOO_MANY:
            refused = Refused(429, "Request rate limit exceeded.", code="rate_limit", param=None)
        case FaultName.CONFLICT:
            message = "Another request under this idempotency key is in progress."
            refused = Refused(409, message, code="idempotency_key_in_use", param=None)
        case FaultName.DOWN:
            refused = Refused(503, "Stripe is under maintenance.", kind="api_error", code=None, param=None)
        case _:
            return _failure(call.request_id)
    return _refusal(refused, call.request_id)


def _sent(request: AnyRequest, reply: Reply, request_id: str) -> Response[bytes]:
    """With Stripe's headers; whether to try again is said where Stripe's libraries go by it."""
    headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
    key = request.headers.get("idempotency-key")
    if key is not None and request.method == "POST":
        headers |= {"Idempotency-Key": key, "Original-Request": request_id}
    if reply.replayed:
        headers["Idempotent-Replayed"] = "true"
    if reply.status >= 400:
        again = reply.status in {409, 429, 503} or (reply.status >= 500 and not reply.replayed)
        headers["Stripe-Should-Retry"] = "true" if again else "false"
    return Response(reply.body, status_code=reply.status, media_type=MediaType.JSON, headers=headers)


async def _spoilt(request: AnyRequest, honest: Response[bytes], fault: Fault | None) -> Response[bytes]:
    match None if fault is None else fault.name:
        case FaultName.ACTS_THEN_TIMES_OUT if fault is not None:
            await wire.wait_in_silence(request, fault.delay_ms)
            return await wire.reset(request)
        case FaultName.SLOW if fault is not None:
            await wire.wait_in_silence(request, fault.delay_ms)
        case FaultName.ACTS_THEN_DROPS:
            return await wire.reset(request)
        case FaultName.ACTS_THEN_HTML:
            return wire.html()
        case FaultName.CUT_JSON:
            return wire.cut(honest)
        case FaultName.ACTS_THEN_FAILS | FaultName.ACTS_THEN_KEEPS_FAILURE:
            return _sent(request, _failure(honest.headers["Request-Id"]), honest.headers["Request-Id"])
    return honest
