"""What does a caller hear when something is wrong? One mapping of every error to RFC 9457 problem details."""

import logging
import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from app.core.errors import (
    AppError,
    BadRequest,
    FieldError,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)
from app.core.http.body import wrong_fields
from app.core.http.door import Door
from app.core.http.errors import BodyTooLarge, InternalError, MethodNotAllowed, UnsupportedMediaType
from app.core.http.fields import escaped
from app.core.http.gone import CallerLeft, answer_nobody
from app.core.http.language import Language, preferred_language
from app.core.http.trouble import sqlstate, trouble_told
from app.core.http.wording import MISSING, said, worded
from app.core.request_id import current_request_id

PROBLEM: Final = "application/problem+json"
NAMES_FIELDS: Final = "Each of the errors names its field."
_LOGGER: Final = logging.getLogger("offsetdesk.http")
_MISSING_PARAMETER: Final = re.compile(r"Missing required (query|path|header|cookie) parameter '(.+?)' for path")
_NAMED_FIELD: Final = re.compile(r"(?:missing required|unknown) field `(.+)`")
_KEPT_HEADERS: Final = frozenset({"allow", "retry-after", "www-authenticate"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a problem says about the request: needed wherever a refusal becomes bytes."""

    base_url: str
    """Where this installation is reached, without a slash at the end."""
    path: str
    language: Language
    request_id: str


def problem_type(base_url: str, code: str) -> str:
    """The address of the page that explains a code."""
    return f"{base_url}/problems/{code}"


def problem_body(refusal: AppError, asked: Asked) -> bytes:
    """The refusal as JSON. Its facts are added, and never replace what the standard names."""
    standard: dict[str, object] = {
        "type": problem_type(asked.base_url, refusal.code),
        "title": said((refusal.title_en, refusal.title_ja), asked.language),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        "instance": asked.path,
        "request_id": asked.request_id,
        "errors": refusal.errors,
    }
    return msgspec.json.encode(standard | {key: fact for key, fact in refusal.facts.items() if key not in standard})


def exception_handlers(base_url: str, door: Door) -> ExceptionHandlersMap:
    """The web edge's one handler for whatever is raised: refusals are told, everything else is ours and logged.

    Where the caller is gone, there is nobody to tell.
    """

    def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        language = preferred_language(request.headers.get("accept-language", ""))
        refusal = refusal_for(request, error, door, language)
        _log(refusal, error)
        asked = Asked(base_url, request.scope["path"], language, current_request_id.get())
        return Response(
            problem_body(refusal, asked),
            status_code=refusal.status,
            media_type=PROBLEM,
            headers=_headers(refusal, error),
        )

    return {Exception: answer, CallerLeft: answer_nobody}


def refusal_for(request: Request[Any, Any, Any], error: Exception, door: Door, language: Language) -> AppError:
    """Which of our refusals an error is. What we do not know is InternalError (500), without a word of its cause."""
    match error:
        case AppError():
            return error
        case ValidationException():
            return Unprocessable(NAMES_FIELDS, errors=_invalid_fields(request, error, door, language))
        case HTTPException(status_code=status) if status < 500 or status == 503:
            return _of_status(status, request.method)
    return trouble_told(error) or InternalError("The request failed. Quote the request id when you ask us.")


def _log(refusal: AppError, error: Exception) -> None:
    """A mistake of ours with its traceback; what we need and do not have in one line, or an outage would bury us."""
    if isinstance(refusal, InternalError):
        _LOGGER.error("request failed", exc_info=error, extra={"code": refusal.code, "status": refusal.status})
    elif refusal.status >= 500:
        cause = f"{type(error).__name__} {sqlstate(error)}".strip()
        _LOGGER.warning("request failed", extra={"code": refusal.code, "status": refusal.status, "error": cause})


def _of_status(status: int, method: str) -> AppError:
    """Litestar's own refusals, in our words."""
    known: dict[int, AppError] = {
        401: Unauthenticated("Sign in, or send an API key."),
        403: Forbidden("The request is not allowed."),
        404: NotFound("Nothing has this address."),
        405: MethodNotAllowed(f"This address does not take {method}."),
        413: BodyTooLarge("Send less in one request."),
        415: UnsupportedMediaType("Send JSON."),
        429: TooManyRequests("Slow down.", retry_after_s=1),
        503: Unavailable("Try again.", retry_after_s=1),
    }
    return known.get(status, BadRequest("The request cannot be read."))


def _invalid_fields(
    request: Request[Any, Any, Any], error: ValidationException, door: Door, language: Language
) -> tuple[FieldError, ...]:
    """The body's errors, found when it was read, then the parameters'."""
    if missing := _MISSING_PARAMETER.search(error.detail):
        prefix = "?" if missing[1] == "query" else f"{missing[1]}:"
        return (FieldError(prefix + missing[2], "missing", said(MISSING, language)),)
    declared = door.declared(request)
    pointers = {} if declared is None else declared.pointers
    found = list(wrong_fields(request))
    for entry in error.extra or ():
        assert isinstance(entry, dict), entry
        key, message = str(entry.get("key", "")), str(entry["message"])
        if entry.get("source") != "body":
            found.append(FieldError(pointers.get(key, f"?{key}"), *worded(message, language)))
        elif not wrong_fields(request):
            found.append(_of_form(key, message, language))
    return tuple(found)


def _of_form(key: str, message: str, language: Language) -> FieldError:
    """A field of a form, or a body that is missing altogether (the message is then its key in quotes)."""
    pointer = "" if key == "data" else "/" + key.removeprefix("data.").replace(".", "/")
    if message == "'data'":
        return FieldError(pointer, "missing", said(MISSING, language))
    if named := _NAMED_FIELD.search(message):
        pointer += f"/{escaped(named[1])}"
    return FieldError(pointer, *worded(message, language))


def _headers(refusal: AppError, error: Exception) -> dict[str, str]:
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(refusal.retry_after_s)
    if refusal.status == 401:
        headers["Www-Authenticate"] = "Bearer"
    if isinstance(error, HTTPException):
        theirs = error.headers or {}
        headers |= {name.title(): value for name, value in theirs.items() if name.lower() in _KEPT_HEADERS}
    if isinstance(etag := refusal.facts.get("etag"), str):
        headers["ETag"] = etag
    return headers
