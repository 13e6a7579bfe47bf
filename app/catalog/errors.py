"""What may a caller be told about registries, projects and issuances that are not as it thinks?"""

from app.core.errors import Conflict, NotFound, Unprocessable


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


class MethodologyNotFound(NotFound):
    """404: no methodology of this registry has this code."""

    code = "methodology_not_found"
    title_en = "No such methodology"
    title_ja = "方法論が見つかりません"


class MemberNotFound(NotFound):
    """404: no member of a programme project has this id."""

    code = "project_member_not_found"
    title_en = "No such member of a project"
    title_ja = "プログラムの参加者が見つかりません"


class FactNotFound(NotFound):
    """404: no fact has this id."""

    code = "fact_not_found"
    title_en = "No such fact"
    title_ja = "該当する情報が見つかりません"


class NotAProgramme(Conflict):
    """409: only a programme project has members."""

    code = "project_not_a_programme"
    title_en = "The project is not a programme"
    title_ja = "プログラム型プロジェクトではありません"


class FactSuperseded(Conflict):
    """409: somebody has superseded or withdrawn this fact; `newest_id` names what holds now. Look at it first."""

    code = "fact_superseded"
    title_en = "The fact was superseded in the meantime"
    title_ja = "この情報は更新済みです"


class FactContradicts(Conflict):
    """409: another fact says something of the same subject on some of these days; `fact_id` names it: supersede it."""

    code = "fact_contradicts"
    title_en = "Another fact speaks of the same days"
    title_ja = "同じ期間について別の情報があります"


class FactOfAnother(Conflict):
    """409: a fact is superseded by one of the same kind and key, said of the same subject."""

    code = "fact_of_another"
    title_en = "The fact is about something else"
    title_ja = "対象が異なる情報は置き換えられません"


class FactRefused(Unprocessable):
    """422: the fact makes no sense as it stands; `errors` names the fields."""

    code = "fact_refused"
    title_en = "The fact makes no sense as it stands"
    title_ja = "情報の内容に誤りがあります"


class MemberRefused(Unprocessable):
    """422: a member leaves before it joins."""

    code = "project_member_refused"
    title_en = "The member's days do not fit together"
    title_ja = "参加者の日付に誤りがあります"
