"""Registries' rules as the operator says them; mandates, consents, readings of notices, and what a task is worked by.

Revision: 0012, after 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"
STATES = "'none', 'to_type', 'typed_once', 'typed_differently', 'differs', 'agreed', 'made_up'"
OWNED = ("notice_reading", "retirement_mandate", "holder_consent")


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    _columns()
    _tables()
    # Written once: nobody may change what was typed, given or said.
    op.execute(f"grant select, insert on registry_rule, {', '.join(OWNED)} to {API}, {WORKER}")
    op.execute(f"grant select on registry_rule, {', '.join(OWNED)} to {AUDITOR}")
    both = f"array[org_id, provider_id] <@ ({NAMED})"
    seen = {
        "notice_reading": f"org_id = any ({NAMED}) or desk_id = any ({NAMED})",
        "retirement_mandate": f"org_id = any ({NAMED}) or provider_id = any ({NAMED})",
        "holder_consent": f"org_id = any ({NAMED})",
    }
    for table in OWNED:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")
        op.execute(f"create policy see_{table} on {table} for select to {API}, {WORKER} using ({seen[table]})")
        added = both if table == "retirement_mandate" else f"org_id = any ({NAMED})"
        op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({added})")


def _columns() -> None:
    op.execute(
        """
        alter table retirement
          add column also_purposes text[] not null default '{}',
          add column purpose_word varchar,
          add column offset_place varchar,
          add column power_kwh bigint,
          add column heat_mj bigint,
          add constraint ck_retirement_offset_place check (offset_place ~ '^(0[1-9]|[1-3][0-9]|4[0-7])$'),
          add constraint ck_retirement_energy_not_negative check (power_kwh >= 0 and heat_mj >= 0)
        """
    )
    op.execute(
        f"""
        alter table registry_task
          add column due_at timestamptz,
          add column mode text not null default 'serial',
          add column precheck_requested_by uuid,
          add column precheck_requested_at timestamptz,
          add column precheck_answered_by uuid,
          add column precheck_answered_at timestamptz,
          add column precheck_answer varchar,
          add column notice_state text not null default 'none',
          add column notice_since timestamptz,
          add constraint ck_registry_task_mode check (mode in ('serial', 'total')),
          add constraint ck_registry_task_notice_state check (notice_state in ({STATES})),
          add constraint ck_registry_task_precheck_requested
            check ((precheck_requested_at is null) = (precheck_requested_by is null)),
          add constraint ck_registry_task_precheck_answered check (
            (precheck_answered_at is null) = (precheck_answer is null)
            and (precheck_answered_at is null) = (precheck_answered_by is null)),
          -- Tasks that were released before notices were compared have no `notice_since`.
          add constraint ck_registry_task_released_when_agreed
            check (status <> 'confirmed' or notice_since is null or notice_state in ('agreed', 'made_up'))
        """
    )


def _tables() -> None:
    op.execute(
        """
        create table registry_rule (
          id uuid not null,
          registry_code varchar not null,
          key varchar not null,
          value jsonb not null,
          verified boolean not null,
          source varchar not null,
          note varchar not null,
          reason varchar not null,
          entered_by uuid not null,
          entered_at timestamptz not null,
          constraint pk_registry_rule primary key (id),
          constraint fk_registry_rule_registry_code_registry foreign key (registry_code) references registry (code)
        )
        """
    )
    op.execute("create index ix_registry_rule_registry_code on registry_rule (registry_code, id)")
    op.execute(
        """
        create table notice_reading (
          org_id uuid not null,
          id uuid not null,
          desk_id uuid not null,
          task_id uuid not null,
          notice_sha256 varchar not null,
          kind text not null,
          typed_by uuid,
          taken_at timestamptz not null,
          facts jsonb not null,
          differences jsonb not null,
          constraint pk_notice_reading primary key (org_id, id),
          constraint fk_notice_reading_org_id_task_id_registry_task
            foreign key (org_id, task_id) references registry_task (org_id, id),
          constraint ck_notice_reading_kind check (kind in ('read', 'typed')),
          constraint ck_notice_reading_typed_by_somebody check ((kind = 'typed') = (typed_by is not null))
        )
        """
    )
    op.execute("create index ix_notice_reading_task on notice_reading (org_id, task_id, id)")
    op.execute(
        """
        create table retirement_mandate (
          org_id uuid not null,
          retirement_id uuid not null,
          provider_id uuid not null,
          given_by uuid not null,
          given_at timestamptz not null,
          text_version varchar not null,
          text_ja varchar not null,
          text_en varchar not null,
          constraint pk_retirement_mandate primary key (org_id, retirement_id),
          constraint fk_retirement_mandate_org_id_retirement_id_retirement
            foreign key (org_id, retirement_id) references retirement (org_id, id)
        )
        """
    )
    op.execute(
        """
        create table holder_consent (
          org_id uuid not null,
          id uuid not null,
          registry_account_id uuid,
          task_id uuid,
          given_by uuid not null,
          given_at timestamptz not null,
          text_version varchar not null,
          text_ja varchar not null,
          text_en varchar not null,
          constraint pk_holder_consent primary key (org_id, id),
          constraint fk_holder_consent_org_id_registry_account_id_registry_account
            foreign key (org_id, registry_account_id) references registry_account (org_id, id),
          constraint fk_holder_consent_org_id_task_id_registry_task
            foreign key (org_id, task_id) references registry_task (org_id, id),
          constraint ck_holder_consent_for_one_thing check (num_nonnulls(registry_account_id, task_id) = 1)
        )
        """
    )
    op.execute("create unique index uq_holder_consent_account on holder_consent (org_id, registry_account_id)")
    op.execute("create unique index uq_holder_consent_task on holder_consent (org_id, task_id)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for table in (*OWNED, "registry_rule"):
        op.execute(f"drop table {table}")
    op.execute(
        "alter table registry_task drop column due_at, drop column mode, drop column precheck_requested_by,"
        " drop column precheck_requested_at, drop column precheck_answered_by, drop column precheck_answered_at,"
        " drop column precheck_answer, drop column notice_state, drop column notice_since"
    )
    op.execute(
        "alter table retirement drop column also_purposes, drop column purpose_word, drop column offset_place,"
        " drop column power_kwh, drop column heat_mj"
    )
