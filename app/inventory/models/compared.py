"""As of when does what we keep of an account agree with its registry, by more than the provider's own word?"""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Table


class ComparedAccount(Table):
    """The days as of which an account agrees with its registry by more than the provider's word. For everybody."""

    __tablename__ = "compared_account"

    registry_account_id: Mapped[UUID] = mapped_column(primary_key=True)
    active_as_of: Mapped[date | None]
    ended_as_of: Mapped[date | None]


class ComparedExcept(Table):
    """Lots and retirements of which the registry says otherwise at present. Ids for everybody, and nothing else."""

    __tablename__ = "compared_except"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_account_id: Mapped[UUID] = mapped_column(primary_key=True)
