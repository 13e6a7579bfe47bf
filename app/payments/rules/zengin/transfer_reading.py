"""Which transfers does a file of the desk's own (総合振込) hold?

For what was written to be looked at, or checked, before it goes to the bank: one account, every record whole, count and sum
as the trailer says. A file that another program wrote is read too, when it keeps to the association's records.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.payments.rules.zengin import layouts
from app.payments.rules.zengin.characters import as_text, likely_encoding, stray_byte
from app.payments.rules.zengin.days import next_day_of
from app.payments.rules.zengin.errors import ERRORS_MAX, RefusedZengin, ZenginCode, ZenginError
from app.payments.rules.zengin.frames import frames
from app.payments.rules.zengin.layouts import END, HEADER, ROW, TRAILER, Layout
from app.payments.rules.zengin.transfers import (
    ACCOUNT_KINDS,
    NEW_CODES,
    SPEEDS,
    CustomerCodes,
    EdiText,
    Originator,
    Transfer,
)

RECORD_BYTES: Final = 120
_LAYOUTS: Final[Mapping[str, Layout]] = {
    HEADER: layouts.TRANSFER_HEADER,
    ROW: layouts.TRANSFER_ROW,
    TRAILER: layouts.TRANSFER_TRAILER,
    END: layouts.TRANSFER_END,
}
_FOLLOWS: Final[Mapping[str, str]] = {"": HEADER, HEADER: ROW + TRAILER, ROW: ROW + TRAILER, TRAILER: END}
_MISSING: Final[Mapping[str, ZenginCode]] = {
    HEADER: "missing_header",
    ROW: "missing_trailer",
    ROW + TRAILER: "missing_trailer",
    END: "missing_end",
}
_KINDS: Final = {digit: kind for kind, digit in ACCOUNT_KINDS.items()}
_SPEEDS: Final = {digit.strip(): speed for speed, digit in SPEEDS.items()}


@dataclass(frozen=True, slots=True)
class ReadTransfers:
    """A whole file. Texts as the file spells them; numbers as wide as their fields."""

    originator: Originator
    transfers: tuple[Transfer, ...]
    total_minor: int


def read_transfers(content: bytes, *, not_before: date) -> ReadTransfers | RefusedZengin:
    """The file's transfers, or all that is wrong with it. Raises nothing of its own.

    A file names no year: its day is the first with that month and day on or after `not_before`.
    """
    told: list[Originator | Transfer | int | ZenginError] = []
    last = ""
    for framed in frames([content], width=RECORD_BYTES):
        if isinstance(framed, ZenginError):
            told.append(framed)
            break
        number, record = framed
        misplaced = _misplaced(number, chr(record[0]), last)
        if misplaced:
            told.append(misplaced)
            break
        last = chr(record[0])
        told += _told(number, record, not_before)
    errors = [one for one in told if isinstance(one, ZenginError)]
    if not errors and last != END:
        errors.append(ZenginError(0, "", _missing(last), "The file ends before its end record."))
    if errors:
        return RefusedZengin(tuple(errors[:ERRORS_MAX]))
    return _checked(told)


def _checked(told: list[Originator | Transfer | int | ZenginError]) -> ReadTransfers | RefusedZengin:
    """The whole, when the trailer's count and sum (the two numbers told) are those of the transfers."""
    transfers = tuple(one for one in told if isinstance(one, Transfer))
    (originator,) = (one for one in told if isinstance(one, Originator))
    count, total_minor = (one for one in told if isinstance(one, int))
    found_minor, trailer = sum(transfer.amount_minor for transfer in transfers), len(transfers) + 2
    errors = []
    if count != len(transfers):
        detail = f"The trailer says {count} transfers, and there are {len(transfers)}."
        errors.append(ZenginError(trailer, "count", "wrong_count", detail))
    if total_minor != found_minor:
        detail = f"The trailer says {total_minor} yen, and the transfers make {found_minor}."
        errors.append(ZenginError(trailer, "total", "wrong_total", detail))
    return RefusedZengin(tuple(errors)) if errors else ReadTransfers(originator, transfers, total_minor)


def _misplaced(number: int, begins: str, last: str) -> ZenginError | None:
    if begins in _FOLLOWS[last]:
        return None
    if begins not in _LAYOUTS:
        # A stray byte is told as such, with its place.
        if not begins.isascii():
            detail = f"Byte 1 of the record is 0x{ord(begins):02X}."
            return ZenginError(number, "", "undecodable_byte", detail)
        return ZenginError(number, "", "unknown_record", f"データ区分 is 1, 2, 8 or 9, not {begins!r}.")
    return ZenginError(number, "", _missing(last), f"A record of データ区分 {begins} does not belong here.")


def _missing(last: str) -> ZenginCode:
    return _MISSING[_FOLLOWS[last]]


def _told(number: int, record: bytes, not_before: date) -> Iterator[Originator | Transfer | int | ZenginError]:
    layout = _LAYOUTS[chr(record[0])]
    place = stray_byte(record)
    if place is not None:
        detail = f"Byte {place + 1} of the record is 0x{record[place]:02X}: {likely_encoding(record)}."
        yield ZenginError(number, layout.field_at(place), "undecodable_byte", detail)
        return
    cells = layout.cells(as_text(record))
    if cells is None:
        for field in layout.not_digits(as_text(record)):
            detail = f"{field.title} is to be {field.width} digits."
            yield ZenginError(number, field.name, "not_digits", detail)
        return
    match chr(record[0]):
        case "1":
            yield from _originator(number, cells, not_before)
        case "2":
            yield from _transfer(number, cells)
        case "8":
            yield from (int(cells["count"]), int(cells["total"]))


def _originator(number: int, cells: Mapping[str, str], not_before: date) -> Iterator[Originator | ZenginError]:
    day = next_day_of(cells["transfer_on"], not_before=not_before)
    kind = _KINDS.get(cells["account_kind"])
    if cells["type_code"] != "21":
        detail = f"種別コード 21 is a file of transfers, not {cells['type_code']}."
        yield ZenginError(number, "type_code", "unsupported_type", detail)
    if cells["encoding"] != "0":
        yield ZenginError(number, "encoding", "ebcdic", "コード区分 is to be 0 (JIS).")
    if day is None:
        yield ZenginError(number, "transfer_on", "bad_date", f"{cells['transfer_on']} has no such month or day.")
    if kind is None or kind == "savings":
        yield ZenginError(number, "account_kind", "unknown_word", "預金種目 of the payer is 1, 2 or 9.")
    if not cells["name"]:
        yield ZenginError(number, "name", "empty_field", "The payer's name is missing.")
    if day is None or kind is None or kind == "savings":
        return
    yield Originator(
        code=cells["code"],
        name=cells["name"],
        transfer_on=day,
        bank_code=cells["bank_code"],
        bank_name=cells["bank_name"],
        branch_code=cells["branch_code"],
        branch_name=cells["branch_name"],
        account_kind=kind,
        account_number=cells["account_number"],
    )


def _transfer(number: int, cells: Mapping[str, str]) -> Iterator[Transfer | ZenginError]:
    kind, new_code = _KINDS.get(cells["account_kind"]), NEW_CODES.get(cells["new_code"])
    speed = _SPEEDS.get(cells["speed"].strip("0"))
    if kind is None:
        yield ZenginError(number, "account_kind", "unknown_word", "預金種目 is 1, 2, 4 or 9.")
    if speed is None:
        yield ZenginError(number, "speed", "unknown_word", "振込指定区分 is 7, 8 or blank.")
    if new_code is None:
        yield ZenginError(number, "new_code", "unknown_word", "新規コード is 0, 1 or 2.")
    if cells["edi_mark"] not in {"", "Y"}:
        yield ZenginError(number, "edi_mark", "unknown_word", "識別表示 is Y or blank.")
    if not cells["recipient"]:
        yield ZenginError(number, "recipient", "empty_field", "The recipient's name is missing.")
    if int(cells["amount"]) == 0:
        yield ZenginError(number, "amount", "zero_amount", "A transfer is not of nothing.")
    if kind is None or speed is None or new_code is None:
        return
    yield Transfer(
        bank_code=cells["bank_code"],
        bank_name=cells["bank_name"],
        branch_code=cells["branch_code"],
        branch_name=cells["branch_name"],
        account_kind=kind,
        account_number=cells["account_number"],
        recipient=cells["recipient"],
        amount_minor=int(cells["amount"]),
        new_code=new_code,
        attached=_attached(cells),
        speed=speed,
    )


def _attached(cells: Mapping[str, str]) -> CustomerCodes | EdiText:
    codes = cells["customer_codes"]
    if cells["edi_mark"] == "Y":
        return EdiText(codes)
    return CustomerCodes(*(code if code.strip("0 ") else "" for code in (codes[:10], codes[10:])))
