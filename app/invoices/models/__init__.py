"""Which papers are there, who issues them, and what do buyers on account owe?"""

from app.invoices.models.corrections import CorrectionStatus, PaperCorrection
from app.invoices.models.credit import CreditDraw, CreditLine, InvoiceClaim
from app.invoices.models.papers import Paper, PaperCounterparty, PaperFile, PaperNumber
from app.invoices.models.profiles import BillingProfile, DeskProfile, ProviderInvoiceStatus

__all__ = [
    "BillingProfile",
    "CorrectionStatus",
    "CreditDraw",
    "CreditLine",
    "DeskProfile",
    "InvoiceClaim",
    "Paper",
    "PaperCorrection",
    "PaperCounterparty",
    "PaperFile",
    "PaperNumber",
    "ProviderInvoiceStatus",
]
