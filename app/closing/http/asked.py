"""Who may look at the book, and which day or month does a caller mean?"""

from datetime import date
from typing import Annotated

from litestar.params import QueryParameter

from app.closing.errors import MonthInvalid
from app.closing.rules import read_month
from app.core.errors import FieldError

TAGS = ["Operator"]
Month = Annotated[str, QueryParameter(min_length=7, max_length=7, description="A month in Japan, like 2026-11.")]
MaybeFrom = Annotated[date | None, QueryParameter(description="The first day, in Japan; the book's first if not said.")]
MaybeTo = Annotated[date | None, QueryParameter(description="The last day, in Japan; the newest if not said.")]


def month_in(text: str, pointer: str) -> date:
    """The month that a caller wrote, by its first day. Raises MonthInvalid (422), with a pointer to where it stood."""
    found = read_month(text)
    if found is None:
        error = FieldError(pointer, "invalid_month", "Write it like 2026-11.")
        raise MonthInvalid("This is no month.", errors=(error,))
    return found
