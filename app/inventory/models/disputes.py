"""Which serials do two providers say they hold?"""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.core.scope import DESK_ID


class LotDispute(Table):
    """Serials that two providers say they hold. The desk's own row: neither provider ever sees it."""

    __tablename__ = "lot_dispute"
    __table_args__ = (
        CheckConstraint(one_of("status", "open", "resolved"), name="status"),
        CheckConstraint(f"org_id = '{DESK_ID}'", name="the_desks_own"),
        CheckConstraint("lo < hi", name="range"),
        CheckConstraint(
            "(status = 'resolved') = (note is not null and resolved_at is not null and resolved_by is not null)",
            name="resolved_with_a_note",
        ),
        ForeignKeyConstraint(["provider_id", "lot_id"], ["lot.org_id", "lot.id"]),
        ForeignKeyConstraint(["other_provider_id", "other_lot_id"], ["lot.org_id", "lot.id"]),
        UniqueConstraint("lot_id", "other_lot_id"),
        Index("ix_lot_dispute_status", "org_id", "status", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    """Declared later."""
    other_provider_id: Mapped[UUID]
    other_lot_id: Mapped[UUID]
    lo: Mapped[Big]
    hi: Mapped[Big]
    """The serials in common: half-open positions in the series of both."""
    status: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[Moment]
    resolved_at: Mapped[MaybeMoment]
    resolved_by: Mapped[UUID | None]
    note: Mapped[str | None]
    version: Mapped[Version]
