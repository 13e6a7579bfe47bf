"""What waits for money to be final: a retirement shows from when it may be sent, and whether its payment is disputed.

Revision: 0022, after 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("alter table retirement add column not_before timestamptz, add column disputed_at timestamptz")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("alter table retirement drop column not_before, drop column disputed_at")
