"""What stands before every door of a test desk? Its clock, and the answers that a caller asks to be given."""

from typing import Final

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.core.clock import ahead_of_time
from app.core.errors import AppError, BadRequest, TooManyRequests, Unavailable
from app.core.http.errors import InternalError
from app.core.http.headers import header
from app.core.http.language import preferred_language
from app.core.http.problems import PROBLEM, Asked, problem_body
from app.core.idempotency import KEY_HEADER, StillRunning
from app.core.request_id import current_request_id
from app.sandbox.flow import FollowedClock

HEADER: Final = "Offset-Desk-Test"
LOST: Final = "lost"
ANSWERS: Final[dict[str, tuple[type[AppError], int | None, str]]] = {
    "429": (TooManyRequests, 1, "too many requests, with `Retry-After`; nothing was done"),
    "500": (InternalError, None, "a mistake of ours; nothing was done"),
    "503": (Unavailable, 1, "something is away, with `Retry-After`; nothing was done"),
    "in_progress": (StillRunning, 1, "409: an earlier request with this Idempotency-Key is still at work"),
}
"""What the header may ask for: the refusal, its `Retry-After` in seconds, and what it means."""
_TOLD: Final = "Asked for by the header Offset-Desk-Test."


# Inheritance, because this is Litestar's way to stand between its router and its doors.
class TestAnswers(ASGIMiddleware):
    """Sets the request's clock, and gives the answer that the header asks for instead of the real one."""

    __test__ = False  # Its name begins with what this room is about; it is no test.
    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "unlimited"
    """Health is asked while the database is away, too, and about no moment."""

    def __init__(self, clock: FollowedClock, base_url: str) -> None:
        """Go by this clock; problems name their pages under `base_url`."""
        self._clock = clock
        self._base_url = base_url

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer one request by the moved clock. Raises what the header asks for."""
        asked = (header(scope["headers"], HEADER.lower().encode()) or b"").decode("latin-1")
        token = ahead_of_time.set(await self._clock.fresh())
        try:
            if asked and asked != LOST:
                raise _refusal(asked, keyed=header(scope["headers"], KEY_HEADER.lower().encode()) is not None)
            await next_app(scope, receive, self._losing(scope, send) if asked else send)
        finally:
            ahead_of_time.reset(token)

    def _losing(self, scope: Scope, send: Send) -> Send:
        """Where an answer gets lost: the request is carried out, and the caller hears that something is away."""
        refusal = Unavailable(f"{_TOLD} The request was carried out and its answer was lost.", retry_after_s=1)
        language = preferred_language((header(scope["headers"], b"accept-language") or b"").decode("latin-1"))
        body = problem_body(refusal, Asked(self._base_url, scope["path"], language, current_request_id.get()))

        async def lose(message: Message) -> None:
            if message["type"] == "http.response.start":
                kind, length = (b"content-type", PROBLEM.encode()), (b"content-length", str(len(body)).encode())
                message["status"], message["headers"] = refusal.status, [kind, length, (b"retry-after", b"1")]
                await send(message)
                await send({"type": "http.response.body", "body": body, "more_body": False})

        return lose


def _refusal(asked: str, *, keyed: bool) -> AppError:
    if asked not in ANSWERS or (asked == "in_progress" and not keyed):
        known = ", ".join([*ANSWERS, LOST])
        return BadRequest(f"{HEADER} takes: {known}; in_progress with an Idempotency-Key only.")
    refusal, retry_after_s, _ = ANSWERS[asked]
    return refusal(_TOLD, retry_after_s=retry_after_s)
