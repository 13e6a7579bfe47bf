"""What may somebody be told about an invoice that cannot be issued?"""

from app.core.errors import Conflict, Forbidden, NotFound, Unprocessable


class NothingToInvoice(Unprocessable):
    """A paper without a line says nothing."""

    code = "nothing_to_invoice"
    title_en = "There is nothing to invoice"
    title_ja = "請求する明細がありません"


class TooManyInvoiceLines(Unprocessable):
    """A paper has at most `lines_max` lines. Issue several."""

    code = "too_many_invoice_lines"
    title_en = "Too many lines for one paper"
    title_ja = "一つの書類の明細数が上限を超えています"


class InvoiceLineInvalid(Unprocessable):
    """A line's amount is not its quantity at its price, its rate is none, or it is there twice."""

    code = "invalid_invoice_line"
    title_en = "A line does not add up"
    title_ja = "明細の内容が正しくありません"


class LineOutsideMonth(Unprocessable):
    """A line of a combined invoice was supplied before or after the period that is closed."""

    code = "line_outside_month"
    title_en = "A line is outside the period"
    title_ja = "締め期間外の明細が含まれています"


class IssuerNotRegistered(Conflict):
    """Who issues is no qualified invoice issuer: without a number of its own it issues no qualified invoice."""

    code = "issuer_not_registered"
    title_en = "The issuer has no registration number"
    title_ja = "発行者に登録番号がありません"


class ProviderNotRegistered(Conflict):
    """A seller is no qualified invoice issuer, so that nobody can issue a qualified invoice for it."""

    code = "provider_not_registered"
    title_en = "A seller has no registration number"
    title_ja = "売手に登録番号がありません"


class RegistrationNotTold(Conflict):
    """A seller had not told the desk of its registration before it sold: the desk may not issue for it."""

    code = "registration_not_told"
    title_en = "The seller's registration was not notified before the sale"
    title_ja = "売手から登録の通知を取引前に受けていません"


class RegistrationNumberInvalid(Unprocessable):
    """A registration number is T and 13 digits; a corporation's digits carry a check digit."""

    code = "registration_number_invalid"
    title_en = "The registration number is not valid"
    title_ja = "登録番号が正しくありません"


class ReturnedTooMuch(Conflict):
    """More would be returned of a line than was sold and is not returned yet. `left` says how many units are."""

    code = "returned_too_much"
    title_en = "More is returned than was sold"
    title_ja = "返還数量が販売数量を超えています"


class PayoutBelowZero(Conflict):
    """A provider gave back more than it sold, or more commission is given back than charged: nothing is to be paid out."""

    code = "payout_below_zero"
    title_en = "There is nothing to pay out"
    title_ja = "支払額がマイナスです"


class DocumentNumberInvalid(Unprocessable):
    """A number is a series of letters, a year and at least six digits: INV-2026-000123."""

    code = "document_number_invalid"
    title_en = "The document number is not valid"
    title_ja = "書類番号の形式が正しくありません"


class PaymentTermsInvalid(Unprocessable):
    """Days of a month are 1 to 31 (31: the last), and an invoice falls due after its period is closed."""

    code = "payment_terms_invalid"
    title_en = "The terms of payment are not valid"
    title_ja = "支払条件が正しくありません"


class PaperNotFound(NotFound):
    """No paper that your organisation was given has this id."""

    code = "paper_not_found"
    title_en = "No such paper"
    title_ja = "書類が見つかりません"


class PaperNotRendered(NotFound):
    """The paper is issued and its PDF is being made, which takes a moment. Ask again."""

    code = "paper_not_rendered"
    title_en = "The PDF is being prepared"
    title_ja = "PDFを準備しています"


class PaperIncomplete(Conflict):
    """The paper would not say all that the law asks of its kind. `missing` names the particulars."""

    code = "paper_incomplete"
    title_en = "A particular is missing"
    title_ja = "記載事項が不足しています"


class DeskProfileMissing(Conflict):
    """The operator has not entered yet who issues papers: name, address, registration number."""

    code = "desk_profile_missing"
    title_en = "The issuer's particulars are not entered"
    title_ja = "発行者の情報が登録されていません"


class PaymentNotReceived(Conflict):
    """A receipt is given for money that came in; the order is not paid yet."""

    code = "payment_not_received"
    title_en = "The order is not paid yet"
    title_ja = "入金が確認できていません"


class NotAReceipt(Conflict):
    """A second copy is given of receipts alone: any other paper can be fetched as often as is wanted."""

    code = "not_a_receipt"
    title_en = "This paper is no receipt"
    title_ja = "領収書ではありません"


class CreditLineNotFound(NotFound):
    """The operator has granted this organisation no credit line."""

    code = "credit_line_not_found"
    title_en = "There is no credit line here"
    title_ja = "与信枠はありません"


class ProfileInvalid(Unprocessable):
    """The particulars cannot be printed or are not valid; `errors` point at the fields."""

    code = "invalid_profile"
    title_en = "The particulars are not valid"
    title_ja = "登録内容に誤りがあります"


class CreditNotGranted(Conflict):
    """The buyer has no credit line that is valid today."""

    code = "credit_not_granted"
    title_en = "There is no credit line"
    title_ja = "与信枠が設定されていません"


class CreditExceeded(Conflict):
    """More would be owed than the credit line allows. `available` is what can still be drawn."""

    code = "credit_exceeded"
    title_en = "The credit line is not enough"
    title_ja = "与信枠を超えています"


class CorrectionNotFound(NotFound):
    """No correction of a paper has this id."""

    code = "paper_correction_not_found"
    title_en = "No such correction"
    title_ja = "訂正が見つかりません"


class PaperNotCorrectable(Conflict):
    """Invoices and return invoices are corrected, no copies, and each once: then the corrected one is the newest."""

    code = "paper_not_correctable"
    title_en = "This paper cannot be corrected"
    title_ja = "この書類は訂正できません"


class CorrectionNeedsPerson(Forbidden):
    """Somebody who has signed in answers for a correction, no API key."""

    code = "paper_correction_needs_person"
    title_en = "A person must do this"
    title_ja = "担当者本人の操作が必要です"


class SecondPersonForCorrection(Conflict):
    """Whoever proposed a correction does not have it issued."""

    code = "second_person_needed_for_correction"
    title_en = "A second person decides about this"
    title_ja = "別の担当者による確認が必要です"
