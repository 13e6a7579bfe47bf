"""What does the operator's accountant call an account of ours?"""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Moment, Version
from app.core.db import Table


class AccountName(Table):
    """The operator's own name for a kind of account. Where there is none, `rules.names` says what it is called."""

    __tablename__ = "account_name"

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """What stands before the organisation in our account's name: `payable`, `stripe:fees`."""
    name: Mapped[str]
    code: Mapped[str]
    tax_class: Mapped[str]
    changed_by: Mapped[UUID]
    changed_at: Mapped[Moment]
    version: Mapped[Version]
