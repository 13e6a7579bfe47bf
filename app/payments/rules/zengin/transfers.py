"""What is a file of transfers (総合振込, 種別コード 21) made of, and does each field fit?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from app.payments.rules.zengin.characters import TextKind
from app.payments.rules.zengin.errors import ZenginError
from app.payments.rules.zengin.kana import Unspellable, to_zengin_kana

AccountKind = Literal["ordinary", "current", "savings", "other"]
Speed = Literal["telegraphic", "by_document", "unsaid"]
NewCode = Literal["known", "first", "changed"]
ACCOUNT_KINDS: Final[Mapping[AccountKind, str]] = {"ordinary": "1", "current": "2", "savings": "4", "other": "9"}
SPEEDS: Final[Mapping[Speed, str]] = {"telegraphic": "7", "by_document": "8", "unsaid": " "}
"""振込指定区分: テレ振込 and 文書振込. Banks may send all by wire whatever it says (GMOあおぞらネット銀行's API does)."""
NEW_CODES: Final[Mapping[str, NewCode]] = {"0": "known", "1": "first", "2": "changed"}
_NEW_DIGITS: Final[Mapping[NewCode, str]] = {word: digit for digit, word in NEW_CODES.items()}
AMOUNT_MAX_MINOR: Final = 9_999_999_999
"""Ten digits of yen."""
TRANSFERS_MAX: Final = 999_999
"""The trailer's count has six digits."""
RECIPIENT_WIDTH: Final = 30


@dataclass(frozen=True, slots=True)
class Originator:
    """Who pays, from which account, and when. Names in kana of any width."""

    code: str
    """振込依頼人コード: up to ten digits that the bank gave."""
    name: str
    transfer_on: date
    """A day on which the bank is open; only month and day are written."""
    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    account_kind: Literal["ordinary", "current", "other"]
    account_number: str


@dataclass(frozen=True, slots=True)
class CustomerCodes:
    """Two numbers of up to ten digits by which the payer knows the recipient; "" for none."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class EdiText:
    """Up to twenty columns that travel with the transfer to the recipient (識別表示 Y)."""

    text: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment out: yen to an account in Japan."""

    bank_code: str
    bank_name: str
    """May be "": the code decides."""
    branch_code: str
    branch_name: str
    account_kind: AccountKind
    account_number: str
    recipient: str
    """The account's name as the bank knows it, in kana."""
    amount_minor: int
    new_code: NewCode
    """新規コード: whether this recipient was paid before."""
    attached: CustomerCodes | EdiText
    speed: Speed


@dataclass(frozen=True, slots=True)
class Cut:
    """A recipient's name that did not fit: the first 30 columns stand in the file.

    That is what banks ask for and do (池田泉州銀行, sihd-bk.jp furicyu.html: enter the first 30; GMOあおぞらネット銀行: what is behind the
    30th is dropped), but some recipients' banks send the money back: a person should see it.
    """

    record: int
    spelt: str
    written: str


def originator_cells(originator: Originator) -> tuple[dict[str, str], list[ZenginError]]:
    """The header's fields, and what is wrong with them. A name that is too long is an error here: it is our own."""
    cells = {"type_code": "21", "encoding": "0", "transfer_on": f"{originator.transfer_on:%m%d}"}
    cells["account_kind"] = ACCOUNT_KINDS[originator.account_kind]
    errors = list(_numbers(1, cells, {"code": (originator.code, 10), "account_number": (originator.account_number, 7)}))
    errors += _places(1, cells, originator)
    errors += _spelt(1, cells, "name", originator.name, "name")
    errors += _too_long(1, "name", cells["name"], 40)
    return cells, errors


def transfer_cells(record: int, transfer: Transfer) -> tuple[dict[str, str], list[ZenginError], Cut | None]:
    """A data record's fields, what is wrong with them, and a name that was cut."""
    cells = {"clearing_house": "0000", "account_kind": ACCOUNT_KINDS[transfer.account_kind]}
    cells |= {"new_code": _NEW_DIGITS[transfer.new_code], "speed": SPEEDS[transfer.speed]}
    errors = list(_numbers(record, cells, {"account_number": (transfer.account_number, 7)}))
    errors += _places(record, cells, transfer)
    errors += _spelt(record, cells, "recipient", transfer.recipient, "name")
    errors += _attached(record, cells, transfer.attached)
    if transfer.amount_minor == 0:
        errors.append(ZenginError(record, "amount", "zero_amount", "A transfer is not of nothing."))
    elif not 0 < transfer.amount_minor <= AMOUNT_MAX_MINOR:
        detail = f"A transfer is of 1 to {AMOUNT_MAX_MINOR} yen."
        errors.append(ZenginError(record, "amount", "amount_out_of_range", detail))
    cells["amount"] = str(transfer.amount_minor)
    spelt = cells["recipient"]
    cells["recipient"] = spelt[:RECIPIENT_WIDTH]
    cut = Cut(record, spelt, cells["recipient"]) if len(spelt) > RECIPIENT_WIDTH else None
    return cells, errors, cut


def count_errors(transfers: Sequence[Transfer]) -> Iterator[ZenginError]:
    """Whether there are too few or too many transfers for a file."""
    if not transfers:
        yield ZenginError(0, "", "no_transfers", "There is nothing to pay.")
    if len(transfers) > TRANSFERS_MAX:
        yield ZenginError(0, "", "too_many_transfers", f"A file has at most {TRANSFERS_MAX} transfers.")


def _places(record: int, cells: dict[str, str], at: Originator | Transfer) -> Iterator[ZenginError]:
    """Bank and branch. Their names are optional: the codes decide."""
    for field, code, width in (("bank_code", at.bank_code, 4), ("branch_code", at.branch_code, 3)):
        cells[field] = code
        if not (len(code) == width and code.isascii() and code.isdigit()):
            yield ZenginError(record, field, "not_digits", f"{code!r} is not {width} digits.")
    for field, name in (("bank_name", at.bank_name), ("branch_name", at.branch_name)):
        cells[field] = ""
        if name:
            yield from _spelt(record, cells, field, name, "branch")
            yield from _too_long(record, field, cells[field], 15)


def _attached(record: int, cells: dict[str, str], attached: CustomerCodes | EdiText) -> Iterator[ZenginError]:
    if isinstance(attached, EdiText):
        cells["edi_mark"] = "Y"
        yield from _spelt(record, cells, "customer_codes", attached.text, "edi")
        yield from _too_long(record, "customer_codes", cells["customer_codes"], 20)
        return
    cells["edi_mark"] = ""
    codes = {"first": (attached.first or "0", 10), "second": (attached.second or "0", 10)}
    apart: dict[str, str] = {}
    for error in _numbers(record, apart, codes):
        yield ZenginError(record, "customer_codes", error.code, error.detail)
    cells["customer_codes"] = apart["first"].zfill(10) + apart["second"].zfill(10)


def _numbers(record: int, cells: dict[str, str], given: Mapping[str, tuple[str, int]]) -> Iterator[ZenginError]:
    for field, (digits, width) in given.items():
        cells[field] = digits
        if not (digits.isascii() and digits.isdigit()):
            yield ZenginError(record, field, "not_digits", f"{digits!r} is not a number.")
        elif len(digits) > width:
            yield ZenginError(record, field, "too_long", f"{digits} has more than {width} digits.")


def _spelt(record: int, cells: dict[str, str], field: str, text: str, kind: TextKind) -> Iterator[ZenginError]:
    match to_zengin_kana(text, kind=kind):
        case Unspellable() as wrong:
            cells[field] = ""
            yield ZenginError(record, field, wrong.code, wrong.detail)
        case spelt:
            cells[field] = spelt


def _too_long(record: int, field: str, spelt: str, width: int) -> Iterator[ZenginError]:
    if len(spelt) > width:
        yield ZenginError(record, field, "too_long", f"{spelt} has {len(spelt)} columns, and {width} are there.")
