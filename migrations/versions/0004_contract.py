"""How much of its limit has a caller spent in a window? Unlogged: a crash forgets at most one window.

Revision: 0004_contract, after 0003
"""

from alembic import op

revision = "0004_contract"
down_revision = "0003"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(
        """
        create unlogged table rate_window (
          policy text not null,
          subject bytea not null,
          window_no bigint not null,
          spent integer not null,
          constraint pk_rate_window primary key (policy, subject, window_no),
          constraint ck_rate_window_spent check (spent > 0)
        )
        """
    )
    op.execute("create index ix_rate_window_window_no on rate_window (window_no)")
    op.execute(f"grant select, insert, update on rate_window to {API}")
    op.execute(f"grant select, delete on rate_window to {WORKER}")
    op.execute(f"grant select on rate_window to {AUDITOR}")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("drop table rate_window")
