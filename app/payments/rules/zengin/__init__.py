"""The Japanese banks' fixed-width files (全銀協規定形式): transfers out, and what came in; decisions without a database."""

from app.payments.rules.zengin.blocks import AccountClosed, AccountOpened, FileEnd, heading
from app.payments.rules.zengin.errors import ERRORS_MAX, RefusedZengin, ZenginCode, ZenginError
from app.payments.rules.zengin.kana import Unspellable, to_zengin_kana
from app.payments.rules.zengin.movements import (
    BankPractice,
    MovementKind,
    OwnAccount,
    ZenginMovement,
    bank_movement,
    keyed_movements,
)
from app.payments.rules.zengin.rows import Reading
from app.payments.rules.zengin.statements import AccountMovements, ReadZengin, read_movements, read_zengin
from app.payments.rules.zengin.totals import Totals
from app.payments.rules.zengin.transfer_file import TransferFile, write_transfers
from app.payments.rules.zengin.transfer_reading import ReadTransfers, read_transfers
from app.payments.rules.zengin.transfers import CustomerCodes, Cut, EdiText, Originator, Transfer

__all__ = [
    "ERRORS_MAX",
    "AccountClosed",
    "AccountMovements",
    "AccountOpened",
    "BankPractice",
    "CustomerCodes",
    "Cut",
    "EdiText",
    "FileEnd",
    "MovementKind",
    "Originator",
    "OwnAccount",
    "ReadTransfers",
    "ReadZengin",
    "Reading",
    "RefusedZengin",
    "Totals",
    "Transfer",
    "TransferFile",
    "Unspellable",
    "ZenginCode",
    "ZenginError",
    "ZenginMovement",
    "bank_movement",
    "heading",
    "keyed_movements",
    "read_movements",
    "read_transfers",
    "read_zengin",
    "to_zengin_kana",
    "write_transfers",
]
