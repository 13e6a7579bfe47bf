"""Registries' statements, their lines, and the differences from our book.

Revision: 0016, after 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
DESK = "'0dd5de5c-0000-7000-8000-000000000001'"
NAMED = "(select app_orgs())::uuid[]"
KINDS = (
    "'retired_there', 'canceled_there', 'active_there', 'missing_there', 'moved', 'missing_here',"
    " 'unrecorded_retirement', 'beneficiary_differs', 'date_differs', 'overlap_there', 'quantity_contradicts',"
    " 'split_there', 'merged_there', 'listed_twice'"
)
TWO_PARTIES = ("registry_statement", "discrepancy", "account_comparison", "reconciliation")
ONE_PARTY = ("statement_line", "statement_quarantine", "serial_touch")


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    _statements()
    _discrepancies()
    _touches()
    _shown()
    # A comparison looks ranges of a lot up by where they begin, and lots that were given up by their account.
    op.execute("drop index ix_serial_range_lot")
    op.execute("create index ix_serial_range_lot on serial_range (provider_id, lot_id, lo)")
    op.execute("create index ix_lot_withdrawn on lot (org_id, registry_account_id) where status = 'withdrawn'")
    op.execute("create index ix_lot_unconfirmed on lot (org_id, registry_account_id) where status in ('declared', 'disputed')")
    _policies()


def _statements() -> None:
    op.execute(
        f"""
        create table registry_statement (
          org_id uuid not null,
          id uuid not null,
          desk_id uuid not null default {DESK},
          registry_account_id uuid not null,
          registry_code varchar not null,
          n integer not null,
          covers text not null,
          reach text not null,
          since date,
          as_of date not null,
          source varchar not null,
          trust text not null,
          trusted_by uuid,
          trusted_at timestamptz,
          filename varchar not null,
          sha256 varchar not null,
          file_key varchar not null,
          known_key varchar,
          size_bytes bigint not null,
          encoding varchar not null,
          layout varchar not null,
          header jsonb,
          control jsonb,
          status text not null,
          failure varchar,
          rows_total integer not null,
          rows_good integer not null,
          rows_quarantined integer not null,
          rows_new integer not null,
          lines_ended integer not null,
          totals jsonb,
          created_by uuid not null,
          created_at timestamptz not null,
          compared_at timestamptz,
          version integer not null default 1,
          constraint pk_registry_statement primary key (org_id, id),
          constraint ck_registry_statement_status check (status in ('staging', 'compared', 'failed')),
          constraint ck_registry_statement_trust check (trust in ('provider', 'operator', 'registry')),
          constraint ck_registry_statement_covers check (covers in ('active', 'ended', 'all')),
          constraint ck_registry_statement_reach check (reach in ('account', 'registry')),
          constraint fk_registry_statement_org_id_organisation foreign key (org_id) references organisation (org_id),
          constraint fk_registry_statement_registry_code_registry foreign key (registry_code) references registry (code),
          constraint fk_registry_statement_org_id_registry_account_id_regist_a333
            foreign key (org_id, registry_account_id) references registry_account (org_id, id)
        )
        """
    )
    op.execute("create unique index uq_registry_statement_n on registry_statement (org_id, registry_account_id, n)")
    op.execute(
        "create unique index uq_registry_statement_file on registry_statement (org_id, registry_account_id, covers, as_of, sha256)"
        " where status <> 'failed'"
    )
    op.execute(
        "create unique index uq_registry_statement_staging on registry_statement (org_id, registry_account_id)"
        " where status = 'staging'"
    )
    op.execute("create index ix_registry_statement_desk on registry_statement (desk_id, id)")
    op.execute(
        """
        create table statement_line (
          org_id uuid not null,
          registry_account_id uuid not null,
          n bigint not null,
          first_n integer not null,
          until_n integer,
          row_number integer not null,
          series_key varchar not null,
          lo bigint not null,
          hi bigint not null,
          state text not null,
          changed_on date,
          beneficiary_name varchar not null,
          purpose varchar not null,
          note varchar not null,
          transaction_no varchar not null,
          project varchar not null,
          reference varchar not null,
          crowded boolean not null default false,
          constraint pk_statement_line primary key (org_id, registry_account_id, n),
          constraint ck_statement_line_state check (state in ('active', 'retired', 'canceled')),
          constraint ck_statement_line_range check (lo < hi)
        )
        """
    )
    op.execute(
        "create index ix_statement_line_series on statement_line (org_id, registry_account_id, series_key, lo)"
        " where until_n is null"
    )
    op.execute(
        "create index ix_statement_line_crowded on statement_line (org_id, registry_account_id, series_key) where crowded"
    )
    op.execute(
        """
        create table statement_quarantine (
          org_id uuid not null,
          statement_id uuid not null,
          row_number integer not null,
          cells jsonb not null,
          errors jsonb not null,
          series_key varchar,
          lo bigint,
          hi bigint,
          constraint pk_statement_quarantine primary key (org_id, statement_id, row_number),
          constraint fk_statement_quarantine_org_id_statement_id_registry_statement
            foreign key (org_id, statement_id) references registry_statement (org_id, id)
        )
        """
    )
    op.execute(
        f"""
        create table account_comparison (
          org_id uuid not null,
          registry_account_id uuid not null,
          desk_id uuid not null default {DESK},
          statements integer not null,
          lines bigint not null,
          active_n integer,
          ended_n integer,
          active_as_of date,
          ended_as_of date,
          trusted_as_of date,
          compared_at timestamptz,
          version integer not null default 1,
          constraint pk_account_comparison primary key (org_id, registry_account_id),
          constraint fk_account_comparison_org_id_registry_account_id_regist_b9b5
            foreign key (org_id, registry_account_id) references registry_account (org_id, id)
        )
        """
    )


    # A million rows that came in a moment ago are unknown to the planner: whoever keeps them may have them looked at.
    # Only a table's owner may do that, and this is all that the function does.
    op.execute(
        """
        create function analyze_statement_lines() returns void language plpgsql security definer
          set search_path = public, pg_temp set default_statistics_target = 10 as $$
        begin
          analyze statement_line;
        end $$
        """
    )
    op.execute("revoke all on function analyze_statement_lines() from public")
    op.execute(f"grant execute on function analyze_statement_lines() to {API}, {WORKER}")


def _discrepancies() -> None:
    op.execute(
        f"""
        create table discrepancy (
          org_id uuid not null,
          id uuid not null,
          desk_id uuid not null default {DESK},
          registry_account_id uuid not null,
          registry_code varchar not null,
          kind text not null,
          series_key varchar not null,
          lo bigint not null,
          hi bigint not null,
          serials varchar not null,
          subject varchar not null,
          lot_id uuid,
          retirement_id uuid,
          at_risk boolean not null,
          ours jsonb not null,
          theirs jsonb not null,
          cause varchar not null,
          statement_n integer not null,
          seen_n integer not null,
          owner_id uuid,
          froze boolean not null default false,
          status text not null,
          opened_at timestamptz not null,
          four_eyes boolean not null default false,
          action varchar,
          note varchar,
          proposed_by uuid,
          proposed_at timestamptz,
          resolved_by uuid,
          resolved_at timestamptz,
          version integer not null default 1,
          constraint pk_discrepancy primary key (org_id, id),
          constraint ck_discrepancy_kind check (kind in ({KINDS})),
          constraint ck_discrepancy_status check (status in ('open', 'proposed', 'resolved')),
          constraint ck_discrepancy_range check (lo < hi),
          constraint ck_discrepancy_resolved_at_some_time check ((status = 'resolved') = (resolved_at is not null)),
          constraint ck_discrepancy_two_people
            check (proposed_by is null or resolved_by is null or not four_eyes or proposed_by <> resolved_by),
          constraint fk_discrepancy_org_id_organisation foreign key (org_id) references organisation (org_id),
          constraint fk_discrepancy_org_id_registry_account_id_registry_account
            foreign key (org_id, registry_account_id) references registry_account (org_id, id)
        )
        """
    )
    op.execute(
        "create unique index uq_discrepancy_open on discrepancy"
        " (org_id, registry_account_id, kind, series_key, lo, hi, subject) where status <> 'resolved'"
    )
    op.execute("create index ix_discrepancy_desk on discrepancy (desk_id, status, id)")
    op.execute("create index ix_discrepancy_lot on discrepancy (org_id, lot_id) where status <> 'resolved'")
    op.execute(
        f"""
        create table reconciliation (
          org_id uuid not null,
          id uuid not null,
          desk_id uuid not null default {DESK},
          registry_account_id uuid not null,
          newest_n integer not null,
          active_as_of date,
          ended_as_of date,
          whole boolean not null,
          found jsonb not null,
          opened integer not null,
          resolved integer not null,
          lots_confirmed integer not null,
          retirements_settled integer not null,
          sha256 varchar not null,
          made_by uuid not null,
          made_at timestamptz not null,
          constraint pk_reconciliation primary key (org_id, id),
          constraint fk_reconciliation_org_id_organisation foreign key (org_id) references organisation (org_id),
          constraint fk_reconciliation_org_id_registry_account_id_registry_account
            foreign key (org_id, registry_account_id) references registry_account (org_id, id)
        )
        """
    )
    op.execute("create index ix_reconciliation_desk on reconciliation (desk_id, id)")
    op.execute(
        """
        create table project_twin (
          registry_code varchar not null,
          project_number varchar not null,
          twin_registry_code varchar not null,
          twin_project_number varchar not null,
          source varchar not null,
          as_of date not null,
          entered_by uuid not null,
          entered_at timestamptz not null,
          constraint pk_project_twin primary key (registry_code, project_number, twin_registry_code, twin_project_number),
          constraint fk_project_twin_registry_code_registry foreign key (registry_code) references registry (code),
          constraint fk_project_twin_twin_registry_code_registry foreign key (twin_registry_code) references registry (code)
        )
        """
    )
    op.execute(f"grant select, insert on project_twin to {API}, {WORKER}")
    op.execute(f"grant select on project_twin to {AUDITOR}")


def _touches() -> None:
    # What changed since an account was compared, as one hull for each statement and series: a comparison then looks at
    # these alone. A row that a transaction has not committed yet is not seen, and so waits for the next comparison.
    op.execute(
        """
        create table serial_touch (
          n bigserial,
          org_id uuid not null,
          registry_account_id uuid not null,
          series_key varchar not null,
          lo bigint not null,
          hi bigint not null,
          constraint pk_serial_touch primary key (n)
        )
        """
    )
    op.execute(f"grant usage on sequence serial_touch_n_seq to {API}, {WORKER}")
    op.execute("create index ix_serial_touch_account on serial_touch (org_id, registry_account_id)")
    op.execute(
        """
        create function touch_lots() returns trigger language plpgsql set search_path = public, pg_temp as $$
        begin
          insert into serial_touch (org_id, registry_account_id, series_key, lo, hi)
          select org_id, registry_account_id, series_key, min(lo), max(hi) from changed group by 1, 2, 3;
          return null;
        end $$
        """
    )
    op.execute(
        """
        create function touch_ranges() returns trigger language plpgsql set search_path = public, pg_temp as $$
        begin
          insert into serial_touch (org_id, registry_account_id, series_key, lo, hi)
          select l.org_id, l.registry_account_id, c.series_key, min(c.lo), max(c.hi)
          from changed c join lot l on l.org_id = c.provider_id and l.id = c.lot_id
          group by 1, 2, 3;
          return null;
        end $$
        """
    )
    for table, function in (("lot", "touch_lots"), ("serial_range", "touch_ranges")):
        for when, side in (("insert", "new"), ("update", "new"), ("delete", "old")):
            op.execute(
                f"create trigger touch_{when} after {when} on {table} referencing {side} table as changed"
                f" for each statement execute function {function}()"
            )


def _shown() -> None:
    # Days and ids for everybody to read beside a listing or a certificate: nobody's secret, so no row-level security.
    op.execute(
        """
        create table compared_account (
          registry_account_id uuid not null,
          active_as_of date,
          ended_as_of date,
          constraint pk_compared_account primary key (registry_account_id)
        )
        """
    )
    op.execute(
        """
        create table compared_except (
          subject_id uuid not null,
          registry_account_id uuid not null,
          constraint pk_compared_except primary key (subject_id, registry_account_id)
        )
        """
    )
    for table in ("compared_account", "compared_except"):
        op.execute(f"grant select, insert, update, delete on {table} to {API}, {WORKER}")
        op.execute(f"grant select on {table} to {AUDITOR}")
    for table in ("public_listing", "limited_listing"):
        op.execute(f"alter table {table} add column compared_as_of date")
    op.execute("alter table public_certificate add column registry_account_id uuid")
    op.execute("alter table public_certificate add column retirement_id uuid")


def _policies() -> None:
    for table in (*ONE_PARTY, *TWO_PARTIES):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"grant select on {table} to {AUDITOR}")
        op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")
    for table in ONE_PARTY:
        op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")
    for table in ("statement_line", "serial_touch"):  # What was read of a file that failed; what has been compared.
        op.execute(f"grant delete on {table} to {API}, {WORKER}")
    for table in TWO_PARTIES:
        op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
        op.execute(
            f"create policy see_{table} on {table} for select to {API}, {WORKER}"
            f" using (org_id = any ({NAMED}) or desk_id = any ({NAMED}))"
        )
        both = f"org_id = any ({NAMED}) and desk_id = any ({NAMED})"
        op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({both})")
        op.execute(f"create policy change_{table} on {table} for update to {API}, {WORKER} using ({both}) with check ({both})")


def downgrade() -> None:
    for table in ("lot", "serial_range"):
        for when in ("insert", "update", "delete"):
            op.execute(f"drop trigger touch_{when} on {table}")
    op.execute("drop index ix_lot_unconfirmed")
    op.execute("drop index ix_lot_withdrawn")
    op.execute("drop index ix_serial_range_lot")
    op.execute("create index ix_serial_range_lot on serial_range (provider_id, lot_id)")
    op.execute("drop function analyze_statement_lines()")
    op.execute("drop function touch_lots()")
    op.execute("drop function touch_ranges()")
    op.execute("alter table public_certificate drop column retirement_id")
    op.execute("alter table public_certificate drop column registry_account_id")
    for table in ("limited_listing", "public_listing"):
        op.execute(f"alter table {table} drop column compared_as_of")
    op.execute("drop table compared_except")
    op.execute("drop table compared_account")
    for table in ("project_twin", "reconciliation", "discrepancy", "account_comparison", "serial_touch", "statement_quarantine",
                  "statement_line", "registry_statement"):
        op.execute(f"drop table {table}")
