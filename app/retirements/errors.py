"""What may somebody be told about a retirement or a registry task that cannot be?"""

from app.core.errors import Conflict, Forbidden, NotFound, Unprocessable


class RetirementNotFound(NotFound):
    """No retirement of this organisation has this id."""

    code = "retirement_not_found"
    title_en = "No such retirement"
    title_ja = "無効化の申請が見つかりません"


class RetirementInvalid(Unprocessable):
    """The text cannot stand in the registry, or the quantity is not the one that was asked for; `errors` say where."""

    code = "invalid_retirement"
    title_en = "The retirement is not valid"
    title_ja = "無効化の内容に誤りがあります"


class TaskNotFound(NotFound):
    """No registry task of this organisation has this id."""

    code = "registry_task_not_found"
    title_en = "No such registry task"
    title_ja = "登録簿の作業が見つかりません"


class TaskInvalid(Unprocessable):
    """What is said about the registry cannot be; `errors` point at the fields."""

    code = "invalid_registry_task"
    title_en = "The statement about the registry is not valid"
    title_ja = "登録簿の記録内容に誤りがあります"


class PeopleOnly(Forbidden):
    """Two people answer for what cannot be undone: this is done signed in, not with an API key."""

    code = "people_only"
    title_en = "Only a person may do this"
    title_ja = "この操作はログインした担当者のみ行えます"


class TaskClaimed(Conflict):
    """A colleague has claimed this task and is at work on it, for two hours at most. Ask them to give it back."""

    code = "task_claimed"
    title_en = "A colleague is at work on this task"
    title_ja = "別の担当者が作業中です"


class SecondPersonNeeded(Conflict):
    """Whoever prepared a task cannot check it too. Ask a colleague."""

    code = "second_person_needed"
    title_en = "A second person is needed"
    title_ja = "準備した担当者とは別の担当者による確認が必要です"


class NoticeMissing(Conflict):
    """The provider has not handed in the registry's notice: there is nothing to release the task by."""

    code = "notice_missing"
    title_en = "The registry's notice is missing"
    title_ja = "無効化通知書が提出されていません"


class NoticeUnreadable(Unprocessable):
    """The file is not what it says it is: a PDF, PNG or JPEG."""

    code = "notice_unreadable"
    title_en = "The notice is not a PDF, PNG or JPEG"
    title_ja = "通知書のファイル形式が正しくありません"


class MandateMissing(Conflict):
    """The buyer has not mandated anybody (委任) to have its credits invalidated: nobody may prepare the task."""

    code = "mandate_missing"
    title_en = "The buyer's mandate is missing"
    title_ja = "購入者の委任がありません"


class ConsentMissing(Conflict):
    """The account holder has not consented (許諾), neither for its account nor for this task."""

    code = "consent_missing"
    title_en = "The account holder's consent is missing"
    title_ja = "口座名義人の許諾がありません"


class NoticeNotAgreed(Conflict):
    """The registry's notice is not compared yet, or says something else than was asked for."""

    code = "notice_not_agreed"
    title_en = "The notice and the sheet are not agreed"
    title_ja = "通知書と作業票の一致が確認されていません"


class RegistryUnknown(NotFound):
    """This desk knows no registry with this code."""

    code = "registry_not_found"
    title_en = "No such registry"
    title_ja = "登録簿が見つかりません"


class RuleInvalid(Unprocessable):
    """There is no such rule, or its value is not of its kind; `errors` say why."""

    code = "invalid_registry_rule"
    title_en = "The rule is not valid"
    title_ja = "登録簿の規則に誤りがあります"


class PrecheckNotRequested(Conflict):
    """No pre-check sheet (無効化事前確認) was made of this task: there is nothing to answer."""

    code = "precheck_not_requested"
    title_en = "No pre-check was requested"
    title_ja = "事前確認を依頼していません"


class CaseNotFound(NotFound):
    """No retirement that waits for a decision, or waited, has this id."""

    code = "retirement_case_not_found"
    title_en = "No such case"
    title_ja = "判断待ちの無効化が見つかりません"


class DecisionInvalid(Unprocessable):
    """The decision does not follow from what is said to have been seen; `errors` point at the fields."""

    code = "invalid_decision"
    title_en = "The decision is not valid"
    title_ja = "判断の内容に誤りがあります"
