"""What may a caller be told about a notice that cannot be?"""

from app.core.errors import NotFound


class NoticeNotFound(NotFound):
    """404: your organisation has no notice with this id."""

    code = "notice_not_found"
    title_en = "No such notice"
    title_ja = "お知らせが見つかりません"
