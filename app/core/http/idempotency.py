"""Is this the same request again? `Idempotency-Key`, the request's fingerprint, and the first answer byte for byte."""

import hashlib
import json
import re
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response
from litestar.params import HeaderParameter

from app.core.errors import BadRequest, FieldError
from app.core.idempotency import KEY_HEADER, KeyedRequest, StoredAnswer

KEY_MAX: Final = 255
KEY_PATTERN: Final = r"^[\x21-\x7e]{1,255}$"
REPLAYED_HEADER: Final = "Idempotent-Replayed"
_PRECONDITION_FAILED: Final = 412
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyKeyRequired(BadRequest):
    """400: this request moves credits or money, so it needs an `Idempotency-Key`.

    Make one key per intention (a UUID will do) and send it again with every repetition.
    """

    code = "idempotency_key_required"
    title_en = "Idempotency-Key is required"
    title_ja = "Idempotency-Key ヘッダーが必要です"


class IdempotencyKeyInvalid(BadRequest):
    """400: an `Idempotency-Key` is 1 to 255 visible ASCII characters."""

    code = "idempotency_key_invalid"
    title_en = "Idempotency-Key is not valid"
    title_ja = "Idempotency-Key が正しくありません"


KeyHeader = Annotated[
    str | None,
    HeaderParameter(name=KEY_HEADER, description="One key per intention; the same key again returns the first answer."),
]


async def provide_keyed_request(request: Request[Any, Any, Any], key_header: KeyHeader = None) -> KeyedRequest:
    """For routes that move credits or money, as the dependency `keyed`. Raises IdempotencyKeyRequired (400)."""
    key = read_key(key_header)
    return KeyedRequest(key, request_fingerprint(request.method, request.scope["path"], await request.body()))


def read_key(text: str | None) -> str:
    """The caller's key. Raises IdempotencyKeyRequired (400), IdempotencyKeyInvalid (400)."""
    if not text:
        missing = FieldError(f"header:{KEY_HEADER}", "missing", "This is required.")
        raise IdempotencyKeyRequired("Send an Idempotency-Key with this request.", errors=(missing,))
    if not _KEY.fullmatch(text):
        wrong = FieldError(f"header:{KEY_HEADER}", "pattern", f"Must match {KEY_PATTERN}")
        raise IdempotencyKeyInvalid("Send 1 to 255 visible ASCII characters.", errors=(wrong,))
    return text


def request_fingerprint(method: str, path: str, body: bytes) -> bytes:
    """SHA-256 over method, path and body. JSON is compared by meaning: neither spaces nor the order of keys matter."""
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode(), _canonical(body)):
        digest.update(len(part).to_bytes(8) + part)
    return digest.digest()


class _Stale(msgspec.Struct, frozen=True):
    """What a stored 412 says of the version that there is: the header that goes with it is not stored."""

    etag: str


def answer_of(stored: StoredAnswer, *, replayed: bool) -> Response[Any]:
    """The stored bytes as an answer; said to be a repetition when it is one."""
    headers = dict(stored.headers)
    if stored.status == _PRECONDITION_FAILED:
        headers["ETag"] = msgspec.json.decode(stored.body, type=_Stale).etag
    if replayed:
        headers[REPLAYED_HEADER] = "true"
    return Response(stored.body, status_code=stored.status, media_type=stored.media_type, headers=headers)


def _canonical(body: bytes) -> bytes:
    """JSON with sorted keys and no spaces; what is not JSON stays as it was sent."""
    try:
        value = json.loads(body)
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    except (ValueError, RecursionError):
        return body
