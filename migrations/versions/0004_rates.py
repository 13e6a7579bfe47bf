"""Windows of the rate limits.

Revision: 0004, after 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(
        """
        create unlogged table rate_window (
          key bytea not null,
          window_n bigint not null,
          leased integer not null,
          last_grant integer not null,
          ends_at timestamptz not null,
          constraint pk_rate_window primary key (key, window_n)
        )
        """
    )
    op.execute("create index ix_rate_window_ends_at on rate_window (ends_at)")
    op.execute("grant select, insert, update on rate_window to offsetdesk_api")
    # DELETE with SKIP LOCKED locks rows first, which takes UPDATE.
    op.execute("grant select, update, delete on rate_window to offsetdesk_worker")
    op.execute("grant select on rate_window to offsetdesk_auditor")


def downgrade() -> None:
    op.execute("drop table rate_window")
