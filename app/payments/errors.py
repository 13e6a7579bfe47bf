"""What is refused about payments and bank statements?"""

from typing import ClassVar

from app.core.errors import Conflict, InvalidState, NotFound, Unprocessable


class BankFileRefused(Unprocessable):
    """422: some rows of the statement cannot be read. Nothing of it was taken; `errors` names rows and columns."""

    code: ClassVar[str] = "bank_file_refused"
    title_en: ClassVar[str] = "The bank statement was refused"
    title_ja: ClassVar[str] = "銀行明細を取り込めません"


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
