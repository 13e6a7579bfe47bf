"""What may a caller be told about registries, projects and issuances that are not as it thinks?"""

from app.core.errors import Conflict, NotFound


class ProjectNotFound(NotFound):
    """404: no project has this id."""

    code = "project_not_found"
    title_en = "No such project"
    title_ja = "プロジェクトが見つかりません"


class IssuanceDiffers(Conflict):
    """409: this certification number was confirmed before with other facts; `fields` names those that differ.

    A registry issues a block once: one of the two pieces of evidence is wrong.
    """

    code = "issuance_differs"
    title_en = "The issuance was confirmed with other facts"
    title_ja = "この認証番号は異なる内容で確認済みです"
