"""What may be done to stock, lots and holdings within one transaction?"""

from app.inventory.operations.accounts import add_account, confirm_account, locked_account, withdraw_confirmation
from app.inventory.operations.compared import CONFIRMED_AT_ONCE, confirm_lots, freeze_lots, unfreeze_lots
from app.inventory.operations.declaring import conflicts_of, declare_rows, hold_declaring, refuse_rows
from app.inventory.operations.disputes import locked_dispute, open_disputes, resolve_dispute
from app.inventory.operations.evidence import KeptFile, accept_evidence, reject_evidence, submit_evidence
from app.inventory.operations.exchanging import swap_serials
from app.inventory.operations.finality import note_finality
from app.inventory.operations.holdings import finish_retiring, return_to_holding, start_retiring
from app.inventory.operations.imports import (
    Chosen,
    begin_commit,
    commit_import,
    count_staged,
    discard_import,
    end_import,
    fail_import,
    finish_staging,
    locked_import,
    ready_import,
)
from app.inventory.operations.lots import LockedLot, freeze, locked_lot, unfreeze, withdraw, withdraw_at_risk
from app.inventory.operations.returning import give_back
from app.inventory.operations.staging import BATCH, CELL_CHARS_KEPT, CELLS_KEPT, Staged, Target, stage_rows
from app.inventory.operations.stock import carve, exhaust_if_empty, lock_stocks, release, reserve

__all__ = [
    "BATCH",
    "CELLS_KEPT",
    "CELL_CHARS_KEPT",
    "CONFIRMED_AT_ONCE",
    "Chosen",
    "KeptFile",
    "LockedLot",
    "Staged",
    "Target",
    "accept_evidence",
    "add_account",
    "begin_commit",
    "carve",
    "commit_import",
    "confirm_account",
    "confirm_lots",
    "conflicts_of",
    "count_staged",
    "declare_rows",
    "discard_import",
    "end_import",
    "exhaust_if_empty",
    "fail_import",
    "finish_retiring",
    "finish_staging",
    "freeze",
    "freeze_lots",
    "give_back",
    "hold_declaring",
    "lock_stocks",
    "locked_account",
    "locked_dispute",
    "locked_import",
    "locked_lot",
    "note_finality",
    "open_disputes",
    "ready_import",
    "refuse_rows",
    "reject_evidence",
    "release",
    "reserve",
    "resolve_dispute",
    "return_to_holding",
    "stage_rows",
    "start_retiring",
    "submit_evidence",
    "swap_serials",
    "unfreeze",
    "unfreeze_lots",
    "withdraw",
    "withdraw_at_risk",
    "withdraw_confirmation",
]
