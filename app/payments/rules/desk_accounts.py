"""Which accounts does the desk have at its banks, and what does each bank do its own way?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.payments.rules.zengin import BankPractice

FileType = Literal["notices", "statements"]
TYPE_CODES: Final[Mapping[FileType, str]] = {"notices": "01", "statements": "03"}
"""種別コード: 振込入金通知 and 入出金取引明細."""
_KINDS: Final[Mapping[str, str]] = {"ordinary": "1", "current": "2", "savings": "4"}


@dataclass(frozen=True, slots=True)
class DeskAccount:
    """An account of the desk's that files of its bank may be of."""

    bank_code: str
    branch_code: str
    account_kind: Literal["ordinary", "current", "savings"]
    account_number: str
    followed_by: FileType
    """A notice and a statement tell of one movement in different words: an account is followed by one of them."""
    years: Literal["japanese", "western"]
    inquiry_numbers: Literal["of_the_bank", "of_the_movement", "of_the_file"]
    virtual_accounts: Literal["none", "payer_code", "name_end", "edi"]

    @property
    def key(self) -> str:
        """One text per account, as in the bank's own files."""
        return f"{self.bank_code}-{self.branch_code}-{_KINDS[self.account_kind]}-{self.account_number}"

    @property
    def practice(self) -> BankPractice:
        """How its files are read."""
        return BankPractice(self.years, self.inquiry_numbers, self.virtual_accounts)


def listed_twice(accounts: Sequence[DeskAccount]) -> list[int]:
    """The places of accounts that stand further ahead already."""
    keys = [account.key for account in accounts]
    return [place for place, key in enumerate(keys) if key in keys[:place]]
