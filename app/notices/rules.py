"""Which notices are there, and how much does one say?"""

from enum import StrEnum
from typing import Final

ITEMS_NAMED_MAX: Final = 20
"""A notice names so many things; of the others it says how many there are."""


class NoticeKind(StrEnum):
    """What organisations are told of by themselves."""

    SEARCH_FITS = "saved_search.fits"
    INVOICE_REMINDER = "invoice.reminder"


SUBJECT_PREFIX: Final = {NoticeKind.SEARCH_FITS: "ssr", NoticeKind.INVOICE_REMINDER: "pap"}
ITEM_PREFIX: Final = {NoticeKind.SEARCH_FITS: "lst", NoticeKind.INVOICE_REMINDER: "pap"}
"""How ids in a notice of each kind begin outside."""
