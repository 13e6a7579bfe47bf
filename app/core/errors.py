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

    `remedy_en` and `remedy_ja` say what a caller can do; a class inherits its parent's. `facts` are added to the answer's body and must be safe to show the caller; `retry_after_s` becomes `Retry-After`.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title_en: ClassVar[str] = "The request cannot be understood"
    title_ja: ClassVar[str] = "リクエストを解釈できません"
    remedy_en: ClassVar[str] = (
        "Correct the request as `detail` and `errors` say; sent again as it is, it is refused again."
    )
    remedy_ja: ClassVar[str] = (
        "`detail` と `errors` に従ってリクエストを修正してください。同じ内容を再送しても拒否されます。"
    )

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
    remedy_en = "Send `Authorization: Bearer` with a key as it was shown, or sign in again. A revoked key stays revoked: make a new one."
    remedy_ja = "発行時に表示されたキーを `Authorization: Bearer` で送るか、もう一度サインインしてください。失効したキーは元に戻せないため、新しいキーを発行してください。"


class Forbidden(AppError):
    """403: known, and not allowed to."""

    status = 403
    code = "forbidden"
    title_en = "Not allowed"
    title_ja = "許可されていません"
    remedy_en = "Use a credential that holds the right named in `right`, or ask an owner of your organisation for it."
    remedy_ja = "`right` に示された権限を持つ認証情報を使うか、組織のオーナーに依頼してください。"


class NotFound(AppError):
    """404: it does not exist, or it is another organisation's."""

    status = 404
    code = "not_found"
    title_en = "Not found"
    title_ja = "見つかりません"
    remedy_en = "Check the id and its prefix, and that the credential is of the organisation whose thing it is."
    remedy_ja = "IDとその接頭辞、および認証情報が対象の組織のものかを確認してください。"


class Conflict(AppError):
    """409: the state of things does not allow it."""

    status = 409
    code = "conflict"
    title_en = "Not possible in the present state"
    title_ja = "現在の状態では実行できません"
    remedy_en = "Fetch the thing again and look at its state; ask again when the state allows it."
    remedy_ja = "対象を取得し直して状態を確認し、実行できる状態になってから再度お試しください。"


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
    remedy_en = "Fetch it again, look at what changed, and send your change with the ETag that is in the answer."
    remedy_ja = "対象を取得し直して変更点を確認し、応答の ETag を付けて再送してください。"


class PreconditionRequired(AppError):
    """428: say which version you saw (`If-Match`)."""

    status = 428
    code = "if_match_required"
    title_en = "If-Match is required"
    title_ja = "If-Match ヘッダーが必要です"
    remedy_en = "Send `If-Match` with the ETag that you last saw; a GET of the thing shows it."
    remedy_ja = "最後に取得した ETag を `If-Match` ヘッダーに付けて送ってください。"


class Unprocessable(AppError):
    """422: well formed, and makes no sense."""

    status = 422
    code = "invalid_fields"
    title_en = "Some fields are not valid"
    title_ja = "入力内容に誤りがあります"
    remedy_en = "Correct each field that `errors` points at and send the request again."
    remedy_ja = "`errors` が示す各項目を修正して再送してください。"


class TooManyRequests(AppError):
    """429: slow down."""

    status = 429
    code = "too_many_requests"
    title_en = "Too many requests"
    title_ja = "リクエストが多すぎます"
    remedy_en = "Wait as many seconds as `Retry-After` says. `RateLimit` tells beforehand how much is left."
    remedy_ja = "`Retry-After` の秒数だけ待ってから再送してください。残りの回数は `RateLimit` ヘッダーで確認できます。"


class Unavailable(AppError):
    """503: something we need is not there; try again."""

    status = 503
    code = "unavailable"
    title_en = "Temporarily unavailable"
    title_ja = "一時的に利用できません"
    remedy_en = "Send the same request, with the same Idempotency-Key, again after `Retry-After` seconds."
    remedy_ja = "`Retry-After` の秒数だけ待ち、同じ Idempotency-Key を付けて再送してください。"
