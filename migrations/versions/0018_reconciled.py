"""As of which day a retirement was reconciled, a beneficiary's own domain, accounts read every day, claimed tasks.

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"


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
    _daily_fetch()
    _claims()


def _claims() -> None:
    op.add_column("registry_task", sa.Column("claimed_by", sa.Uuid(), nullable=True))
    op.add_column("registry_task", sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_registry_task_claimed_for_a_time"),
        "registry_task",
        "(claimed_by is null) = (claimed_until is null)",
    )
    op.execute(
        "create index ix_registry_task_waiting on registry_task (org_id, status, due_at, id)"
        " where status in ('open', 'prepared')"
    )


def _daily_fetch() -> None:
    op.execute(
        """
        create table daily_fetch (
          org_id uuid not null,
          registry_account_id uuid not null,
          wanted boolean not null,
          said_by uuid not null,
          said_at timestamptz not null,
          asked_on date,
          constraint pk_daily_fetch primary key (org_id, registry_account_id),
          constraint fk_daily_fetch_org_id_registry_account_id_registry_account
            foreign key (org_id, registry_account_id) references registry_account (org_id, id)
        )
        """
    )
    op.execute("alter table daily_fetch enable row level security")
    op.execute("alter table daily_fetch force row level security")
    op.execute(f"grant select on daily_fetch to {AUDITOR}")
    op.execute(f"create policy audit_daily_fetch on daily_fetch for select to {AUDITOR} using (true)")
    op.execute(f"grant select, insert, update on daily_fetch to {API}, {WORKER}")
    op.execute(f"create policy own_daily_fetch on daily_fetch to {API}, {WORKER} using (org_id = any ({NAMED}))")


def downgrade() -> None:
    op.execute("drop index ix_registry_task_waiting")
    op.drop_constraint(op.f("ck_registry_task_claimed_for_a_time"), "registry_task")
    op.drop_column("registry_task", "claimed_until")
    op.drop_column("registry_task", "claimed_by")
    op.execute("drop table daily_fetch")
    op.execute("drop index ix_retirement_unreconciled")
    op.drop_constraint(op.f("ck_retirement_reconciled_when_recorded"), "retirement")
    op.drop_column("retirement", "beneficiary_domain")
    op.drop_column("retirement", "reconciled_as_of")
