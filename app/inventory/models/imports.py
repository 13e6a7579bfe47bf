"""What did a provider's holdings file say, and what became of each of its rows?"""

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table


class ImportStatus(StrEnum):
    STAGING = "staging"
    STAGED = "staged"
    COMMITTING = "committing"
    COMMITTED = "committed"
    DISCARDED = "discarded"
    FAILED = "failed"


class HoldingsImport(Table):
    """A holdings file as it came in, and how far it has got. Until it is committing it has written no lot.

    total = good + bad + not active; while it is being staged these count what has been read so far.
    """

    __tablename__ = "holdings_import"
    __table_args__ = (CheckConstraint(one_of("status", *ImportStatus), name="status"),)

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_account_id: Mapped[UUID]
    filename: Mapped[str]
    sha256: Mapped[str]
    file_key: Mapped[str]
    encoding: Mapped[str]
    """`utf-8`, `utf-8-sig`, `cp932` or `xlsx`; "" until the file has been looked at."""
    size_bytes: Mapped[Big] = mapped_column(server_default=text("0"))
    layout: Mapped[str] = mapped_column(server_default=text("'template'"))
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What the provider said of the file: {registry_code, layout, mapping}."""
    header: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    status: Mapped[ImportStatus] = mapped_column(String)
    failure: Mapped[str | None]
    """Why the file as a whole could not be read."""
    rows_total: Mapped[int]
    rows_good: Mapped[int]
    rows_bad: Mapped[int]
    rows_not_active: Mapped[int] = mapped_column(server_default=text("0"))
    created_by: Mapped[UUID]
    created_at: Mapped[Moment]
    committed_at: Mapped[MaybeMoment]
    version: Mapped[Version]


class ImportRow(Table):
    """One row of a holdings file: what it said, what is wrong with it, or the lot that it became."""

    __tablename__ = "import_row"
    __table_args__ = (
        CheckConstraint("(errors is null) <> (facts is null)", name="good_or_bad"),
        ForeignKeyConstraint(["org_id", "import_id"], ["holdings_import.org_id", "holdings_import.id"]),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    """The row's number as a person counts in the file: the header is row 1."""
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB)
    errors: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    """What is wrong; `not_active` alone says that nothing is, and that the row is no stock."""
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    series_key: Mapped[str | None]
    lo: Mapped[int | None] = mapped_column(BigInteger)
    hi: Mapped[int | None] = mapped_column(BigInteger)
    """Where the row's serials lie, bad rows included: later rows of the file must not name them again."""
    lot_id: Mapped[UUID | None]
