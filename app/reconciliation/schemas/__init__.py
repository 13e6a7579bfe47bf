"""What do callers send about statements and discrepancies, and what do they see?"""

from app.reconciliation.schemas.daily import DailyFetchIn, DailyFetchOut
from app.reconciliation.schemas.discrepancies import (
    CompareIn,
    DecideIn,
    DiscrepancyOut,
    FoundOut,
    ReconciliationOut,
    ResolveIn,
    TakeIn,
)
from app.reconciliation.schemas.reports import HeldOut, HoldingsReportOut, StatedOut
from app.reconciliation.schemas.statements import LineOut, QuarantinedRowOut, StatementOut, TotalsOut
from app.reconciliation.schemas.twins import TwinIn, TwinOut

__all__ = [
    "CompareIn",
    "DailyFetchIn",
    "DailyFetchOut",
    "DecideIn",
    "DiscrepancyOut",
    "FoundOut",
    "HeldOut",
    "HoldingsReportOut",
    "LineOut",
    "QuarantinedRowOut",
    "ReconciliationOut",
    "ResolveIn",
    "StatedOut",
    "StatementOut",
    "TakeIn",
    "TotalsOut",
    "TwinIn",
    "TwinOut",
]
