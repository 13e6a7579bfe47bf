"""The lines of a bank's file are written into fewer indexes: a line stands in one when it can be looked for there.

Revision: 0030, after 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    _index("ix_bank_line_payment", "(payment_id) where payment_id is not null")
    # A line that has its payment waits for the job that settles it, which knows its id.
    _index("ix_bank_line_new", "(org_id, statement_id, id) where status = 'new' and payment_id is null")


def _index(name: str, on: str) -> None:
    op.execute(f"drop index {name}")
    op.execute(f"create index {name} on bank_line {on}")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    _index("ix_bank_line_payment", "(payment_id)")
    _index("ix_bank_line_new", "(org_id, statement_id, id) where status = 'new'")
