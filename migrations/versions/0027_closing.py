"""The book closes: days and closed months, Stripe's own lines beside ours, differences, and an accountant's names.

The column `day` is made for every posting that is there: the table is written anew under its lock, which a book of
millions of rows needs a quiet minute for. The time limit is wider for this one statement.

Revision: 0027, after 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"

TABLES = """
create table ledger_close (
  org_id uuid not null,
  month date not null,
  id uuid not null,
  status text not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  closed_by uuid,
  closed_at timestamptz,
  postings bigint not null default 0,
  totals jsonb not null default '{}',
  algorithm varchar not null default '',
  previous_hash varchar,
  hash varchar,
  version integer not null default 1,
  constraint pk_ledger_close primary key (org_id, month),
  constraint uq_ledger_close_org_id_id unique (org_id, id),
  constraint ck_ledger_close_status check (status in ('proposed', 'closed')),
  constraint ck_ledger_close_a_month check (extract(day from month) = 1),
  constraint ck_ledger_close_two_people check (closed_by <> proposed_by),
  constraint ck_ledger_close_whole check ((status = 'closed') = (closed_by is not null and closed_at is not null and hash is not null))
);

create table ledger_balance (
  org_id uuid not null,
  month date not null,
  account varchar not null,
  currency varchar not null,
  opening_minor bigint not null,
  in_minor bigint not null,
  out_minor bigint not null,
  closing_minor bigint not null,
  constraint pk_ledger_balance primary key (org_id, month, account, currency),
  constraint ck_ledger_balance_adds_up check (closing_minor = opening_minor + in_minor - out_minor),
  constraint ck_ledger_balance_positive check (in_minor >= 0 and out_minor >= 0),
  constraint fk_ledger_balance_org_id_month_ledger_close foreign key (org_id, month) references ledger_close (org_id, month)
);

create table ledger_day (
  org_id uuid not null,
  day date not null,
  postings bigint not null,
  digest varchar not null,
  constraint pk_ledger_day primary key (org_id, day),
  constraint ck_ledger_day_not_empty check (postings > 0)
);

create table stripe_line (
  org_id uuid not null,
  id uuid not null,
  n bigint generated always as identity not null,
  line_id varchar not null,
  type varchar not null,
  reporting_category varchar not null,
  amount_minor bigint not null,
  fee_minor bigint not null,
  net_minor bigint not null,
  currency varchar not null,
  source_id varchar,
  created_at timestamptz not null,
  available_at timestamptz not null,
  read_at timestamptz not null,
  day date generated always as ((created_at at time zone 'Asia/Tokyo')::date) stored not null,
  settled_as text,
  posting_id uuid,
  constraint pk_stripe_line primary key (org_id, id),
  constraint uq_stripe_line_org_id_line_id unique (org_id, line_id),
  constraint ck_stripe_line_net check (net_minor = amount_minor - fee_minor),
  constraint ck_stripe_line_settled_as check (settled_as in ('matched', 'fee', 'written_off', 'corrected')),
  constraint ck_stripe_line_matched check (settled_as <> 'matched' or posting_id is not null)
);
create index ix_stripe_line_n on stripe_line (org_id, n);
create index ix_stripe_line_day on stripe_line (org_id, day);
create index ix_stripe_line_unsettled on stripe_line (org_id, n) where settled_as is null;
create unique index uq_stripe_line_posting on stripe_line (org_id, posting_id) where posting_id is not null;

create table stripe_reading (
  org_id uuid not null,
  read_at timestamptz not null,
  complete_at timestamptz,
  constraint pk_stripe_reading primary key (org_id),
  constraint ck_stripe_reading_in_order check (complete_at <= read_at)
);

create table money_difference (
  org_id uuid not null,
  id uuid not null,
  kind text not null,
  side text not null,
  amount_minor bigint not null,
  currency varchar not null,
  line_id uuid,
  posting_id uuid,
  subject varchar not null,
  day date not null,
  status text not null,
  opened_at timestamptz not null,
  owner_id uuid,
  action text,
  counter_account varchar,
  note varchar not null default '',
  proposed_by uuid,
  proposed_at timestamptz,
  resolved_by uuid,
  resolved_at timestamptz,
  version integer not null default 1,
  constraint pk_money_difference primary key (org_id, id),
  constraint ck_money_difference_kind check (kind in ('line_without_posting', 'amount_differs', 'unknown_type', 'posting_without_line')),
  constraint ck_money_difference_side check (side in ('stripe', 'bank')),
  constraint ck_money_difference_status check (status in ('open', 'taken', 'proposed', 'resolved')),
  constraint ck_money_difference_action check (action in ('write_off', 'correction', 'gone')),
  constraint ck_money_difference_of_something check (line_id is not null or posting_id is not null),
  constraint ck_money_difference_resolved check ((status = 'resolved') = (resolved_at is not null)),
  constraint ck_money_difference_posts check (action in ('write_off', 'correction') or counter_account is null),
  constraint ck_money_difference_two_people check (status <> 'resolved' or action not in ('write_off', 'correction') or resolved_by <> proposed_by)
);
create unique index uq_money_difference_line on money_difference (org_id, side, line_id) where line_id is not null and status <> 'resolved';
create unique index uq_money_difference_posting on money_difference (org_id, posting_id) where line_id is null and status <> 'resolved';
create index ix_money_difference_unresolved on money_difference (org_id, id) where status <> 'resolved';

create table account_name (
  org_id uuid not null,
  kind varchar not null,
  name varchar not null,
  code varchar not null,
  tax_class varchar not null,
  changed_by uuid not null,
  changed_at timestamptz not null,
  version integer not null default 1,
  constraint pk_account_name primary key (org_id, kind)
);
"""

# Whoever posts holds the month's lock, shared with all who post, until it commits; whoever closes the month waits for all of
# them and keeps later ones waiting until the close is there to be seen: each statement of the function sees what was
# committed before it began. The lock is the month's, so that closing November stops nobody who posts in December.
REFUSE_CLOSED_DAYS = """
create function refuse_closed_days() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare v_month date; v_day date;
begin
  for v_month in select distinct date_trunc('month', day)::date from written order by 1 loop
    perform pg_advisory_xact_lock_shared(3365, (extract(year from v_month) * 12 + extract(month from v_month))::int);
  end loop;
  select min(w.day) into v_day from written w
    where w.day < (select max(c.month) + interval '1 month' from ledger_close c where c.org_id = w.org_id and c.status = 'closed');
  if v_day is not null then
    raise exception using errcode = 'OD025', message = 'period_closed', detail = v_day::text;
  end if;
  return null;
end $$
"""
# What Stripe said stays as it was read; what it was settled as may change, once.
KEEP_STRIPE_LINES = """
create function keep_stripe_lines() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  raise exception using errcode = 'OD026', message = 'stripe_line_kept', detail = old.line_id;
end $$
"""
CHANGED = (
    "old.settled_as is not null or (old.id, old.n, old.line_id, old.type, old.reporting_category, old.amount_minor,"
    " old.fee_minor, old.currency, old.source_id, old.created_at, old.available_at, old.read_at) is distinct from"
    " (new.id, new.n, new.line_id, new.type, new.reporting_category, new.amount_minor, new.fee_minor, new.currency,"
    " new.source_id, new.created_at, new.available_at, new.read_at)"
)
INDEXES = """
create index ix_posting_source on posting (org_id, source, day, id);
create index ix_posting_target on posting (org_id, target, day, id);
create index ix_posting_day on posting (org_id, day, id);
create index ix_posting_counterparty on posting (org_id, counterparty_id, day, id) where counterparty_id is not null
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for statement in filter(None, map(str.strip, TABLES.split(";"))):
        op.execute(statement)
    for table in ("ledger_close", "ledger_balance", "ledger_day", "stripe_line", "stripe_reading", "money_difference", "account_name"):
        _secure(table)
    op.execute(f"revoke update on ledger_balance from {API}, {WORKER}")
    op.execute(KEEP_STRIPE_LINES)
    op.execute("revoke all on function keep_stripe_lines from public")
    op.execute(
        f"create trigger keep_stripe_lines after update on stripe_line for each row when ({CHANGED})"
        " execute function keep_stripe_lines()"
    )
    op.execute("alter table bank_line add column counted_on date")
    op.execute("drop index ix_posting_source")
    op.execute("drop index ix_posting_target")
    op.execute("set local statement_timeout = '30min'")
    op.execute(
        "alter table posting add column booked_on date, add column day date"
        " generated always as (coalesce(booked_on, (posted_at at time zone 'Asia/Tokyo')::date)) stored not null"
    )
    for statement in INDEXES.split(";"):
        op.execute(statement)
    op.execute("set local statement_timeout = '5s'")
    op.execute(REFUSE_CLOSED_DAYS)
    op.execute("revoke all on function refuse_closed_days from public")
    op.execute(
        "create trigger refuse_closed_days after insert on posting referencing new table as written"
        " for each statement execute function refuse_closed_days()"
    )


def _secure(table: str) -> None:
    op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("drop trigger refuse_closed_days on posting")
    op.execute("drop function refuse_closed_days")
    for index in ("ix_posting_source", "ix_posting_target", "ix_posting_day", "ix_posting_counterparty"):
        op.execute(f"drop index {index}")
    op.execute("alter table posting drop column day, drop column booked_on")
    op.execute("create index ix_posting_source on posting (org_id, source)")
    op.execute("create index ix_posting_target on posting (org_id, target)")
    op.execute("alter table bank_line drop column counted_on")
    op.execute("drop trigger keep_stripe_lines on stripe_line")
    op.execute("drop function keep_stripe_lines")
    for table in ("account_name", "money_difference", "stripe_reading", "stripe_line", "ledger_day", "ledger_balance", "ledger_close"):
        op.execute(f"drop table {table}")
