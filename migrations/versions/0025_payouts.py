"""What providers earn and how they are paid: terms, commission, entries, payouts, files of transfers, Stripe's own payouts.

Revision: 0025, after 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"

TABLES = """
create table provider_terms (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid default '0dd5de5c-0000-7000-8000-000000000001' not null,
  valid_from date not null,
  sale_mode text not null,
  risk_bearer text not null,
  payout_method text not null,
  closing_weekday integer,
  closing_day integer,
  smallest_payout_minor bigint not null,
  invoice_confirmed_on date,
  invoice_confirmed_by uuid,
  made_by uuid not null,
  made_at timestamptz not null,
  constraint pk_provider_terms primary key (org_id, id),
  constraint ck_provider_terms_sale_mode check (sale_mode in ('agency', 'resale')),
  constraint ck_provider_terms_risk_bearer check (risk_bearer in ('provider', 'desk')),
  constraint ck_provider_terms_payout_method check (payout_method in ('zengin', 'stripe')),
  constraint ck_provider_terms_one_closing check ((closing_weekday is null) <> (closing_day is null)),
  constraint ck_provider_terms_weekday check (closing_weekday between 1 and 7),
  constraint ck_provider_terms_day check (closing_day between 1 and 31),
  constraint ck_provider_terms_positive check (smallest_payout_minor > 0),
  constraint ck_provider_terms_confirmed_by check ((invoice_confirmed_on is null) = (invoice_confirmed_by is null)),
  constraint fk_provider_terms_org_id foreign key (org_id) references organisation (org_id)
);
create index ix_provider_terms_desk on provider_terms (desk_id, id);
create index ix_provider_terms_in_force on provider_terms (org_id, valid_from, id);

create table commission_rate (
  org_id uuid not null,
  id uuid not null,
  provider_id uuid,
  registry_code varchar,
  methodology_family varchar,
  basis_points integer not null,
  valid_from date not null,
  valid_until date,
  made_by uuid not null,
  made_at timestamptz not null,
  ended_by uuid,
  ended_at timestamptz,
  version integer default 1 not null,
  constraint pk_commission_rate primary key (org_id, id),
  constraint ck_commission_rate_basis_points check (basis_points between 0 and 10000),
  constraint ck_commission_rate_days check (valid_until >= valid_from),
  constraint one_commission_rate_at_a_time exclude using gist (org_id with =, coalesce(provider_id, '00000000-0000-0000-0000-000000000000'::uuid) with =, coalesce(registry_code, '') with =, coalesce(methodology_family, '') with =, daterange(valid_from, valid_until) with &&)
);

create table payout_originator (
  org_id uuid not null,
  code varchar not null,
  name varchar not null,
  bank_code varchar not null,
  bank_name varchar not null,
  branch_code varchar not null,
  branch_name varchar not null,
  account_kind varchar not null,
  account_number varchar not null,
  line_end varchar not null,
  end_mark varchar not null,
  changed_by uuid not null,
  changed_at timestamptz not null,
  version integer default 1 not null,
  constraint pk_payout_originator primary key (org_id),
  constraint ck_payout_originator_account_kind check (account_kind in ('ordinary', 'current')),
  constraint ck_payout_originator_line_end check (line_end in ('crlf', 'none')),
  constraint ck_payout_originator_end_mark check (end_mark in ('0x1a', 'none'))
);

create table payout_account (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid default '0dd5de5c-0000-7000-8000-000000000001' not null,
  n integer not null,
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
  version integer default 1 not null,
  constraint pk_payout_account primary key (org_id, id),
  constraint ck_payout_account_status check (status in ('waiting', 'confirmed', 'refused', 'replaced')),
  constraint ck_payout_account_account_kind check (account_kind in ('ordinary', 'current', 'savings')),
  constraint ck_payout_account_two_people check (decided_by <> entered_by),
  constraint ck_payout_account_decided check (status not in ('confirmed', 'refused') or decided_by is not null),
  constraint uq_payout_account_org_id_n unique (org_id, n),
  constraint fk_payout_account_org_id foreign key (org_id) references organisation (org_id)
);
create index ix_payout_account_desk on payout_account (desk_id, id);
create unique index uq_payout_account_confirmed on payout_account (org_id) where status = 'confirmed';
create unique index uq_payout_account_waiting on payout_account (org_id) where status = 'waiting';

create table connected_account (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid default '0dd5de5c-0000-7000-8000-000000000001' not null,
  account_id varchar,
  transfers varchar not null,
  payouts_enabled boolean not null,
  details_submitted boolean not null,
  due text[] default '{}' not null,
  disabled_reason varchar,
  refused varchar,
  created_at timestamptz not null,
  checked_at timestamptz,
  version integer default 1 not null,
  constraint pk_connected_account primary key (org_id),
  constraint fk_connected_account_org_id foreign key (org_id) references organisation (org_id)
);
create unique index uq_connected_account on connected_account (account_id) where account_id is not null;
create unique index uq_connected_account_id on connected_account (id);

create table payout_file (
  org_id uuid not null,
  id uuid not null,
  status text not null,
  transfer_on date not null,
  transfers integer not null,
  total_minor bigint not null,
  debited_minor bigint default 0 not null,
  names_cut integer not null,
  sha256 varchar not null,
  file_key varchar not null,
  made_by uuid not null,
  made_at timestamptz not null,
  sent_by uuid,
  sent_at timestamptz,
  voided_by uuid,
  voided_at timestamptz,
  version integer default 1 not null,
  constraint pk_payout_file primary key (org_id, id),
  constraint ck_payout_file_status check (status in ('made', 'sent', 'debited', 'void')),
  constraint ck_payout_file_positive check (transfers > 0 and total_minor > 0),
  constraint ck_payout_file_debited check (debited_minor between 0 and total_minor)
);

create table payout (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid default '0dd5de5c-0000-7000-8000-000000000001' not null,
  status text not null,
  method text not null,
  currency varchar not null,
  closed_on date not null,
  by_clock boolean not null,
  lines integer not null,
  goods_minor bigint not null,
  tax_minor bigint not null,
  commission_minor bigint not null,
  tax_basis_points integer not null,
  commission_tax_minor bigint not null,
  adjustment_minor bigint not null,
  payout_minor bigint not null,
  account_id uuid,
  destination varchar,
  file_id uuid,
  transfer_id varchar,
  reversed_minor bigint default 0 not null,
  reason varchar,
  made_by uuid not null,
  made_at timestamptz not null,
  approved_by uuid,
  approved_at timestamptz,
  sent_at timestamptz,
  paid_at timestamptz,
  closed_at timestamptz,
  bank_line_id uuid,
  returned_line_id uuid,
  version integer default 1 not null,
  constraint pk_payout primary key (org_id, id),
  constraint ck_payout_status check (status in ('draft', 'approved', 'sending', 'sent', 'paid', 'failed', 'canceled')),
  constraint ck_payout_method check (method in ('zengin', 'stripe')),
  constraint ck_payout_adds_up check (payout_minor = goods_minor + tax_minor - commission_minor - commission_tax_minor + adjustment_minor),
  constraint ck_payout_positive check (payout_minor > 0 and commission_minor >= 0 and commission_tax_minor >= 0),
  constraint ck_payout_rounded_down_once check (commission_tax_minor = commission_minor * tax_basis_points / 10000),
  constraint ck_payout_two_people check (approved_by <> made_by),
  constraint ck_payout_reversed check (reversed_minor between 0 and payout_minor),
  constraint ck_payout_bank_account check ((method = 'zengin') = (account_id is not null)),
  constraint ck_payout_connected_account check ((method = 'stripe') = (destination is not null)),
  constraint fk_payout_org_id_account_id foreign key (org_id, account_id) references payout_account (org_id, id),
  constraint fk_payout_desk_id_file_id foreign key (desk_id, file_id) references payout_file (org_id, id),
  constraint fk_payout_org_id foreign key (org_id) references organisation (org_id)
);
create index ix_payout_desk on payout (desk_id, id);
create index ix_payout_file on payout (desk_id, file_id) where file_id is not null;
create unique index uq_payout_closing on payout (org_id, closed_on) where by_clock;
create unique index uq_payout_id on payout (id);
create unique index uq_payout_transfer on payout (transfer_id) where transfer_id is not null;

create table earning (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid default '0dd5de5c-0000-7000-8000-000000000001' not null,
  kind text not null,
  order_id uuid,
  subject_id uuid not null,
  currency varchar not null,
  goods_minor bigint not null,
  tax_minor bigint not null,
  commission_minor bigint not null,
  adjustment_minor bigint default 0 not null,
  net_minor bigint not null,
  exact_commission bigint,
  shares jsonb,
  available_at timestamptz,
  held boolean default false not null,
  payout_id uuid,
  earned_at timestamptz not null,
  constraint pk_earning primary key (org_id, id),
  constraint ck_earning_kind check (kind in ('sale', 'refund', 'dispute_lost', 'dispute_won', 'correction')),
  constraint ck_earning_adds_up check (net_minor = goods_minor + tax_minor - commission_minor + adjustment_minor),
  constraint ck_earning_of_an_order check ((kind = 'correction') or (order_id is not null and adjustment_minor = 0)),
  constraint ck_earning_exact check ((kind = 'sale') = (exact_commission is not null)),
  constraint uq_earning_org_id_kind_subject_id unique (org_id, kind, subject_id),
  constraint fk_earning_org_id_payout_id foreign key (org_id, payout_id) references payout (org_id, id) deferrable initially deferred,
  constraint fk_earning_org_id foreign key (org_id) references organisation (org_id)
);
create index ix_earning_order on earning (org_id, order_id);
create index ix_earning_payout on earning (org_id, payout_id) where payout_id is not null;
create index ix_earning_unpaid on earning (desk_id, org_id) where payout_id is null;

create table payout_line (
  org_id uuid not null,
  payout_id uuid not null,
  earning_id uuid not null,
  desk_id uuid default '0dd5de5c-0000-7000-8000-000000000001' not null,
  constraint pk_payout_line primary key (org_id, payout_id, earning_id),
  constraint fk_payout_line_org_id_payout_id foreign key (org_id, payout_id) references payout (org_id, id),
  constraint fk_payout_line_org_id_earning_id foreign key (org_id, earning_id) references earning (org_id, id)
);

create table payout_reversal (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid default '0dd5de5c-0000-7000-8000-000000000001' not null,
  payout_id uuid not null,
  amount_minor bigint not null,
  currency varchar not null,
  status text not null,
  reversal_id varchar,
  reason varchar,
  note varchar not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  done_at timestamptz,
  constraint pk_payout_reversal primary key (org_id, id),
  constraint ck_payout_reversal_status check (status in ('asked', 'made', 'refused')),
  constraint ck_payout_reversal_positive check (amount_minor > 0),
  constraint fk_payout_reversal_org_id_payout_id foreign key (org_id, payout_id) references payout (org_id, id)
);
create index ix_payout_reversal_payout on payout_reversal (org_id, payout_id);

create table stripe_payout (
  org_id uuid not null,
  id uuid not null,
  payout_id varchar not null,
  status varchar not null,
  amount_minor bigint not null,
  currency varchar not null,
  automatic boolean not null,
  arrives_on date not null,
  failure_code varchar,
  bank_line_id uuid,
  arrived_at timestamptz,
  first_seen_at timestamptz not null,
  checked_at timestamptz not null,
  version integer default 1 not null,
  constraint pk_stripe_payout primary key (org_id, id),
  constraint ck_stripe_payout_arrived check ((bank_line_id is null) = (arrived_at is null))
);
create index ix_stripe_payout_open on stripe_payout (org_id, amount_minor) where bank_line_id is null;
create unique index uq_stripe_payout on stripe_payout (payout_id);
create unique index uq_stripe_payout_line on stripe_payout (org_id, bank_line_id) where bank_line_id is not null;
"""

WITH_PROVIDER = (
    "provider_terms", "payout_account", "connected_account", "earning", "payout", "payout_line", "payout_reversal",
)  # fmt: skip
"""Provider and desk both read, and both are named to write."""
OF_DESK = ("commission_rate", "payout_originator", "payout_file", "stripe_payout")
NEVER_CHANGED = ("provider_terms", "payout_line")

# What an entry says, and what a rate charged, is never said otherwise afterwards, whoever writes the statement. Whose it
# is, the policies keep.
TRIGGERS = """
create function keep_earning() returns trigger language plpgsql as $$
begin
  if (new.id, new.kind, new.order_id, new.subject_id, new.currency, new.goods_minor, new.tax_minor, new.commission_minor,
      new.adjustment_minor, new.net_minor, new.exact_commission, new.shares, new.earned_at)
     is distinct from
     (old.id, old.kind, old.order_id, old.subject_id, old.currency, old.goods_minor, old.tax_minor, old.commission_minor,
      old.adjustment_minor, old.net_minor, old.exact_commission, old.shares, old.earned_at) then
    raise exception 'an entry is never changed' using errcode = 'restrict_violation', constraint = 'earning_is_kept';
  end if;
  return new;
end $$
---
create trigger keep_earning before update on earning for each row execute function keep_earning()
---
create function keep_commission_rate() returns trigger language plpgsql as $$
begin
  if (new.id, new.provider_id, new.registry_code, new.methodology_family, new.basis_points, new.valid_from, new.made_by, new.made_at)
     is distinct from
     (old.id, old.provider_id, old.registry_code, old.methodology_family, old.basis_points, old.valid_from, old.made_by, old.made_at)
     or (old.ended_at is not null or new.valid_until is null or new.valid_until > old.valid_until)
        and new.valid_until is distinct from old.valid_until then
    raise exception 'a rate is never changed, only ended once, and not later than it said' using errcode = 'restrict_violation', constraint = 'commission_rate_is_kept';
  end if;
  return new;
end $$
---
create trigger keep_commission_rate before update on commission_rate for each row execute function keep_commission_rate()
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for statement in filter(None, map(str.strip, TABLES.split(";"))):
        op.execute(statement)
    for statement in TRIGGERS.split("---"):
        op.execute(statement)
    either = f"org_id = any ({NAMED}) or desk_id = any ({NAMED})"
    both = f"array[org_id, desk_id] <@ ({NAMED})"
    for table in WITH_PROVIDER:
        _secure(table)
        op.execute(f"create policy see_{table} on {table} for select to {API}, {WORKER} using ({either})")
        op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({both})")
        if table not in NEVER_CHANGED:
            op.execute(f"create policy change_{table} on {table} for update to {API}, {WORKER} using ({both}) with check ({both})")
    for table in OF_DESK:
        _secure(table)
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")


def _secure(table: str) -> None:
    verbs = "select, insert" if table in NEVER_CHANGED else "select, insert, update"
    op.execute(f"grant {verbs} on {table} to {API}, {WORKER}")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for table in (
        "stripe_payout", "payout_reversal", "payout_line", "earning", "payout", "payout_file", "connected_account",
        "payout_account", "payout_originator", "commission_rate", "provider_terms",
    ):  # fmt: skip
        op.execute(f"drop table {table}")
    op.execute("drop function keep_earning, keep_commission_rate")
