"""In which layout is a bank's file written, and what does it hold?

A header of ours begins with the name of a column, a bank's fixed-width record with a digit (データ区分): the first byte
tells. A file of a bank is of accounts that the desk has listed; which one decides how it is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.payments.rules.bank_file import ROWS_MAX, KeyedMovement, read_bank_file, told_once
from app.payments.rules.desk_accounts import TYPE_CODES, DeskAccount
from app.payments.rules.zengin import (
    AccountOpened,
    BankPractice,
    OwnAccount,
    Reading,
    ZenginError,
    ZenginMovement,
    heading,
    keyed_movements,
    read_movements,
)

_BOM: Final = b"\xef\xbb\xbf"
_EBCDIC_HEADER: Final = b"\xf1"
_UNKNOWN_PRACTICE: Final = BankPractice("japanese", "of_the_movement", "none")
"""For a file whose header cannot be read: it is refused whatever its bank's ways are."""


@dataclass(frozen=True, slots=True)
class FileError:
    """One thing wrong with a file. `place` is the row (a bank's record is one) with its field, as in a pointer."""

    place: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class StatementRead:
    """What a file holds. One error is enough to refuse it whole; then there are no movements."""

    movements: tuple[KeyedMovement, ...]
    rows: int
    errors: tuple[FileError, ...]


def read_statement_file(content: bytes, accounts: Sequence[DeskAccount], *, latest: date) -> StatementRead:
    """Read a statement in our CSV layout, or a bank's notices (01) or statements (03); raises nothing of its own.

    `latest` is the last day that the bank may have booked.
    """
    first = content.removeprefix(_BOM)[:1]
    if first.isdigit() or first == _EBCDIC_HEADER:
        return _zengin(content, accounts, latest)
    read = read_bank_file(content, latest=latest)
    errors = [FileError(_place(error.row, error.column), error.code, error.detail) for error in read.errors]
    return StatementRead(read.movements, read.rows, tuple(errors))


def _place(row: int, field: str) -> str:
    return f"/rows/{row}/{field}".rstrip("/")


def _zengin(content: bytes, accounts: Sequence[DeskAccount], latest: date) -> StatementRead:
    known = {account.key: account for account in accounts}
    head = heading(content)
    account = None if head is None else known.get(head[1].key)
    reading = Reading(_UNKNOWN_PRACTICE if account is None else account.practice, latest)
    errors: list[FileError] = []
    if head is not None and account is not None and head[0] != TYPE_CODES[account.followed_by]:
        detail = f"This account is followed by {account.followed_by} ({TYPE_CODES[account.followed_by]}) alone."
        errors.append(FileError(_place(1, "type_code"), "other_type_of_file", detail))
    rows = 0

    def counted() -> Iterator[ZenginMovement]:
        nonlocal rows
        for movement in _movements(content, reading, known, errors):
            rows += 1
            if rows > ROWS_MAX:
                place = _place(movement.record, "")
                errors.append(FileError(place, "too_many_rows", f"A file has at most {ROWS_MAX} movements."))
                return
            yield movement

    keyed, contradicting = told_once(keyed_movements(counted(), reading.practice))
    errors += [
        FileError(
            _place(record, "inquiry_number"),
            "reference_contradicts",
            f"Record {before} has the same number with another day or amount.",
        )
        for record, before in contradicting
    ]
    return StatementRead((), 0, tuple(errors)) if errors else StatementRead(keyed, rows, ())


def _movements(
    content: bytes, reading: Reading, known: dict[str, DeskAccount], errors: list[FileError]
) -> Iterator[ZenginMovement]:
    """The movements one by one; what is wrong goes into `errors`, and after the first no movement counts any more."""
    for told in read_movements([content], reading):
        match told:
            case ZenginMovement():
                yield told
            case ZenginError(record, field, code, detail):
                errors.append(FileError(_place(record, field), code, detail))
            case AccountOpened(record, account):
                errors += _account_errors(record, account, reading, known)


def _account_errors(
    record: int, account: OwnAccount, reading: Reading, known: dict[str, DeskAccount]
) -> Iterator[FileError]:
    place = _place(record, "account_number")
    listed = known.get(account.key)
    if listed is None:
        yield FileError(place, "unknown_account", f"{account.key} is no account of this desk's: list it first.")
    elif listed.practice != reading.practice:
        yield FileError(place, "other_practice", "This account's files are read in another way than the file's first.")
