"""Registry accounts that the operator has confirmed to be their provider's, and the desk's sight of all of them.

Revision: 0019, after 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

API, WORKER = "offsetdesk_api", "offsetdesk_worker"
NAMED = "(select app_orgs())::uuid[]"
DESK = "'0dd5de5c-0000-7000-8000-000000000001'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(
        f"""
        alter table registry_account
          add column desk_id uuid not null default {DESK},
          add column confirmed_at timestamptz,
          add column confirmed_by uuid,
          add column confirmed_note varchar,
          add column confirmed_no varchar,
          add constraint ck_registry_account_confirmed_wholly
            check (num_nulls(confirmed_at, confirmed_by, confirmed_note, confirmed_no) in (0, 4)),
          add constraint ck_registry_account_confirmed_by_another check (confirmed_at is null or org_id <> desk_id)
        """
    )
    op.execute(
        "create unique index uq_registry_account_confirmed on registry_account (registry_code, confirmed_no)"
        " where confirmed_at is not null"
    )
    op.execute("create index ix_registry_account_desk on registry_account (desk_id, id)")
    either = f"org_id = any ({NAMED}) or desk_id = any ({NAMED})"
    both = f"array[org_id, desk_id] <@ ({NAMED})"
    to = f"to {API}, {WORKER}"
    op.execute("drop policy own_registry_account on registry_account")
    op.execute(f"create policy see_registry_account on registry_account for select {to} using ({either})")
    op.execute(f"create policy add_registry_account on registry_account for insert {to} with check ({both})")
    op.execute(
        f"create policy change_registry_account on registry_account for update {to} using ({both}) with check ({both})"
    )


def downgrade() -> None:
    for verb in ("see", "add", "change"):
        op.execute(f"drop policy {verb}_registry_account on registry_account")
    op.execute(
        f"create policy own_registry_account on registry_account to {API}, {WORKER} using (org_id = any ({NAMED}))"
    )
    op.execute("drop index ix_registry_account_desk")
    op.execute("drop index uq_registry_account_confirmed")
    op.execute(
        """
        alter table registry_account
          drop constraint ck_registry_account_confirmed_by_another,
          drop constraint ck_registry_account_confirmed_wholly,
          drop column confirmed_no, drop column confirmed_note, drop column confirmed_by, drop column confirmed_at,
          drop column desk_id
        """
    )
