"""Saved searches, the news that they are matched with, and notices.

Revision: 0009, after 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(
        """
        create table saved_search (
          org_id uuid not null,
          id uuid not null,
          name varchar not null,
          q varchar,
          words text[] not null,
          terms text[] not null,
          led_by varchar not null,
          provider_id uuid,
          price_gte bigint,
          price_lte bigint,
          vintage_from date,
          vintage_to date,
          available_gte bigint,
          made_by uuid not null,
          made_at timestamptz not null,
          version integer not null default 1,
          constraint pk_saved_search primary key (org_id, id),
          constraint uq_saved_search_org_id_name unique (org_id, name),
          constraint fk_saved_search_org_id foreign key (org_id) references organisation (org_id),
          constraint ck_saved_search_prices check (price_gte <= price_lte),
          constraint ck_saved_search_vintages check (vintage_from <= vintage_to)
        )
        """
    )
    op.execute(
        """
        create table notice (
          org_id uuid not null,
          id uuid not null,
          kind text not null,
          subject_id uuid not null,
          cause_id uuid not null,
          title varchar not null,
          item_ids uuid[] not null,
          items integer not null,
          made_at timestamptz not null,
          read_at timestamptz,
          constraint pk_notice primary key (org_id, id),
          constraint uq_notice_org_id_subject_id_cause_id unique (org_id, subject_id, cause_id),
          constraint fk_notice_org_id foreign key (org_id) references organisation (org_id),
          constraint ck_notice_kind check (kind in ('saved_search.fits')),
          constraint ck_notice_items check (items > 0 and cardinality(item_ids) between 1 and 20 and cardinality(item_ids) <= items)
        )
        """
    )
    op.execute("create index ix_notice_unread on notice (org_id, id) where read_at is null")
    for table in ("saved_search", "notice"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
        op.execute(f"grant select on {table} to {AUDITOR}")
        op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")
    op.execute(f"grant delete on saved_search to {API}, {WORKER}")
    # Ids and a price that was public or is about to be matched under the reader's own name: machinery, like a job row.
    op.execute(
        """
        create table news_batch (
          id uuid not null,
          after_org uuid not null,
          after_id uuid not null,
          constraint pk_news_batch primary key (id)
        )
        """
    )
    op.execute(
        """
        create table listing_news (
          n bigint generated always as identity,
          listing_id uuid not null,
          price_before bigint,
          batch_id uuid,
          constraint pk_listing_news primary key (n),
          constraint fk_listing_news_batch_id foreign key (batch_id) references news_batch (id)
        )
        """
    )
    op.execute("create index ix_listing_news_batch_id on listing_news (batch_id)")
    op.execute(f"grant insert on listing_news to {API}")
    op.execute(f"grant select, insert, delete, update (batch_id) on listing_news to {WORKER}")
    op.execute(f"grant select, insert, update, delete on news_batch to {WORKER}")
    op.execute(f"grant select on listing_news, news_batch to {AUDITOR}")


def downgrade() -> None:
    for table in ("listing_news", "news_batch", "notice", "saved_search"):
        op.execute(f"drop table {table}")
