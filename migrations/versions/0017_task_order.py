"""Registry tasks in the order in which they are due: all of them, and those that are not finished.

Revision: 0017, after 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

DUE = "coalesce(due_at, opened_at)"
UNFINISHED = "status in ('open', 'prepared', 'checked', 'executed')"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(f"create index ix_registry_task_due on registry_task (org_id, ({DUE}), id)")
    # Finished tasks are many and due before all others: work at hand is found without passing them.
    op.execute(f"create index ix_registry_task_unfinished on registry_task (org_id, ({DUE}), id) where {UNFINISHED}")
    op.execute(f"create index ix_registry_task_of_desk on registry_task (desk_id, ({DUE}), id) where {UNFINISHED}")


def downgrade() -> None:
    op.execute("drop index ix_registry_task_of_desk")
    op.execute("drop index ix_registry_task_unfinished")
    op.execute("drop index ix_registry_task_due")
