"""Papers for accountants with numbers without a gap, whom they name, and what buyers on account owe.

Revision: 0026, after 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"
NOTICES = "'saved_search.fits'"

TABLES = """
create table paper_number (
  org_id uuid not null,
  series varchar not null,
  year integer not null,
  last_n bigint not null,
  constraint pk_paper_number primary key (org_id, series, year),
  constraint ck_paper_number_counts_from_one check (last_n > 0)
);

create table paper_counterparty (
  org_id uuid not null,
  id uuid not null,
  name varchar not null,
  name_folded varchar not null,
  constraint pk_paper_counterparty primary key (org_id, id),
  constraint uq_paper_counterparty_org_id_name unique (org_id, name)
);

create table paper (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  kind text not null,
  mode text not null,
  series varchar not null,
  year integer not null,
  n bigint not null,
  number varchar not null,
  issued_on date not null,
  supplied_from date,
  supplied_through date,
  due_on date,
  issuer_name varchar not null,
  issuer_number varchar,
  issuer_address varchar not null,
  recipient_name varchar not null,
  recipient_address varchar not null,
  counterparty_id uuid not null,
  parties_folded varchar not null,
  subject_id uuid not null,
  part integer not null,
  order_id uuid,
  original_id uuid,
  copy_of uuid,
  currency varchar not null,
  goods_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null,
  composed jsonb not null,
  facts jsonb not null,
  kept_through date not null,
  issued_at timestamptz not null,
  constraint pk_paper primary key (org_id, id),
  constraint ck_paper_kind check (kind in ('quotation', 'bill', 'invoice', 'return', 'receipt', 'payout_statement', 'monthly_invoice')),
  constraint ck_paper_mode check (mode in ('desk', 'for_provider', 'unregistered')),
  constraint ck_paper_counts_from_one check (n > 0 and part > 0),
  constraint ck_paper_never_below_zero check (total_minor >= 0 and tax_minor >= 0),
  constraint ck_paper_kept check (issued_on < kept_through),
  constraint fk_paper_desk_id_counterparty_id foreign key (desk_id, counterparty_id) references paper_counterparty (org_id, id)
);
create index ix_paper_copy_of on paper (desk_id, copy_of) where copy_of is not null;
create index ix_paper_desk_counterparty on paper (desk_id, counterparty_id, issued_on, id);
create index ix_paper_desk_issued on paper (desk_id, issued_on, id);
create index ix_paper_desk_total on paper (desk_id, total_minor, id);
create index ix_paper_issued on paper (org_id, issued_on, id);
create index ix_paper_order on paper (org_id, order_id) where order_id is not null;
create index ix_paper_total on paper (org_id, total_minor, id);
create unique index uq_paper_number on paper (desk_id, series, year, n) where copy_of is null;
create unique index uq_paper_subject on paper (org_id, kind, mode, subject_id, part) where copy_of is null;

create table paper_file (
  org_id uuid not null,
  paper_id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  file_key varchar not null,
  sha256 varchar not null,
  size_bytes bigint not null,
  rendered_at timestamptz not null,
  constraint pk_paper_file primary key (org_id, paper_id),
  constraint fk_paper_file_org_id_paper_id foreign key (org_id, paper_id) references paper (org_id, id)
);

create table desk_profile (
  org_id uuid not null,
  id uuid not null,
  valid_from date not null,
  name varchar not null,
  registration_number varchar,
  is_corporation boolean not null,
  address varchar not null,
  phone varchar not null,
  bank jsonb,
  notes text[] not null,
  numbered_by text not null,
  fiscal_year_ends_in integer not null,
  years_kept integer not null,
  made_by uuid not null,
  made_at timestamptz not null,
  constraint pk_desk_profile primary key (org_id, id),
  constraint ck_desk_profile_the_desks_own check (org_id = '0dd5de5c-0000-7000-8000-000000000001'),
  constraint ck_desk_profile_numbered_by check (numbered_by in ('calendar_year', 'fiscal_year')),
  constraint ck_desk_profile_fiscal_year check (fiscal_year_ends_in between 1 and 12),
  constraint ck_desk_profile_years_kept check (years_kept in (7, 10))
);
create index ix_desk_profile_valid on desk_profile (org_id, valid_from, id);

create table billing_profile (
  org_id uuid not null,
  id uuid not null,
  name varchar not null,
  department varchar not null,
  address varchar not null,
  phone varchar not null,
  purchase_order varchar not null,
  email varchar not null,
  changed_at timestamptz not null,
  version integer default 1 not null,
  constraint pk_billing_profile primary key (org_id),
  constraint fk_billing_profile_org_id foreign key (org_id) references organisation (org_id)
);

create table provider_invoice_status (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  registration_number varchar,
  confirmed_on date,
  note varchar not null default '',
  changed_at timestamptz not null,
  version integer default 1 not null,
  constraint pk_provider_invoice_status primary key (org_id),
  constraint ck_provider_invoice_status_confirmed_with_number check ((confirmed_on is null) = (registration_number is null)),
  constraint fk_provider_invoice_status_org_id foreign key (org_id) references organisation (org_id)
);

create table credit_line (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  limit_minor bigint not null,
  most_minor bigint not null,
  used_minor bigint not null,
  closing_day integer not null,
  months_after integer not null,
  due_day integer not null,
  on_holiday text not null,
  retire_before_paid boolean not null,
  valid_from date not null,
  valid_through date,
  changed_at timestamptz not null,
  version integer default 1 not null,
  constraint pk_credit_line primary key (org_id),
  constraint ck_credit_line_never_below_zero check (limit_minor >= 0 and used_minor >= 0),
  constraint ck_credit_line_within_limit check (used_minor <= most_minor and limit_minor <= most_minor),
  constraint ck_credit_line_days check (closing_day between 1 and 31 and due_day between 1 and 31),
  constraint ck_credit_line_months check (months_after between 0 and 12),
  constraint ck_credit_line_on_holiday check (on_holiday in ('previous_business_day', 'next_business_day')),
  constraint ck_credit_line_valid_in_order check (valid_through is null or valid_from <= valid_through),
  constraint fk_credit_line_org_id foreign key (org_id) references organisation (org_id)
);
create index ix_credit_line_desk on credit_line (desk_id, org_id);

create table credit_draw (
  org_id uuid not null,
  order_id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  amount_minor bigint not null,
  paper_ids uuid[] not null default '{}',
  drawn_at timestamptz not null,
  invoiced_at timestamptz,
  given_back_at timestamptz,
  constraint pk_credit_draw primary key (org_id, order_id),
  constraint ck_credit_draw_positive check (amount_minor > 0),
  constraint ck_credit_draw_one_end check (invoiced_at is null or given_back_at is null),
  constraint ck_credit_draw_invoiced_with_papers check ((invoiced_at is null) = (cardinality(paper_ids) = 0)),
  constraint fk_credit_draw_org_id_order_id foreign key (org_id, order_id) references orders (org_id, id),
  constraint fk_credit_draw_org_id foreign key (org_id) references credit_line (org_id)
);
create index ix_credit_draw_open on credit_draw (org_id, order_id) where invoiced_at is null and given_back_at is null;

create table invoice_claim (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  paper_id uuid not null,
  reference varchar not null,
  amount_minor bigint not null,
  open_minor bigint not null,
  currency varchar not null,
  due_on date not null,
  reminded text,
  reminded_at timestamptz,
  opened_at timestamptz not null,
  paid_at timestamptz,
  version integer default 1 not null,
  constraint pk_invoice_claim primary key (org_id, id),
  constraint ck_invoice_claim_open_part check (amount_minor > 0 and open_minor between 0 and amount_minor),
  constraint ck_invoice_claim_paid_when_nothing_is_open check ((open_minor = 0) = (paid_at is not null)),
  constraint ck_invoice_claim_reminded check (reminded in ('coming_due', 'first', 'second', 'last')),
  constraint uq_invoice_claim_reference unique (reference),
  constraint fk_invoice_claim_org_id_paper_id foreign key (org_id, paper_id) references paper (org_id, id)
);
create index ix_invoice_claim_open on invoice_claim (desk_id, due_on, id) where open_minor > 0;
create unique index uq_invoice_claim_paper on invoice_claim (org_id, paper_id);
"""

FROZEN = ("paper", "paper_file")
"""Issuer and recipient read them; nobody changes them."""
SHARED = ("provider_invoice_status", "credit_line", "credit_draw", "invoice_claim")
DESKS_FROZEN = ("paper_counterparty", "desk_profile")
OWN = ("paper_number", "billing_profile")


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for statement in filter(None, map(str.strip, TABLES.split(";"))):
        op.execute(statement)
    for table in (*FROZEN, *SHARED):
        _secure(table, "select, insert" if table in FROZEN else "select, insert, update")
        either = f"org_id = any ({NAMED}) or desk_id = any ({NAMED})"
        both = f"array[org_id, desk_id] <@ ({NAMED})"
        op.execute(f"create policy see_{table} on {table} for select to {API}, {WORKER} using ({either})")
        op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({both})")
        if table in SHARED:
            op.execute(f"create policy change_{table} on {table} for update to {API}, {WORKER} using ({both}) with check ({both})")
    for table in (*DESKS_FROZEN, *OWN):
        _secure(table, "select, insert" if table in DESKS_FROZEN else "select, insert, update")
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")
    _notices(f"{NOTICES}, 'invoice.reminder'")


def _secure(table: str, verbs: str) -> None:
    op.execute(f"grant {verbs} on {table} to {API}, {WORKER}")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def _notices(kinds: str) -> None:
    """What organisations are told of by themselves."""
    op.execute("alter table notice drop constraint ck_notice_kind")
    op.execute(f"alter table notice add constraint ck_notice_kind check (kind in ({kinds})) not valid")
    op.execute("alter table notice validate constraint ck_notice_kind")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("delete from notice where kind = 'invoice.reminder'")
    _notices(NOTICES)
    for table in ("invoice_claim", "credit_draw", "credit_line", "provider_invoice_status", "billing_profile",
                  "desk_profile", "paper_file", "paper", "paper_counterparty", "paper_number"):  # fmt: skip
        op.execute(f"drop table {table}")
