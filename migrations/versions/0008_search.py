"""What listings are searched by: words of projects, values with their prices, and indexes for every sort.

Revision: 0008, after 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
PROJECTIONS = ("public_listing", "limited_listing")
FISCAL_YEAR = "(extract(year from vintage_to)::int - case when extract(month from vintage_to) < 4 then 1 else 0 end)"
INDEXES = {
    "ix_public_listing_lot_id": "public_listing (lot_id)",
    "ix_public_listing_price": "public_listing (price_minor, listing_id)",
    "ix_public_listing_project": "public_listing (project_id, price_minor, listing_id)",
    "ix_public_listing_provider": "public_listing (provider_id, published_at desc, listing_id desc)",
    "ix_public_listing_vintage": "public_listing (vintage_to, listing_id)",
    "ix_public_listing_available": "public_listing (available_seen, listing_id)",
    "ix_public_listing_terms": "public_listing using gin (terms)",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(
        """
        create table project_words (
          project_id uuid not null,
          folded text not null,
          grams text[] not null,
          constraint pk_project_words primary key (project_id),
          constraint fk_project_words_project_id foreign key (project_id) references project (id)
        )
        """
    )
    op.execute("create index ix_project_words_grams on project_words using gin (grams)")
    op.execute(
        """
        create function prefixed(a_prefix text, a_values text[]) returns text[] language sql immutable parallel safe as
        $$ select coalesce(array_agg(a_prefix || each order by each), '{}') from unnest(a_values) each $$
        """
    )
    # Everything that a filter asks for by equality. Ratings are named by agency and value.
    op.execute(
        """
        create function listing_terms(
          a_registry text, a_kind text, a_family text, a_mechanism text, a_vintage_to date, a_methodologies text[],
          a_regions text[], a_prefectures text[], a_eligible text[], a_labels text[], a_ratings jsonb
        ) returns text[] language sql immutable parallel safe as $$
          select array['registry:' || a_registry, 'kind:' || a_kind, 'family:' || a_family, 'mechanism:' || a_mechanism,
                       'fiscal_year:' || (extract(year from a_vintage_to)::int - case when extract(month from a_vintage_to) < 4 then 1 else 0 end)]
            || prefixed('methodology:', a_methodologies) || prefixed('region:', a_regions) || prefixed('prefecture:', a_prefectures)
            || prefixed('eligible_for:', a_eligible) || prefixed('label:', a_labels)
            || prefixed('rating:', array(select each ->> 'agency' || ':' || (each ->> 'value') from jsonb_array_elements(a_ratings) each))
        $$
        """
    )
    for table in PROJECTIONS:
        op.execute(
            f"""
            alter table {table}
              add column family text not null default 'unknown',
              add column mechanism text not null default 'unknown',
              add column prefectures text[] not null default '{{}}',
              add column eligible_for text[] not null default '{{}}',
              add column eligible_maybe text[] not null default '{{}}',
              add column labels text[] not null default '{{}}',
              add column sdgs integer[] not null default '{{}}',
              add column ratings jsonb not null default '[]',
              add column available_seen bigint not null default 0,
              add column issuance_id uuid,
              add column priced_at timestamptz,
              add column price_before bigint,
              add column fiscal_year integer not null generated always as ({FISCAL_YEAR}) stored,
              add column terms text[] not null generated always as (
                listing_terms(registry_code, project_kind, family, mechanism, vintage_to, methodology_codes, regions,
                              prefectures, eligible_for, labels, ratings)) stored
            """
        )
    op.execute("drop index ix_public_listing_methodologies")
    op.execute("drop index ix_public_listing_regions")
    for name, of in INDEXES.items():
        op.execute(f"create index {name} on {of}")
    op.execute(
        """
        create table listing_term (
          term text not null,
          price_minor bigint not null,
          listing_id uuid not null,
          constraint pk_listing_term primary key (term, price_minor, listing_id)
        )
        """
    )
    op.execute("create index ix_listing_term_term on listing_term (term)")
    op.execute(
        """
        create function keep_listing_terms() returns trigger language plpgsql as $$
        begin
          if tg_op = 'UPDATE' and old.terms = new.terms and old.price_minor = new.price_minor then return null; end if;
          if tg_op <> 'INSERT' then
            delete from listing_term
              where term = any (old.terms) and price_minor = old.price_minor and listing_id = old.listing_id;
          end if;
          if tg_op <> 'DELETE' then
            insert into listing_term select each, new.price_minor, new.listing_id from unnest(new.terms) each;
          end if;
          return null;
        end $$
        """
    )
    op.execute(
        "create trigger keep_listing_terms after insert or update or delete on public_listing"
        " for each row execute function keep_listing_terms()"
    )
    op.execute(
        "insert into listing_term select each, price_minor, listing_id from public_listing, unnest(terms) each"
    )
    op.execute(f"grant select, insert, update, delete on project_words, listing_term to {API}, {WORKER}")
    op.execute(f"grant select on project_words, listing_term to {AUDITOR}")


def downgrade() -> None:
    op.execute("drop trigger keep_listing_terms on public_listing")
    op.execute("drop function keep_listing_terms()")
    op.execute("drop table listing_term")
    for name in INDEXES:
        op.execute(f"drop index {name}")
    op.execute("create index ix_public_listing_methodologies on public_listing using gin (methodology_codes)")
    op.execute("create index ix_public_listing_regions on public_listing using gin (regions)")
    for table in PROJECTIONS:
        op.execute(
            f"""
            alter table {table} drop column terms, drop column fiscal_year, drop column issuance_id, drop column price_before, drop column priced_at,
              drop column available_seen, drop column ratings, drop column sdgs, drop column labels,
              drop column eligible_maybe, drop column eligible_for, drop column prefectures, drop column mechanism,
              drop column family
            """
        )
    op.execute("drop function listing_terms(text, text, text, text, date, text[], text[], text[], text[], text[], jsonb)")
    op.execute("drop function prefixed(text, text[])")
    op.execute("drop table project_words")
