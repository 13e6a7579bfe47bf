"""What may somebody be told about the book that cannot be?"""

from app.core.errors import Conflict, Forbidden, NotFound, Unprocessable


class MonthNotReady(Conflict):
    """This month cannot be closed yet; `blockers` names each reason with its count and where to look."""

    code = "month_not_ready"
    title_en = "The month cannot be closed yet"
    title_ja = "この月はまだ締められません"
    remedy_en = "Settle what `blockers` names, each at its `link`, and ask again."
    remedy_ja = "`blockers` に示された各項目を `link` 先で解決してから再度お試しください。"


class MonthInvalid(Unprocessable):
    """This is no month: write it like 2026-11."""

    code = "invalid_month"
    title_en = "This is no month"
    title_ja = "月の指定に誤りがあります"


class CloseNotFound(NotFound):
    """No month was proposed for closing under this id."""

    code = "close_not_found"
    title_en = "No such close"
    title_ja = "月次締めが見つかりません"


class CloserIsProposer(Conflict):
    """Who proposed the close cannot confirm it: it takes two people."""

    code = "second_person_closes"
    title_en = "A second person must close the month"
    title_ja = "別の担当者による確定が必要です"


class DifferenceNotFound(NotFound):
    """There is no difference with this id."""

    code = "difference_not_found"
    title_en = "No such difference"
    title_ja = "差異が見つかりません"


class PersonNeeded(Forbidden):
    """A person decides this; an API key cannot."""

    code = "person_needed"
    title_en = "A person must decide this"
    title_ja = "担当者本人による操作が必要です"
    remedy_en = "Sign in as a member of the desk."
    remedy_ja = "運営者のメンバーとしてサインインしてください。"


class ProposerCannotAgree(Conflict):
    """Who proposed how a difference is settled cannot agree to it: what posts money takes two people."""

    code = "proposer_cannot_agree"
    title_en = "A second person must agree"
    title_ja = "提案者以外の承認が必要です"


class CounterAccountInvalid(Unprocessable):
    """A correction names the account that it is booked against, and a write-off names none."""

    code = "invalid_counter_account"
    title_en = "The counter account does not fit"
    title_ja = "相手勘定の指定に誤りがあります"


class AccountUnknown(NotFound):
    """The book has no such account."""

    code = "account_unknown"
    title_en = "No such account"
    title_ja = "勘定が見つかりません"
