"""How does a caller ask for a page? The two query parameters of every list."""

from typing import Annotated, Final

from litestar.params import QueryParameter

from app.core.pages import LIMIT_DEFAULT, LIMIT_MAX

CURSOR_LENGTH_MAX: Final = 1_000

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, description=f"At most so many; {LIMIT_DEFAULT} if not said.")]
Cursor = Annotated[
    str | None,
    QueryParameter(
        max_length=CURSOR_LENGTH_MAX, description="`next_cursor` of the page before; the rest must be equal."
    ),
]
