"""What does a test desk refuse?"""

from app.core.errors import Unprocessable


class ClockNotMoved(Unprocessable):
    """422: a test desk's clock goes forward only, at most ten years in all, and by exactly one of a step and a moment."""

    code = "clock_not_moved"
    title_en = "The clock cannot be moved like this"
    title_ja = "時計をこのように進めることはできません"


class TransferImpossible(Unprocessable):
    """422: no transfer of this kind can be made for the order: half of one yen, for instance."""

    code = "transfer_impossible"
    title_en = "No such transfer can be made"
    title_ja = "この振込を作成できません"
