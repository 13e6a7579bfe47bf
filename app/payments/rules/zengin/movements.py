"""What is one movement on an account, as a bank's file tells it?"""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from app.payments.rules.bank_file import KeyedMovement, key_of_reference
from app.payments.rules.bank_row import BankMovement
from app.payments.rules.zengin.days import YearCount

MovementKind = Literal[
    "cash", "transfer", "cheques", "clearing", "book_entry", "renewal", "other", "correction", "cancellation", "unsaid"
]
"""取引区分 10 to 15, 18 and 19 of a statement; a notice's 取消区分 makes a `cancellation`."""


@dataclass(frozen=True, slots=True)
class BankPractice:
    """What differs from bank to bank, and no file says: ask the bank."""

    years: YearCount
    inquiry_numbers: Literal["of_the_bank", "of_the_movement", "of_the_file"]
    """Whether a movement keeps its 照会番号 in every file and no other movement ever has it (`of_the_bank`), keeps it and
    shares it with movements of other days, or whether the number only counts the rows of one file."""
    virtual_account: Literal["none", "payer_code", "name_end", "edi"]
    """Where ten digits of a virtual account (three of its branch, seven of its number) stand, if the bank offers such
    accounts: the association's records have no field for them. The places are ours, from how banks describe their
    services (三菱UFJ銀行 leaves 37 of the name's 48 columns on such an account); not held against a bank's own file."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """The account that a block of a file is about."""

    bank_code: str
    branch_code: str
    kind: str
    """預金種目: 1 ordinary (普通), 2 current (当座), 4 savings (貯蓄)."""
    number: str
    """Seven digits, or more where the bank has more."""
    name: str

    @property
    def key(self) -> str:
        """One text per account."""
        return f"{self.bank_code}-{self.branch_code}-{self.kind}-{self.number}"


class ZenginMovement(NamedTuple):
    """One movement: yen, negative when money left the account. Texts in half-width katakana as the bank wrote them."""

    record: int
    account: OwnAccount
    booked_on: date
    value_on: date
    """From which day it bears interest (起算日); the booked day where the bank leaves it blank."""
    amount_minor: int
    kind: MovementKind
    inquiry_number: str
    """The bank's number for inquiries, "" where it gives none; not unique across days."""
    payer_code: str
    payer_name: str
    """Whoever ordered the transfer; of a direct debit, the number of its contract."""
    sender_bank: str
    sender_branch: str
    summary: str
    edi: str
    virtual_account: str
    """Ten digits, or "" (see `BankPractice.virtual_account`)."""


def bank_movement(movement: ZenginMovement, practice: BankPractice) -> BankMovement:
    """The movement as the desk's own statements hold it: summary and EDI information become the memo.

    A number that only counts a file's rows is no reference of the bank.
    """
    memo = " ".join(text for text in (movement.summary, movement.edi) if text)
    memo = sys.intern(memo)  # Banks say the same of most of a file's movements.
    reference = "" if practice.inquiry_numbers == "of_the_file" else movement.inquiry_number
    return BankMovement(
        movement.record,
        movement.booked_on,
        movement.amount_minor,
        movement.payer_name,
        memo,
        reference,
        movement.virtual_account,
    )


def keyed_movements(movements: Iterable[ZenginMovement], practice: BankPractice) -> Iterator[KeyedMovement]:
    """Each movement with the key that it has in every file of its kind; two true twins in one file are two.

    Where the bank gives a number to one movement for good, that is the key, the same as in the desk's own CSV files: one
    movement is one line whichever of them brings it. Otherwise the key is all that the bank says of it but its place: account, days, amount, kind, names, texts, and the inquiry number
    where that belongs to the movement. Twins are told apart by their order, so a file must hold whole days. A notice and a
    statement tell of one movement in different words: an account is followed by one of them, not by both. Remembers 16
    bytes and a count per different movement.
    """
    alike: Counter[bytes] = Counter()
    for movement in movements:
        if practice.inquiry_numbers == "of_the_bank" and movement.inquiry_number:
            yield KeyedMovement(bank_movement(movement, practice), key_of_reference(movement.inquiry_number))
            continue
        said = hashlib.sha256("\0".join(_said(movement, practice)).encode())
        told = said.digest()[:16]
        alike[told] += 1
        said.update(b"\0%d" % alike[told])
        yield KeyedMovement(bank_movement(movement, practice), f"zengin:{said.hexdigest()}")


def _said(movement: ZenginMovement, practice: BankPractice) -> tuple[str, ...]:
    return (
        movement.account.key,
        movement.booked_on.isoformat(),
        movement.value_on.isoformat(),
        str(movement.amount_minor),
        movement.kind,
        "" if practice.inquiry_numbers == "of_the_file" else movement.inquiry_number,
        movement.payer_code,
        movement.payer_name,
        movement.sender_bank,
        movement.sender_branch,
        movement.summary,
        movement.edi,
    )
