"""What may somebody be told about a registry's statement or a discrepancy that cannot be?"""

from app.core.errors import Conflict, Forbidden, NotFound, Unprocessable


class StatementNotFound(NotFound):
    """No statement of this organisation has this id."""

    code = "statement_not_found"
    title_en = "No such statement"
    title_ja = "登録簿の明細が見つかりません"


class StatementInvalid(Unprocessable):
    """What was said of the statement cannot be; `errors` point at it."""

    code = "invalid_statement"
    title_en = "The statement is not valid"
    title_ja = "登録簿の明細の内容に誤りがあります"


class StatementUnderWay(Conflict):
    """Another statement of this account is being read: one follows the other."""

    code = "statement_under_way"
    title_en = "Another statement is being read"
    title_ja = "同じ口座の別の明細を取り込み中です"


class StatementOlder(Conflict):
    """A newer statement of this account was compared already: an older one would bring back what is over."""

    code = "statement_older"
    title_en = "A newer statement was compared already"
    title_ja = "より新しい明細で突合済みです"


class NothingToCompare(Conflict):
    """No statement of this account has been read yet."""

    code = "nothing_to_compare"
    title_en = "There is no statement to compare with"
    title_ja = "突合する明細がまだありません"


class RegistryNotReadable(Conflict):
    """This registry's records cannot be fetched by a program: upload its statement as a file."""

    code = "registry_not_readable"
    title_en = "This registry cannot be read by a program"
    title_ja = "この登録簿は自動取得に対応していません"


class DiscrepancyNotFound(NotFound):
    """No discrepancy of this organisation has this id."""

    code = "discrepancy_not_found"
    title_en = "No such discrepancy"
    title_ja = "不一致が見つかりません"


class DiscrepancyInvalid(Unprocessable):
    """The action does not fit this kind of discrepancy, or its note is missing; `errors` point at it."""

    code = "invalid_discrepancy_action"
    title_en = "The action does not fit this discrepancy"
    title_ja = "この不一致には行えない処理です"


class SecondPersonDecides(Conflict):
    """Whoever proposed this cannot agree to it, too. Ask a colleague."""

    code = "second_person_decides"
    title_en = "A second person must agree"
    title_ja = "提案者とは別の担当者の承認が必要です"


class PeopleDecide(Forbidden):
    """A discrepancy is answered for by a person who is signed in, not by an API key."""

    code = "people_decide"
    title_en = "Only a person may decide this"
    title_ja = "この判断はログインした担当者のみ行えます"


class ReportTooEarly(Unprocessable):
    """A report shows a day that has ended or is running, in Japan."""

    code = "report_too_early"
    title_en = "This day has not begun"
    title_ja = "まだ始まっていない日付です"


class StatementImplausible(Conflict):
    """So much differs that it cannot be true: the statement is of another account, or of another time."""

    code = "statement_implausible"
    title_en = "The statement cannot be of this account"
    title_ja = "この口座の明細とは考えられません"


class TwinInvalid(Unprocessable):
    """These two cannot be one project in two registries; `errors` say why."""

    code = "invalid_project_twin"
    title_en = "The two projects cannot be twins"
    title_ja = "二つの登録簿にまたがるプロジェクトとして登録できません"
