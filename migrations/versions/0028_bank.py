"""The banks' own files: the desk's accounts, virtual accounts for buyers, learned payers' names, and what a line was taken for.

Revision: 0028, after 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"

TABLES = """
create table desk_bank (
  org_id uuid not null,
  accounts jsonb not null,
  changed_by uuid not null,
  changed_at timestamptz not null,
  version integer not null default 1,
  constraint pk_desk_bank primary key (org_id)
);

create table virtual_account (
  org_id uuid not null,
  number varchar not null,
  payer_id uuid,
  given_at timestamptz,
  loaded_by uuid not null,
  loaded_at timestamptz not null,
  constraint pk_virtual_account primary key (org_id, number),
  constraint ck_virtual_account_ten_digits check (number ~ '^[0-9]{10}$'),
  constraint ck_virtual_account_given check ((payer_id is null) = (given_at is null))
);
create unique index uq_virtual_account_payer on virtual_account (org_id, payer_id) where payer_id is not null;
create index ix_virtual_account_free on virtual_account (org_id, number) where payer_id is null;

create table payer_name (
  org_id uuid not null,
  payer_id uuid not null,
  name varchar not null,
  line_id uuid not null,
  learned_by uuid not null,
  learned_at timestamptz not null,
  constraint pk_payer_name primary key (org_id, payer_id, name)
);
"""
OUTCOMES_BEFORE = (
    "pending", "exact", "over", "short", "completes", "duplicate", "late", "late_reserved", "unknown_payer", "outgoing",
)  # fmt: skip
SUGGESTED = ("ambiguous", "several_orders", "amount_differs", "name_differs", "other_reference")
MATCHED = ("by_reference", "by_virtual_account", "by_amount_and_name", *SUGGESTED, "nothing")


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for statement in filter(None, map(str.strip, TABLES.split(";"))):
        op.execute(statement)
    for table in ("desk_bank", "virtual_account", "payer_name"):
        _secure(table)
    op.execute(f"revoke update on payer_name from {API}, {WORKER}")
    op.execute(
        f"create policy payer_virtual_account on virtual_account for select to {API}, {WORKER}"
        f" using (payer_id = any ({NAMED}))"
    )
    op.execute(
        "alter table bank_line add column virtual_account varchar not null default '', add column matched_as text,"
        " add column score integer, add column candidates_found integer not null default 0,"
        " add column missing_minor bigint not null default 0,"
        " add column candidate_ids uuid[] not null default '{}', add column candidate_payers uuid[] not null default '{}'"
    )
    _outcomes(*OUTCOMES_BEFORE, *SUGGESTED)
    op.execute(f"alter table bank_line add constraint ck_bank_line_matched_as check (matched_as in ({_words(*MATCHED)}))")
    # Only what waits to be matched, or judged, is in it: it is small at any time but while a file is.
    op.execute("create index ix_bank_line_new on bank_line (org_id, statement_id, id) where status = 'new'")


def _words(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _outcomes(*words: str) -> None:
    op.execute("alter table bank_line drop constraint ck_bank_line_outcome")
    op.execute(f"alter table bank_line add constraint ck_bank_line_outcome check (outcome in ({_words(*words)}))")


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
    op.execute("drop index ix_bank_line_new")
    op.execute(f"update bank_line set outcome = 'unknown_payer' where outcome in ({_words(*SUGGESTED)})")
    _outcomes(*OUTCOMES_BEFORE)
    op.execute("alter table bank_line drop constraint ck_bank_line_matched_as")
    for column in ("candidate_payers", "candidate_ids", "missing_minor", "candidates_found", "score", "matched_as", "virtual_account"):
        op.execute(f"alter table bank_line drop column {column}")
    for table in ("payer_name", "virtual_account", "desk_bank"):
        op.execute(f"drop table {table}")
