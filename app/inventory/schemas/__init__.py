"""What do providers, buyers and the operator send and see of stock?"""

from app.inventory.schemas.accounts import (
    AccountIn,
    AccountOut,
    ConfirmAccountIn,
    DeskAccountOut,
    WithdrawConfirmationIn,
)
from app.inventory.schemas.disputes import DisputeOut
from app.inventory.schemas.holdings import HoldingDetailOut, HoldingOut, SerialBlockOut
from app.inventory.schemas.imports import (
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
    "ConfirmAccountIn",
    "DecisionIn",
    "DeskAccountOut",
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
    "WithdrawConfirmationIn",
]
