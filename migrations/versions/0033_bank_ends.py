"""What a bank gives back, where money of an unknown payer goes, and the names that buyers say they pay under.

Revision: 0033, after 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"

TABLES = """
create table line_return (
  org_id uuid not null,
  id uuid not null,
  line_id uuid not null,
  payer_id uuid,
  amount_minor bigint not null,
  currency varchar not null,
  bank_code varchar not null,
  bank_name varchar not null,
  branch_code varchar not null,
  branch_name varchar not null,
  account_kind varchar not null,
  account_number varchar not null,
  holder varchar not null,
  status text not null,
  entered_by uuid not null,
  entered_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  note varchar,
  file_id uuid,
  debited_line_id uuid,
  returned_line_id uuid,
  version integer not null default 1,
  constraint pk_line_return primary key (org_id, id),
  constraint ck_line_return_positive check (amount_minor > 0),
  constraint ck_line_return_status check (status in ('waiting', 'confirmed', 'refused', 'paid', 'came_back')),
  constraint ck_line_return_account_kind check (account_kind in ('ordinary', 'current', 'savings')),
  constraint ck_line_return_two_people check (status = 'refused' or decided_by <> entered_by),
  constraint ck_line_return_decided check (status = 'waiting' or decided_by is not null),
  constraint ck_line_return_debited check ((status in ('paid', 'came_back')) = (debited_line_id is not null)),
  constraint ck_line_return_came_back check ((status = 'came_back') = (returned_line_id is not null)),
  constraint fk_line_return_org_id_bank_line foreign key (org_id, line_id) references bank_line (org_id, id),
  constraint fk_line_return_org_id_payout_file foreign key (org_id, file_id) references payout_file (org_id, id)
);
create unique index uq_line_return_standing on line_return (org_id, line_id) where status in ('waiting', 'confirmed', 'paid');
create unique index uq_line_return_returned_line on line_return (returned_line_id) where returned_line_id is not null;
create index ix_line_return_file on line_return (org_id, file_id) where file_id is not null;

create table own_payer_name (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  name varchar not null,
  folded varchar not null,
  added_by uuid not null,
  added_at timestamptz not null,
  constraint pk_own_payer_name primary key (org_id, id),
  constraint uq_own_payer_name_org_id_folded unique (org_id, folded),
  constraint fk_own_payer_name_org_id_organisation foreign key (org_id) references organisation (org_id)
);
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("drop index ix_bank_line_new")  # Lines are matched before they are written: none is looked for.
    op.execute("alter table refund add column returns integer not null default 0, add column returned_line_id uuid")
    _checked("refund", "returns", "returns >= 0 and (returns = 0) = (returned_line_id is null)")
    op.execute("create unique index uq_refund_returned_line on refund (returned_line_id) where returned_line_id is not null")
    op.execute("alter table bank_line drop constraint ck_bank_line_status")
    _checked("bank_line", "status", "status in ('new', 'applied', 'for_a_person', 'resolved', 'returned')")
    # Those that wait for an account to be sent to: a list of the desk's looks for them.
    op.execute(
        "create index ix_bank_line_owed on bank_line (org_id, id)"
        " where status = 'resolved' and resolution = 'refund' and payment_id is null"
    )
    for statement in filter(None, map(str.strip, TABLES.split(";"))):
        op.execute(statement)
    _secure("line_return", "select, insert, update")
    op.execute(f"create policy own_line_return on line_return to {API}, {WORKER} using (org_id = any ({NAMED}))")
    # A name is never changed: it is taken back, and another given. The desk sees it, and is named by who gives one.
    _secure("own_payer_name", "select, insert, delete")
    either, both = f"org_id = any ({NAMED}) or desk_id = any ({NAMED})", f"array[org_id, desk_id] <@ ({NAMED})"
    op.execute(f"create policy see_own_payer_name on own_payer_name for select to {API}, {WORKER} using ({either})")
    op.execute(f"create policy add_own_payer_name on own_payer_name for insert to {API}, {WORKER} with check ({both})")
    op.execute(f"create policy end_own_payer_name on own_payer_name for delete to {API}, {WORKER} using ({both})")


def _checked(table: str, name: str, check: str) -> None:
    op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({check}) not valid")
    op.execute(f"alter table {table} validate constraint ck_{table}_{name}")


def _secure(table: str, rights: str) -> None:
    op.execute(f"grant {rights} on {table} to {API}, {WORKER}")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(
        "create index ix_bank_line_new on bank_line (org_id, statement_id, id)"
        " where status = 'new' and payment_id is null"
    )
    op.execute("drop table own_payer_name")
    op.execute("drop table line_return")
    op.execute("drop index ix_bank_line_owed")
    op.execute("update bank_line set status = 'resolved' where status = 'returned'")
    op.execute("alter table bank_line drop constraint ck_bank_line_status")
    _checked("bank_line", "status", "status in ('new', 'applied', 'for_a_person', 'resolved')")
    op.execute("drop index uq_refund_returned_line")
    op.execute("alter table refund drop constraint ck_refund_returns")
    op.execute("alter table refund drop column returned_line_id, drop column returns")
