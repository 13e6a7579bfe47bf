"""The clock of a test desk.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.create_table(
        "test_clock",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("ahead", sa.Interval(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("ahead >= interval '0'", name=op.f("ck_test_clock_never_back")),
        sa.PrimaryKeyConstraint("desk_id", name=op.f("pk_test_clock")),
    )
    # Machinery: nobody's row. The worker follows it and never moves it.
    op.execute(f"grant select, insert, update on test_clock to {API}")
    op.execute(f"grant select on test_clock to {WORKER}, {AUDITOR}")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.drop_table("test_clock")
