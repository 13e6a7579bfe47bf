"""What may be done to stock, lots and holdings within one transaction?"""

from app.inventory.operations.accounts import add_account
from app.inventory.operations.evidence import KeptFile, accept_evidence, reject_evidence, submit_evidence
from app.inventory.operations.holdings import finish_retiring, return_to_holding, start_retiring
from app.inventory.operations.imports import Chosen, commit_import, discard_import
from app.inventory.operations.lots import LockedLot, freeze, locked_lot, unfreeze, withdraw
from app.inventory.operations.staging import BATCH, Target, stage_rows
from app.inventory.operations.stock import carve, exhaust_if_empty, release, reserve

__all__ = [
    "BATCH",
    "Chosen",
    "KeptFile",
    "LockedLot",
    "Target",
    "accept_evidence",
    "add_account",
    "carve",
    "commit_import",
    "discard_import",
    "exhaust_if_empty",
    "finish_retiring",
    "freeze",
    "locked_lot",
    "reject_evidence",
    "release",
    "reserve",
    "return_to_holding",
    "stage_rows",
    "start_retiring",
    "submit_evidence",
    "unfreeze",
    "withdraw",
]
