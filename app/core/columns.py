"""How are the columns written that every feature's tables share?"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, text
from sqlalchemy.orm import mapped_column

from app.core.scope import DESK_ID

Big = Annotated[int, mapped_column(BigInteger)]
"""A quantity, an amount in minor units, or a serial's position."""

Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
MaybeMoment = Annotated[datetime | None, mapped_column(DateTime(timezone=True))]

DeskId = Annotated[UUID, mapped_column(server_default=text(f"'{DESK_ID}'"))]
"""The operator as the second party of a row: it may read it, and writing takes both."""

Version = Annotated[int, mapped_column(server_default=text("1"))]
"""Raised by every change; the row's ETag."""


def one_of(column: str, *values: str) -> str:
    """The text of a CHECK that a column holds one of these words."""
    return f"{column} in ({', '.join(repr(str(value)) for value in values)})"
