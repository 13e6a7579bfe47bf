"""As of which day a registry's statement showed a retirement as it is recorded, and a beneficiary's own domain.

Revision: 0018, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.add_column("retirement", sa.Column("reconciled_as_of", sa.Date(), nullable=True))
    op.add_column("retirement", sa.Column("beneficiary_domain", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_retirement_reconciled_when_recorded"), "retirement", "reconciled_as_of is null or status = 'recorded'"
    )
    op.execute(
        "create index ix_retirement_unreconciled on retirement (provider_id, id)"
        " where status = 'recorded' and reconciled_as_of is null"
    )


def downgrade() -> None:
    op.execute("drop index ix_retirement_unreconciled")
    op.drop_constraint(op.f("ck_retirement_reconciled_when_recorded"), "retirement")
    op.drop_column("retirement", "beneficiary_domain")
    op.drop_column("retirement", "reconciled_as_of")
