"""Who may see and write which rows: roles, grants, row-level security, and the narrow doors through it.

Revision: 0002, after 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR, DOORKEEPER = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor", "offsetdesk_doorkeeper"

# Reference tables and projections: everybody reads them, no organisation owns a row.
OPEN = ("registry", "project", "project_methodology", "issuance", "public_listing", "public_certificate")
# The program's own machinery: job rows hold ids, never contents.
MACHINERY = ("job", "schedule", "event_seal")
# Rows of one organisation.
ONE_PARTY = (
    "member", "api_key", "login_session", "registry_account", "holdings_import", "import_row", "lot_stock", "listing",
    "quote", "quote_line", "buyer_exposure", "idempotency", "bank_statement", "bank_line", "account_balance",
    "certificate",
)
# Rows that either party may read and only a transaction naming both may write: table -> the other party's column.
TWO_PARTIES = {
    "organisation": "desk_id", "lot": "desk_id", "lot_evidence": "desk_id", "payment": "desk_id",
    "orders": "desk_id",
    "order_line": "provider_id", "order_issuer": "provider_id", "holding": "provider_id", "serial_range": "provider_id",
    "retirement": "provider_id", "retirement_attempt": "provider_id",
}
# A registry task has three: the provider, whose work it is; the buyer, whose credits they are; the desk, which releases.
APPEND_ONLY = ("event", "posting")
NAMED = "(select app_orgs())::uuid[]"


def _role(name: str) -> None:
    # Roles belong to the whole server: another database of it may be creating them at this moment.
    op.execute(
        f"do $$ begin create role {name} nologin; exception when duplicate_object or unique_violation then null; end $$"
    )
    op.execute(f"do $$ begin execute format('grant {name} to %I', session_user); exception when unique_violation then null; end $$")


def _secure(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for name in (API, WORKER, AUDITOR, DOORKEEPER):
        _role(name)
    op.execute(
        """
        create function app_orgs() returns uuid[] language sql stable parallel safe as
        $$ select string_to_array(nullif(current_setting('app.org_ids', true), ''), ',')::uuid[] $$
        """
    )
    op.execute("revoke all on schema public from public")
    op.execute(f"grant usage on schema public to {API}, {WORKER}, {AUDITOR}, {DOORKEEPER}")
    every = (*OPEN, *MACHINERY, *ONE_PARTY, *TWO_PARTIES, *APPEND_ONLY, "registry_task")
    names = ", ".join(every)
    op.execute(f"grant select, insert, update on {names} to {API}, {WORKER}")
    op.execute(f"revoke update on event, posting from {API}, {WORKER}")
    op.execute(f"revoke insert, update on event_seal, schedule from {API}")
    op.execute(f"grant delete on public_listing, project_methodology to {API}, {WORKER}")
    op.execute(f"grant delete on job, schedule, idempotency to {WORKER}")
    op.execute(f"grant select on alembic_version to {API}, {WORKER}, {AUDITOR}")
    op.execute(f"grant select on {names} to {AUDITOR}")
    op.execute(f"grant insert on event_seal to {AUDITOR}")
    op.execute(f"grant update (seal_n) on event to {AUDITOR}")
    for table in ONE_PARTY:
        _secure(table)
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")
    for table, other in TWO_PARTIES.items():
        _secure(table)
        either = f"org_id = any ({NAMED}) or {other} = any ({NAMED})"
        both = f"array[org_id, {other}] <@ ({NAMED})"  # The names are read once, not once for each column.
        op.execute(f"create policy see_{table} on {table} for select to {API}, {WORKER} using ({either})")
        op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({both})")
        op.execute(f"create policy change_{table} on {table} for update to {API}, {WORKER} using ({both}) with check ({both})")
    _registry_task()
    _append_only()
    _doors()


def _registry_task() -> None:
    _secure("registry_task")
    see = f"org_id = any ({NAMED}) or desk_id = any ({NAMED})"
    write = f"org_id = any ({NAMED})"
    op.execute(f"create policy see_registry_task on registry_task for select to {API}, {WORKER} using ({see})")
    op.execute(
        f"create policy add_registry_task on registry_task for insert to {API}, {WORKER}"
        f" with check ({write} and buyer_id = any ({NAMED}))"
    )
    op.execute(
        f"create policy change_registry_task on registry_task for update to {API}, {WORKER} using ({write}) with check ({write})"
    )


def _append_only() -> None:
    _secure("event")
    op.execute(
        f"create policy see_event on event for select to {API}, {WORKER}"
        f" using (org_id = any ({NAMED}) or party_ids && ({NAMED}))"
    )
    op.execute(
        f"create policy add_event on event for insert to {API}, {WORKER}"
        f" with check (org_id = any ({NAMED}) and party_ids <@ ({NAMED}))"
    )
    op.execute(f"create policy seal_event on event for update to {AUDITOR} using (true) with check (true)")
    _secure("posting")
    op.execute(
        f"create policy see_posting on posting for select to {API}, {WORKER}"
        f" using (org_id = any ({NAMED}) or counterparty_id = any ({NAMED}))"
    )
    op.execute(
        f"create policy add_posting on posting for insert to {API}, {WORKER} with check (org_id = any ({NAMED})"
        f" and (counterparty_id is null or counterparty_id = any ({NAMED})))"
    )


def _doors() -> None:
    # Credentials are found before any organisation is known, and the public sees how much of a listed lot is free:
    # three narrow functions, owned by a role that may read just that.
    for table in ("api_key", "login_session", "member", "organisation", "lot_stock"):
        op.execute(f"create policy door_{table} on {table} for select to {DOORKEEPER} using (true)")
        op.execute(f"grant select on {table} to {DOORKEEPER}")
    op.execute(f"grant select on public_listing to {DOORKEEPER}")
    op.execute(
        """
        create function find_api_key(a_hash bytea)
        returns table (org_id uuid, key_id uuid, scopes text[], expires_at timestamptz, org_kind text, org_status text)
        language sql stable security definer set search_path = public, pg_temp as $$
          select k.org_id, k.id, k.scopes, k.expires_at, o.kind, o.status
          from api_key k join organisation o on o.org_id = k.org_id
          where k.hash = a_hash and k.revoked_at is null
        $$
        """
    )
    op.execute(
        """
        create function find_login_session(a_hash bytea)
        returns table (org_id uuid, session_id uuid, member_id uuid, role text, expires_at timestamptz,
                       org_kind text, org_status text)
        language sql stable security definer set search_path = public, pg_temp as $$
          select s.org_id, s.id, s.member_id, m.role, s.expires_at, o.kind, o.status
          from login_session s
          join member m on m.org_id = s.org_id and m.id = s.member_id
          join organisation o on o.org_id = s.org_id
          where s.token_hash = a_hash and s.revoked_at is null and m.disabled_at is null
        $$
        """
    )
    op.execute(
        """
        create function find_login(a_email_folded text)
        returns table (org_id uuid, member_id uuid, password_hash text, role text, disabled boolean,
                       org_kind text, org_status text)
        language sql stable security definer set search_path = public, pg_temp as $$
          select m.org_id, m.id, m.password_hash, m.role, m.disabled_at is not null, o.kind, o.status
          from member m join organisation o on o.org_id = m.org_id
          where m.email_folded = a_email_folded
        $$
        """
    )
    op.execute(
        """
        create function public_availability(a_lot_ids uuid[]) returns table (lot_id uuid, free bigint)
        language sql stable security definer set search_path = public, pg_temp as $$
          select s.lot_id, s.free from lot_stock s
          where s.lot_id = any (a_lot_ids) and s.sellable
            and exists (select from public_listing p where p.lot_id = s.lot_id)
        $$
        """
    )
    op.execute(f"grant create on schema public to {DOORKEEPER}")
    for function in ("find_api_key(bytea)", "find_login_session(bytea)", "find_login(text)", "public_availability(uuid[])"):
        op.execute(f"alter function {function} owner to {DOORKEEPER}")
        op.execute(f"revoke all on function {function} from public")
        op.execute(f"grant execute on function {function} to {API}, {WORKER}")
    op.execute(f"revoke create on schema public from {DOORKEEPER}")


def downgrade() -> None:
    for function in ("find_api_key(bytea)", "find_login_session(bytea)", "find_login(text)", "public_availability(uuid[])"):
        op.execute(f"drop function {function}")
    op.execute(
        """
        do $$ declare p record; begin
          for p in select schemaname, tablename, policyname from pg_policies where schemaname = 'public' loop
            execute format('drop policy %I on %I.%I', p.policyname, p.schemaname, p.tablename);
          end loop;
        end $$
        """
    )
    for table in (*ONE_PARTY, *TWO_PARTIES, *APPEND_ONLY, "registry_task"):
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
    for name in (API, WORKER, AUDITOR, DOORKEEPER):
        op.execute(f"revoke all on all tables in schema public from {name}")
        op.execute(f"revoke all on schema public from {name}")
    op.execute("drop function app_orgs()")
