"""Does a receipt need a revenue stamp? Pure."""

from enum import StrEnum
from typing import Final

STAMP_FROM_MINOR: Final = 50_000
"""Receipts of less are free (印紙税法 Stamp Tax Act, schedule 1, No. 17; since 2014-04-01; the Agency's tax answer No. 7105)."""


class Stamp(StrEnum):
    """Why a receipt needs a stamp or none."""

    NONE_ELECTRONIC = "none_electronic"
    """Only a document on paper that is handed over is taxed: what is sent as a file, or printed by who got it, is none
    (Cabinet's answer 内閣参質162第9号 to the House of Councillors, 2005-03-15; National Tax Agency, コミットメントライン契約に
    関して作成する文書に対する印紙税の取扱い)."""
    NONE_BY_CARD = "none_by_card"
    """On credit nothing was received yet; the receipt must say that it was paid by card (Agency, on No. 17 documents)."""
    NONE_SMALL = "none_small"
    NEEDED = "needed"


def stamp_on(goods_minor: int, *, on_paper: bool, by_card: bool) -> Stamp:
    """Whether a receipt needs a stamp; `goods_minor` is yen before tax, which counts where tax is shown by itself.

    That tax shown by itself is no part of the stated amount is the Agency's notice 間消3-2 of 1989 (tax answer No. 7124).
    Read in quotations, not in the notice itself.
    """
    if not on_paper:
        return Stamp.NONE_ELECTRONIC
    if by_card:
        return Stamp.NONE_BY_CARD
    return Stamp.NEEDED if goods_minor >= STAMP_FROM_MINOR else Stamp.NONE_SMALL
