"""Indexes for what each comparison with a registry asks of the newest rows: lots that came in, retirements since a day.

Revision: 0020, after 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.create_index("ix_lot_created", "lot", ["org_id", "registry_account_id", "created_at"])
    op.execute(
        "create index ix_retirement_recorded on retirement (provider_id, recorded_on) where recorded_on is not null"
    )
    op.execute(
        "create index ix_retirement_in_doubt on retirement (provider_id, id)"
        " where status in ('submitted', 'unknown', 'manual')"
    )


def downgrade() -> None:
    op.drop_index("ix_retirement_in_doubt", "retirement")
    op.drop_index("ix_retirement_recorded", "retirement")
    op.drop_index("ix_lot_created", "lot")
