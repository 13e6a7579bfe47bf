"""What do callers see and send of papers, profiles and credit?"""

from app.invoices.schemas.corrections import CorrectionIn, CorrectionOut
from app.invoices.schemas.credit import AgedOut, CreditLineIn, CreditLineOut, OnAccountOut
from app.invoices.schemas.papers import ClaimOut, PaperDetailOut, PaperOut
from app.invoices.schemas.profiles import (
    BillingProfileIn,
    BillingProfileOut,
    DeskProfileIn,
    DeskProfileOut,
    InvoiceStatusIn,
    InvoiceStatusOut,
)

__all__ = [
    "AgedOut",
    "BillingProfileIn",
    "BillingProfileOut",
    "ClaimOut",
    "CorrectionIn",
    "CorrectionOut",
    "CreditLineIn",
    "CreditLineOut",
    "DeskProfileIn",
    "DeskProfileOut",
    "InvoiceStatusIn",
    "InvoiceStatusOut",
    "OnAccountOut",
    "PaperDetailOut",
    "PaperOut",
]
