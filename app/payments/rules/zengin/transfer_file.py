"""How is a file of transfers (総合振込) written?

Records of 120 bytes: one header, a data record per transfer, a trailer with count and sum, an end record. What banks differ
in is given by the caller: line ends (CR LF or none, as 宮崎銀行 and 群馬銀行 say) and the mark 0x1A behind the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.payments.rules.zengin.characters import as_bytes
from app.payments.rules.zengin.errors import ERRORS_MAX, RefusedZengin, ZenginError
from app.payments.rules.zengin.layouts import (
    TRANSFER_END,
    TRANSFER_HEADER,
    TRANSFER_ROW,
    TRANSFER_TRAILER,
    Layout,
)
from app.payments.rules.zengin.transfers import (
    Cut,
    Originator,
    Transfer,
    count_errors,
    originator_cells,
    transfer_cells,
)

LineEnd = Literal["crlf", "none"]
EndMark = Literal["0x1a", "none"]
_LINE_ENDS: Final[Mapping[LineEnd, bytes]] = {"crlf": b"\r\n", "none": b""}
_END_MARKS: Final[Mapping[EndMark, bytes]] = {"0x1a": b"\x1a", "none": b""}
_TOTAL_MAX_MINOR: Final = 10**12 - 1


@dataclass(frozen=True, slots=True)
class TransferFile:
    """A file for the bank: what it pays in yen, and whose names were cut."""

    content: bytes
    count: int
    total_minor: int
    cut: tuple[Cut, ...]


def write_transfers(
    originator: Originator, transfers: Sequence[Transfer], *, line_end: LineEnd, end_mark: EndMark
) -> TransferFile | RefusedZengin:
    """The file, or why no file can be made: every field that does not fit, with its record, up to `ERRORS_MAX`.

    Texts are spelt as banks do (`to_zengin_kana`). The same input gives the same bytes.
    """
    header, errors = originator_cells(originator)
    errors = [*count_errors(transfers), *errors]
    records, cuts = [_written(TRANSFER_HEADER, header)], []
    for record, transfer in enumerate(transfers, start=2):
        cells, wrong, cut = transfer_cells(record, transfer)
        errors += wrong
        if len(errors) > ERRORS_MAX:
            return RefusedZengin((*errors[:ERRORS_MAX], _too_many(record)))
        cuts += [cut] if cut else []
        records.append(b"" if wrong else _written(TRANSFER_ROW, cells))
    total_minor = sum(transfer.amount_minor for transfer in transfers)
    if not errors and total_minor > _TOTAL_MAX_MINOR:
        errors.append(ZenginError(0, "total", "amount_out_of_range", f"A file pays at most {_TOTAL_MAX_MINOR} yen."))
    if errors:
        return RefusedZengin(tuple(errors))
    records.append(_written(TRANSFER_TRAILER, {"count": str(len(transfers)), "total": str(total_minor)}))
    records.append(_written(TRANSFER_END, {}))
    end = _LINE_ENDS[line_end]
    content = b"".join(record + end for record in records) + _END_MARKS[end_mark]
    return TransferFile(content, len(transfers), total_minor, tuple(cuts))


def _too_many(record: int) -> ZenginError:
    detail = f"There are more than {ERRORS_MAX} errors; no transfer behind this one was looked at."
    return ZenginError(record, "", "too_many_errors", detail)


def _written(layout: Layout, cells: Mapping[str, str]) -> bytes:
    """The record's bytes: numbers filled with zeros, texts with spaces. The cells are known to fit."""
    text = layout.begins + "".join(
        cells.get(field.name, "").rjust(field.width, "0")
        if field.kind in {"digits", "maybe_digits"}
        else cells.get(field.name, "").ljust(field.width)
        for field in layout.fields
    )
    return as_bytes(text)
