"""What may a caller be told went wrong? One class, one stable code, one HTTP status (RFC 9457 on the wire)."""

from typing import ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One thing wrong with one field: a JSON pointer into the body, or the name of a parameter."""

    pointer: str
    code: str
    detail: str


class AppError(Exception):
    """A refusal that is part of the product. Bugs are not AppErrors: they crash.

    `facts` are added to the answer's body and must be safe to show the caller; `retry_after_s` becomes `Retry-After`.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title_en: ClassVar[str] = "The request cannot be understood"
    title_ja: ClassVar[str] = "リクエストを解釈できません"

    def __init__(
        self, detail: str, *, errors: tuple[FieldError, ...] = (), retry_after_s: int | None = None, **facts: object
    ) -> None:
        """Refuse with one sentence for a person, and facts for a machine."""
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.facts = facts


class BadRequest(AppError):
    """400: the syntax is wrong."""


class Unauthenticated(AppError):
    """401: who are you?"""

    status = 401
    code = "unauthenticated"
    title_en = "Credentials are missing or not valid"
    title_ja = "認証情報がないか、有効ではありません"


class Forbidden(AppError):
    """403: known, and not allowed to."""

    status = 403
    code = "forbidden"
    title_en = "Not allowed"
    title_ja = "許可されていません"


class NotFound(AppError):
    """404: it does not exist, or it is another organisation's."""

    status = 404
    code = "not_found"
    title_en = "Not found"
    title_ja = "見つかりません"


class Conflict(AppError):
    """409: the state of things does not allow it."""

    status = 409
    code = "conflict"
    title_en = "Not possible in the present state"
    title_ja = "現在の状態では実行できません"


class InvalidState(Conflict):
    """409: a wrong transition; the detail names the state that was found."""

    code = "invalid_state"
    title_en = "Not possible in this state"
    title_ja = "この状態では実行できません"


class PreconditionFailed(AppError):
    """412: somebody changed it in between."""

    status = 412
    code = "stale_version"
    title_en = "It was changed in the meantime"
    title_ja = "他の変更と競合しました"


class PreconditionRequired(AppError):
    """428: say which version you saw (`If-Match`)."""

    status = 428
    code = "if_match_required"
    title_en = "If-Match is required"
    title_ja = "If-Match ヘッダーが必要です"


class Unprocessable(AppError):
    """422: well formed, and makes no sense."""

    status = 422
    code = "invalid_fields"
    title_en = "Some fields are not valid"
    title_ja = "入力内容に誤りがあります"


class TooManyRequests(AppError):
    """429: slow down."""

    status = 429
    code = "too_many_requests"
    title_en = "Too many requests"
    title_ja = "リクエストが多すぎます"


class Unavailable(AppError):
    """503: something we need is not there; try again."""

    status = 503
    code = "unavailable"
    title_en = "Temporarily unavailable"
    title_ja = "一時的に利用できません"
