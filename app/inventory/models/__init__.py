"""Where is every serial, who says so, and in which file?"""

from app.inventory.models.compared import ComparedAccount, ComparedExcept
from app.inventory.models.disputes import LotDispute
from app.inventory.models.imports import HoldingsImport, ImportRow, ImportStatus
from app.inventory.models.stock import (
    Holding,
    Lot,
    LotEvidence,
    LotRangeStatus,
    LotStatus,
    LotStock,
    RangeStatus,
    RegistryAccount,
    SerialRange,
)

__all__ = [
    "ComparedAccount",
    "ComparedExcept",
    "Holding",
    "HoldingsImport",
    "ImportRow",
    "ImportStatus",
    "Lot",
    "LotDispute",
    "LotEvidence",
    "LotRangeStatus",
    "LotStatus",
    "LotStock",
    "RangeStatus",
    "RegistryAccount",
    "SerialRange",
]
