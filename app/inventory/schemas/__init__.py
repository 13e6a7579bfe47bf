"""What do providers, buyers and the operator send and see of stock?"""

from app.inventory.schemas.disputes import DisputeOut
from app.inventory.schemas.holdings import HoldingDetailOut, HoldingOut, SerialBlockOut
from app.inventory.schemas.imports import (
    AccountIn,
    AccountOut,
    CommitIn,
    ImportOut,
    ImportRowOut,
    StagedImportOut,
)
from app.inventory.schemas.lots import DecisionIn, DeskEvidenceOut, EvidenceOut, LotDetailOut, LotOut

__all__ = [
    "AccountIn",
    "AccountOut",
    "CommitIn",
    "DecisionIn",
    "DeskEvidenceOut",
    "DisputeOut",
    "EvidenceOut",
    "HoldingDetailOut",
    "HoldingOut",
    "ImportOut",
    "ImportRowOut",
    "LotDetailOut",
    "LotOut",
    "SerialBlockOut",
    "StagedImportOut",
]
