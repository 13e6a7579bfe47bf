"""What is refused about payments and bank statements?"""

from typing import ClassVar

from app.core.errors import BadRequest, Conflict, InvalidState, NotFound, Unavailable, Unprocessable


class BankFileRefused(Unprocessable):
    """422: some rows of the statement cannot be read. Nothing of it was taken; `errors` names rows and columns."""

    code: ClassVar[str] = "bank_file_refused"
    title_en: ClassVar[str] = "The bank statement was refused"
    title_ja: ClassVar[str] = "銀行明細を取り込めません"


class BankAccountsInvalid(Unprocessable):
    """422: the list of the desk's accounts, or the range of virtual ones, contradicts itself; `errors` says where."""

    code: ClassVar[str] = "bank_accounts_invalid"
    title_en: ClassVar[str] = "The accounts cannot be listed like this"
    title_ja: ClassVar[str] = "口座の指定に誤りがあります"


class BankLineContradicts(Conflict):
    """409: a known movement stands in the statement with another day or amount. Nothing of it was taken."""

    code: ClassVar[str] = "bank_line_contradicts"
    title_en: ClassVar[str] = "A known movement has another day or amount here"
    title_ja: ClassVar[str] = "取込済みの明細と日付または金額が一致しません"


class LineNotFound(NotFound):
    """404: there is no such line of a bank statement."""

    code: ClassVar[str] = "bank_line_not_found"
    title_en: ClassVar[str] = "The line of the bank statement was not found"
    title_ja: ClassVar[str] = "銀行明細の行が見つかりません"


class PaymentNotFound(NotFound):
    """404: there is no such payment, or it is another organisation's."""

    code: ClassVar[str] = "payment_not_found"
    title_en: ClassVar[str] = "The payment was not found"
    title_ja: ClassVar[str] = "支払いが見つかりません"


class AttemptNotFound(NotFound):
    """404: there is no such try to pay, or it is another organisation's."""

    code: ClassVar[str] = "payment_attempt_not_found"
    title_en: ClassVar[str] = "The payment was not found"
    title_ja: ClassVar[str] = "お支払いが見つかりません"


class MethodUnavailable(Conflict):
    """409: this order cannot be paid in this way: its amount, its deadline, or this desk's own choice speaks against it."""

    code: ClassVar[str] = "payment_method_unavailable"
    title_en: ClassVar[str] = "This way of paying is not available"
    title_ja: ClassVar[str] = "この支払方法は利用できません"


class MethodRefused(Conflict):
    """409: the payment provider would not begin this payment; `reason` is its code. Choose another way."""

    code: ClassVar[str] = "payment_method_refused"
    title_en: ClassVar[str] = "The payment could not be begun"
    title_ja: ClassVar[str] = "お支払いを開始できません"


class TooManyAttempts(Conflict):
    """409: this order was tried to be paid very often. Use one of the payments that are open."""

    code: ClassVar[str] = "too_many_payment_attempts"
    title_en: ClassVar[str] = "Too many payments were begun"
    title_ja: ClassVar[str] = "お支払いの開始回数が上限に達しました"


class StripeUnreachable(Unavailable):
    """503: the payment provider gave no answer. The same request with the same key goes on where it stopped."""

    code: ClassVar[str] = "payment_provider_unreachable"
    title_en: ClassVar[str] = "The payment provider gives no answer"
    title_ja: ClassVar[str] = "決済事業者から応答がありません"


class WebhookRefused(BadRequest):
    """400: this is not a message of Stripe's to this desk; `reason` names what is wrong. Nothing was taken."""

    code: ClassVar[str] = "webhook_refused"
    title_en: ClassVar[str] = "The webhook was refused"
    title_ja: ClassVar[str] = "Webhook を受理できません"


class PaymentDisputeNotFound(NotFound):
    """404: there is no such dispute."""

    code: ClassVar[str] = "payment_dispute_not_found"
    title_en: ClassVar[str] = "The dispute was not found"
    title_ja: ClassVar[str] = "異議申立てが見つかりません"


class RefundNotFound(NotFound):
    """404: there is no such refund, or it is another organisation's."""

    code: ClassVar[str] = "refund_not_found"
    title_en: ClassVar[str] = "The refund was not found"
    title_ja: ClassVar[str] = "返金が見つかりません"


class RefundNotPayable(InvalidState):
    """409: the refund, or the line of the bank, is not in a state for this."""

    code: ClassVar[str] = "refund_not_payable"
    title_en: ClassVar[str] = "The refund cannot be paid in this way"
    title_ja: ClassVar[str] = "この返金は処理できません"


class PayerNameInvalid(Unprocessable):
    """422: banks cannot write this name, or nothing of it tells one payer from another; `errors` says why."""

    code: ClassVar[str] = "payer_name_invalid"
    title_en: ClassVar[str] = "The payer's name cannot be used"
    title_ja: ClassVar[str] = "この振込名義は使用できません"


class PayerNameExists(Conflict):
    """409: your organisation has this name already, in this or another spelling."""

    code: ClassVar[str] = "payer_name_exists"
    title_en: ClassVar[str] = "The payer's name is there already"
    title_ja: ClassVar[str] = "この振込名義は登録済みです"


class TooManyPayerNames(Conflict):
    """409: an organisation has only so many names; `limit` says how many. Remove one that you no longer pay under."""

    code: ClassVar[str] = "too_many_payer_names"
    title_en: ClassVar[str] = "There are too many payer's names"
    title_ja: ClassVar[str] = "振込名義の登録数が上限に達しました"


class PayerNameNotFound(NotFound):
    """404: there is no such payer's name, or it is another organisation's."""

    code: ClassVar[str] = "payer_name_not_found"
    title_en: ClassVar[str] = "The payer's name was not found"
    title_ja: ClassVar[str] = "振込名義が見つかりません"


class PaymentReferenceUnknown(Unprocessable):
    """422: no payment has this reference."""

    code: ClassVar[str] = "payment_reference_unknown"
    title_en: ClassVar[str] = "No payment has this reference"
    title_ja: ClassVar[str] = "この照会番号の支払いはありません"


class LineNotResolvable(InvalidState):
    """409: the line does not wait for a person, or this resolution does not fit it."""

    code: ClassVar[str] = "bank_line_not_resolvable"
    title_en: ClassVar[str] = "The line cannot be resolved this way"
    title_ja: ClassVar[str] = "この明細はこの方法では処理できません"
