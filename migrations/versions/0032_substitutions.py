"""A short order is filled by other credits that its buyer accepts; a listing that sold out comes back with its serials.

Revision: 0032, after 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"
TABLES = """
create table substitution (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  order_id uuid not null,
  status text not null,
  note varchar not null,
  currency varchar not null,
  back_minor bigint not null,
  borne_minor bigint not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  expires_at timestamptz not null,
  answered_by uuid,
  closed_at timestamptz,
  version integer not null default 1,
  constraint pk_substitution primary key (org_id, id),
  constraint ck_substitution_status check (status in ('open', 'accepted', 'rejected', 'expired', 'withdrawn')),
  constraint ck_substitution_one_way check (back_minor >= 0 and borne_minor >= 0 and (back_minor = 0 or borne_minor = 0)),
  constraint ck_substitution_closed check ((status = 'open') = (closed_at is null)),
  constraint fk_substitution_org_id_order_id_orders foreign key (org_id, order_id) references orders (org_id, id)
);
create unique index uq_substitution_open on substitution (org_id, order_id) where status = 'open';
create index ix_substitution_order on substitution (org_id, order_id, id);
create index ix_substitution_desk on substitution (desk_id, order_id, id);

create table substitution_line (
  org_id uuid not null,
  substitution_id uuid not null,
  n integer not null,
  order_id uuid not null,
  line_n integer not null,
  provider_id uuid not null,
  listing_id uuid not null,
  lot_id uuid not null,
  quantity bigint not null,
  price_minor bigint not null,
  price_per bigint not null,
  goods_minor bigint not null,
  price_version integer not null,
  terms_version integer not null,
  constraint pk_substitution_line primary key (org_id, substitution_id, n),
  constraint ck_substitution_line_adds_up check (quantity > 0 and price_minor > 0 and price_per > 0 and goods_minor = quantity * price_minor / price_per),
  constraint fk_substitution_line_org_id_substitution_id_substitution foreign key (org_id, substitution_id) references substitution (org_id, id),
  constraint fk_substitution_line_provider_id_listing_id_listing foreign key (provider_id, listing_id) references listing (org_id, id)
);
create index ix_substitution_line_order on substitution_line (org_id, order_id);
"""
LINES = """
alter table order_line add column substituted bigint not null default 0, add column substitutes integer, add column borne_minor bigint not null default 0
"""
# Table -> the other party's column: what is bought of a provider is the provider's to read.
PARTIES = {"substitution": "desk_id", "substitution_line": "provider_id"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for statement in filter(None, map(str.strip, (TABLES + LINES).split(";"))):
        op.execute(statement)
    _checked("order_line", "substituted", "substituted between 0 and refunded")
    _checked("order_line", "borne", "borne_minor between 0 and goods_minor and (borne_minor = 0 or substitutes is not null)")
    for table, other in PARTIES.items():
        _secure(table)
        either = f"org_id = any ({NAMED}) or {other} = any ({NAMED})"
        both = f"array[org_id, {other}] <@ ({NAMED})"
        op.execute(f"create policy see_{table} on {table} for select to {API}, {WORKER} using ({either})")
        op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({both})")
        op.execute(f"create policy change_{table} on {table} for update to {API}, {WORKER} using ({both}) with check ({both})")
    op.execute("alter table listing add column reopens_as text")
    # A listing that is sold out already stays ended: nobody wrote down whether it was open or paused.
    _checked("listing", "reopens_as", "reopens_as is null or (reopens_as in ('open', 'paused') and closed_reason = 'sold_out')")


def _checked(table: str, name: str, check: str) -> None:
    op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({check}) not valid")
    op.execute(f"alter table {table} validate constraint ck_{table}_{name}")


def _secure(table: str) -> None:
    op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("alter table listing drop constraint ck_listing_reopens_as")
    op.execute("alter table listing drop column reopens_as")
    op.execute("alter table order_line drop constraint ck_order_line_borne, drop constraint ck_order_line_substituted")
    op.execute("alter table order_line drop column borne_minor, drop column substitutes, drop column substituted")
    for table in ("substitution_line", "substitution"):
        op.execute(f"drop table {table}")
