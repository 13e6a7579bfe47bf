"""What is refused about earnings and payouts?"""

from typing import ClassVar

from app.core.errors import Conflict, Forbidden, InvalidState, NotFound, Unprocessable


class PayoutNotFound(NotFound):
    """404: there is no such payout, or it is another provider's."""

    code: ClassVar[str] = "payout_not_found"
    title_en: ClassVar[str] = "The payout was not found"
    title_ja: ClassVar[str] = "精算が見つかりません"


class PayoutFileNotFound(NotFound):
    """404: there is no such file of transfers."""

    code: ClassVar[str] = "payout_file_not_found"
    title_en: ClassVar[str] = "The file of transfers was not found"
    title_ja: ClassVar[str] = "総合振込ファイルが見つかりません"


class LineReturnNotFound(NotFound):
    """404: no account was named under this id for money of an unknown payer."""

    code: ClassVar[str] = "line_return_not_found"
    title_en: ClassVar[str] = "The return of a line was not found"
    title_ja: ClassVar[str] = "入金の返却が見つかりません"


class CommissionRateNotFound(NotFound):
    """404: there is no such rate of commission."""

    code: ClassVar[str] = "commission_rate_not_found"
    title_en: ClassVar[str] = "The rate of commission was not found"
    title_ja: ClassVar[str] = "手数料率が見つかりません"


class PayoutAccountNotFound(NotFound):
    """404: no bank account was named for payouts yet, or it is another provider's."""

    code: ClassVar[str] = "payout_account_not_found"
    title_en: ClassVar[str] = "There is no bank account for payouts"
    title_ja: ClassVar[str] = "精算先の口座が登録されていません"


class OriginatorNotFound(NotFound):
    """404: the account that the desk pays from was not set yet."""

    code: ClassVar[str] = "payout_originator_not_found"
    title_en: ClassVar[str] = "The account that is paid from is not set"
    title_ja: ClassVar[str] = "振込元の口座が設定されていません"


class ConnectedAccountNotFound(NotFound):
    """404: you have no account at the payment provider yet. Make it first."""

    code: ClassVar[str] = "stripe_account_not_found"
    title_en: ClassVar[str] = "There is no connected account"
    title_ja: ClassVar[str] = "決済事業者の連携アカウントがありません"


class StripePayoutNotFound(NotFound):
    """404: there is no such payout of the payment provider to the desk's bank."""

    code: ClassVar[str] = "stripe_payout_not_found"
    title_en: ClassVar[str] = "The payment provider's payout was not found"
    title_ja: ClassVar[str] = "決済事業者からの入金が見つかりません"


class ProviderNotFound(NotFound):
    """404: no provider has this id."""

    code: ClassVar[str] = "provider_not_found"
    title_en: ClassVar[str] = "The provider was not found"
    title_ja: ClassVar[str] = "プロバイダーが見つかりません"


class PayoutFieldsInvalid(Unprocessable):
    """422: some fields make no sense; `errors` names them."""

    code: ClassVar[str] = "payout_fields_invalid"
    title_en: ClassVar[str] = "Some fields are not valid"
    title_ja: ClassVar[str] = "入力内容に誤りがあります"


class RatesOverlap(Conflict):
    """409: another rate for the same provider and category is valid on one of these days. End it first."""

    code: ClassVar[str] = "commission_rates_overlap"
    title_en: ClassVar[str] = "Two rates would be valid at once"
    title_ja: ClassVar[str] = "同じ条件の手数料率と期間が重複しています"


class NothingToPay(Conflict):
    """409: nothing is paid to this provider now; `reason` says why, `due_minor` what would be due in yen."""

    code: ClassVar[str] = "nothing_to_pay"
    title_en: ClassVar[str] = "There is nothing to pay"
    title_ja: ClassVar[str] = "支払対象がありません"


class PayoutNotPayable(Conflict):
    """409: the payout cannot be approved as it is; `reason` says why. Cancel it, and make another."""

    code: ClassVar[str] = "payout_not_payable"
    title_en: ClassVar[str] = "The payout cannot be paid as it is"
    title_ja: ClassVar[str] = "この精算はそのままでは支払えません"


class ApprovedBySomebodyElse(Conflict):
    """409: whoever made a payout cannot approve it too. Ask a colleague."""

    code: ClassVar[str] = "payout_second_person_needed"
    title_en: ClassVar[str] = "A second person must approve the payout"
    title_ja: ClassVar[str] = "作成者とは別の担当者の承認が必要です"


class PeoplePayOut(Forbidden):
    """403: this is decided by a person who is signed in, not by an API key."""

    code: ClassVar[str] = "payout_person_needed"
    title_en: ClassVar[str] = "Only a person may decide this"
    title_ja: ClassVar[str] = "この操作はログインした担当者のみ行えます"


class PayoutsChanged(Conflict):
    """409: payouts were approved or canceled while the file was made. Make it once more."""

    code: ClassVar[str] = "payouts_changed"
    title_en: ClassVar[str] = "The payouts changed in the meantime"
    title_ja: ClassVar[str] = "ファイル作成中に精算の状態が変わりました"


class FileRefused(Unprocessable):
    """422: no file of transfers can be made; `errors` names records and fields."""

    code: ClassVar[str] = "payout_file_refused"
    title_en: ClassVar[str] = "The file of transfers cannot be made"
    title_ja: ClassVar[str] = "総合振込ファイルを作成できません"


class NothingApproved(Conflict):
    """409: no approved payout waits for a file of transfers."""

    code: ClassVar[str] = "no_approved_payouts"
    title_en: ClassVar[str] = "No approved payout waits for a file"
    title_ja: ClassVar[str] = "承認済みの精算がありません"


class LineDoesNotFit(InvalidState):
    """409: the bank's line is not the one: its amount or direction differs, or it does not wait for a person."""

    code: ClassVar[str] = "bank_line_does_not_fit"
    title_en: ClassVar[str] = "The bank's line does not fit"
    title_ja: ClassVar[str] = "銀行明細が一致しません"


class ReversalTooLarge(Conflict):
    """409: more would be taken back than the payout has left; `left_minor` is that, in yen."""

    code: ClassVar[str] = "reversal_too_large"
    title_en: ClassVar[str] = "More would be taken back than was paid"
    title_ja: ClassVar[str] = "取消可能額を超えています"


class MoreThanWasEarned(Conflict):
    """409: more would be given back than the provider sold in this order, or regained than was lost."""

    code: ClassVar[str] = "more_than_was_earned"
    title_en: ClassVar[str] = "More than was sold would be given back"
    title_ja: ClassVar[str] = "売上を超える返金はできません"


class ConnectedAccountRefused(Conflict):
    """409: the payment provider would not open an account; `reason` is its code."""

    code: ClassVar[str] = "stripe_account_refused"
    title_en: ClassVar[str] = "The connected account could not be opened"
    title_ja: ClassVar[str] = "連携アカウントを開設できません"


class StripeNotUsed(Conflict):
    """409: this desk does not pay through the payment provider."""

    code: ClassVar[str] = "stripe_not_used"
    title_en: ClassVar[str] = "This desk pays by bank transfer alone"
    title_ja: ClassVar[str] = "このデスクは銀行振込のみで支払います"
