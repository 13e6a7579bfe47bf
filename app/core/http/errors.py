"""What does the web edge itself refuse, before any feature is asked?"""

from app.core.errors import AppError, BadRequest, Unavailable


class InvalidJson(BadRequest):
    """400: the body is not JSON: cut off, nested too deeply, a key given twice, or not UTF-8."""

    code = "invalid_json"
    title_en = "The body is not valid JSON"
    title_ja = "リクエスト本文が正しいJSONではありません"


class UnknownParameter(BadRequest):
    """400: a query parameter that this address does not have, or one given twice that it takes once.

    It is refused because a mistyped filter that is ignored would return everything.
    """

    code = "unknown_parameter"
    title_en = "A query parameter is not known here"
    title_ja = "使用できないクエリパラメーターです"


class MethodNotAllowed(AppError):
    """405: this address exists and does not take this method; `Allow` lists those it takes."""

    status = 405
    code = "method_not_allowed"
    title_en = "The method is not allowed here"
    title_ja = "このメソッドは使用できません"
    remedy_en = "Use one of the methods in the answer's `Allow` header."
    remedy_ja = "応答の `Allow` ヘッダーにあるメソッドを使ってください。"


class BodyTooLarge(AppError):
    """413: the body is larger than this address takes."""

    status = 413
    code = "body_too_large"
    title_en = "The body is too large"
    title_ja = "リクエスト本文が大きすぎます"
    remedy_en = "Send less in one request: a file in parts, a list in several requests."
    remedy_ja = "一度に送る量を減らしてください。ファイルや一覧は分割して送ってください。"


class UnsupportedMediaType(AppError):
    """415: the body's `Content-Type` or `Content-Encoding` is not one that this address reads."""

    status = 415
    code = "unsupported_media_type"
    title_en = "The body's media type is not supported"
    title_ja = "このメディアタイプには対応していません"
    remedy_en = "Send the body as one of the types that the operation's page names, without Content-Encoding."
    remedy_ja = "この操作が受け付けるメディアタイプで、Content-Encoding を付けずに送ってください。"


class InternalError(AppError):
    """500: a mistake of ours. It is in our log under the request id; sending the same key again is safe."""

    status = 500
    code = "internal_error"
    title_en = "Something went wrong on our side"
    title_ja = "サーバー内部でエラーが発生しました"
    remedy_en = (
        "Send the same request, with the same Idempotency-Key, again; when it happens again, tell us the request id."
    )
    remedy_ja = "同じ Idempotency-Key を付けて再送してください。繰り返し発生する場合は request_id をお知らせください。"


class Busy(Unavailable):
    """503: too many changed the same things at once; nothing was done. Try again after `Retry-After` seconds."""

    code = "busy"
    title_en = "Too busy at this moment"
    title_ja = "ただいま混み合っています"


class NotReady(Unavailable):
    """503: this process does not take requests now; `checks` says why."""

    code = "not_ready"
    title_en = "Not ready"
    title_ja = "準備ができていません"
