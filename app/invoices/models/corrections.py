"""Which papers are to be said anew, as whose word, and on which paper are they?"""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table


class CorrectionStatus(StrEnum):
    """How far a correction is."""

    PROPOSED = "proposed"
    ISSUED = "issued"
    REJECTED = "rejected"


class PaperCorrection(Table):
    """A paper that names its recipient wrongly, and how it should: one person proposes it, another has it issued.

    The corrected paper is another row of `paper`; the wrong one stays as it was given out.
    """

    __tablename__ = "paper_correction"
    __table_args__ = (
        CheckConstraint(one_of("status", *CorrectionStatus), name="status"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(status = 'proposed') = (decided_at is null)", name="decided"),
        CheckConstraint("(status = 'issued') = (corrected_id is not null)", name="issued"),
        ForeignKeyConstraint(["org_id", "paper_id"], ["paper.org_id", "paper.id"]),
        ForeignKeyConstraint(["org_id", "corrected_id"], ["paper.org_id", "paper.id"]),
        Index(
            "uq_paper_correction_open", "org_id", "paper_id", unique=True, postgresql_where=text("status <> 'rejected'")
        ),
        Index("ix_paper_correction_desk", "desk_id", "id"),
    )  # fmt: skip

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Who was given the paper."""
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    paper_id: Mapped[UUID]
    status: Mapped[CorrectionStatus] = mapped_column(Text)
    recipient_name: Mapped[str]
    recipient_address: Mapped[str]
    purchase_order: Mapped[str]
    note: Mapped[str]
    """What was wrong, as the corrected paper says."""
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[Moment]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[MaybeMoment]
    corrected_id: Mapped[UUID | None]
    """The paper that was issued."""
    version: Mapped[Version]
