"""Refunds and disputes: what is given back of an order, and the money that goes back, or is taken, to its buyer.

Revision: 0024, after 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"
STATUSES = ("awaiting_payment", "paid", "fulfilled", "canceled", "expired", "short")

TABLES = """
create table refund (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  order_id uuid not null,
  payment_id uuid not null,
  attempt_id uuid,
  kind text not null,
  way text not null,
  amount_minor bigint not null,
  currency varchar not null,
  status text not null,
  note varchar not null,
  proposed_by uuid not null,
  confirmed_by uuid,
  stripe_refund_id varchar,
  failure varchar,
  bank_line_id uuid,
  made_at timestamptz not null,
  done_at timestamptz,
  version integer not null default 1,
  constraint pk_refund primary key (org_id, id),
  constraint ck_refund_kind check (kind in ('order', 'returned', 'goodwill')),
  constraint ck_refund_status check (status in ('proposed', 'rejected', 'due', 'pending', 'succeeded', 'failed')),
  constraint ck_refund_way check (way in ('stripe', 'bank')),
  constraint ck_refund_positive check (amount_minor > 0),
  constraint ck_refund_two_people check (confirmed_by is null or confirmed_by <> proposed_by),
  constraint ck_refund_goodwill_by_a_second check (kind <> 'goodwill' or status in ('proposed', 'rejected') or confirmed_by is not null),
  constraint ck_refund_stripe_by_its_attempt check (way <> 'stripe' or attempt_id is not null),
  constraint fk_refund_org_id_payment_id_payment foreign key (org_id, payment_id) references payment (org_id, id)
);
create index ix_refund_order on refund (org_id, order_id, id);
create index ix_refund_desk on refund (desk_id, status, id);
create unique index uq_refund_id on refund (id);
create unique index uq_refund_stripe on refund (stripe_refund_id) where stripe_refund_id is not null;

create table refund_line (
  org_id uuid not null,
  refund_id uuid not null,
  n integer not null,
  provider_id uuid not null,
  quantity bigint not null,
  goods_minor bigint not null,
  constraint pk_refund_line primary key (org_id, refund_id, n),
  constraint ck_refund_line_positive check (quantity > 0 and goods_minor >= 0),
  constraint fk_refund_line_org_id_refund_id_refund foreign key (org_id, refund_id) references refund (org_id, id)
);

create table refund_issuer (
  org_id uuid not null,
  refund_id uuid not null,
  provider_id uuid not null,
  tax_basis_points integer not null,
  goods_minor bigint not null,
  tax_minor bigint not null,
  constraint pk_refund_issuer primary key (org_id, refund_id, provider_id),
  constraint ck_refund_issuer_not_negative check (goods_minor >= 0 and tax_minor >= 0),
  constraint fk_refund_issuer_org_id_refund_id_refund foreign key (org_id, refund_id) references refund (org_id, id)
);
"""
DISPUTES = """
create table dispute (
  org_id uuid not null,
  id uuid not null,
  stripe_dispute_id varchar not null,
  buyer_id uuid not null,
  order_id uuid not null,
  payment_id uuid not null,
  attempt_id uuid not null,
  amount_minor bigint not null,
  currency varchar not null,
  reason varchar not null,
  status varchar not null,
  outcome text not null,
  taken_minor bigint not null,
  returned_minor bigint not null default 0,
  borne_minor bigint not null default 0,
  borne_by text,
  evidence_due_at timestamptz,
  opened_at timestamptz not null,
  closed_at timestamptz,
  version integer not null default 1,
  constraint pk_dispute primary key (org_id, id),
  constraint ck_dispute_outcome check (outcome in ('open', 'won', 'lost')),
  constraint ck_dispute_borne_by check (borne_by in ('provider', 'desk')),
  constraint ck_dispute_not_negative check (returned_minor >= 0 and borne_minor >= 0),
  constraint ck_dispute_lost_adds_up check (outcome <> 'lost' or returned_minor + borne_minor = taken_minor)
);
create unique index uq_dispute_stripe on dispute (stripe_dispute_id);
create index ix_dispute_open on dispute (org_id, id) where outcome = 'open';
create index ix_dispute_order on dispute (org_id, order_id);
"""
COUNTED = """
alter table order_line add column refunded bigint not null default 0;
alter table order_line add constraint ck_order_line_refunded_at_most check (refunded >= 0 and refunded <= quantity) not valid;
alter table order_line validate constraint ck_order_line_refunded_at_most;
alter table order_issuer add column refunded_goods_minor bigint not null default 0;
alter table order_issuer add column refunded_tax_minor bigint not null default 0;
alter table order_issuer add constraint ck_order_issuer_refunded_as_charged check (refunded_goods_minor between 0 and goods_minor and tax_minor - refunded_tax_minor = (goods_minor - refunded_goods_minor) * tax_basis_points / 10000) not valid;
alter table order_issuer validate constraint ck_order_issuer_refunded_as_charged
"""
# Table -> the other party's column; what is given back of a provider's goods is the provider's to read.
PARTIES = {"refund": "desk_id", "refund_line": "provider_id", "refund_issuer": "provider_id"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for statement in filter(None, map(str.strip, (TABLES + DISPUTES + COUNTED).split(";"))):
        op.execute(statement)
    _secure("dispute")
    op.execute(f"create policy own_dispute on dispute to {API}, {WORKER} using (org_id = any ({NAMED}))")
    for table, other in PARTIES.items():
        _secure(table)
        either = f"org_id = any ({NAMED}) or {other} = any ({NAMED})"
        both = f"array[org_id, {other}] <@ ({NAMED})"
        op.execute(f"create policy see_{table} on {table} for select to {API}, {WORKER} using ({either})")
        op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({both})")
        op.execute(f"create policy change_{table} on {table} for update to {API}, {WORKER} using ({both}) with check ({both})")
    _statuses((*STATUSES, "refunded"))


def _secure(table: str) -> None:
    op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def _statuses(statuses: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{each}'" for each in statuses)
    op.execute("alter table orders drop constraint ck_orders_status")
    op.execute(f"alter table orders add constraint ck_orders_status check (status in ({allowed})) not valid")
    op.execute("alter table orders validate constraint ck_orders_status")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    _statuses(STATUSES)
    op.execute("alter table order_issuer drop constraint ck_order_issuer_refunded_as_charged")
    op.execute("alter table order_issuer drop column refunded_goods_minor, drop column refunded_tax_minor")
    op.execute("alter table order_line drop constraint ck_order_line_refunded_at_most")
    op.execute("alter table order_line drop column refunded")
    for table in ("dispute", "refund_issuer", "refund_line", "refund"):
        op.execute(f"drop table {table}")
