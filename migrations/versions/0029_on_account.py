"""Orders on account: a bank line may pay an invoice, and a refund may lower what is owed; and papers that are corrected.

Revision: 0029, after 0027
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OUTCOMES = (
    "'pending', 'exact', 'over', 'short', 'completes', 'duplicate', 'late', 'late_reserved', 'unknown_payer', 'outgoing',"
    " 'ambiguous', 'several_orders', 'amount_differs', 'name_differs', 'other_reference'"
)
WAYS = "'stripe', 'bank'"
API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"
CORRECTIONS = """
create table paper_correction (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  paper_id uuid not null,
  status text not null,
  recipient_name varchar not null,
  recipient_address varchar not null,
  purchase_order varchar not null,
  note varchar not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  corrected_id uuid,
  version integer default 1 not null,
  constraint pk_paper_correction primary key (org_id, id),
  constraint ck_paper_correction_status check (status in ('proposed', 'issued', 'rejected')),
  constraint ck_paper_correction_two_people check (decided_by <> proposed_by),
  constraint ck_paper_correction_decided check ((status = 'proposed') = (decided_at is null)),
  constraint ck_paper_correction_issued check ((status = 'issued') = (corrected_id is not null)),
  constraint fk_paper_correction_org_id_paper_id foreign key (org_id, paper_id) references paper (org_id, id),
  constraint fk_paper_correction_org_id_corrected_id foreign key (org_id, corrected_id) references paper (org_id, id)
);
create unique index uq_paper_correction_open on paper_correction (org_id, paper_id) where status <> 'rejected';
create index ix_paper_correction_desk on paper_correction (desk_id, id);
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("alter table paper add column corrects_id uuid")
    op.execute("create unique index uq_paper_corrects on paper (org_id, corrects_id) where corrects_id is not null")
    for statement in filter(None, map(str.strip, CORRECTIONS.split(";"))):
        op.execute(statement)
    _secure_corrections()
    _check("bank_line", "outcome", f"outcome in ({OUTCOMES}, 'invoice')")
    _check("refund", "way", f"way in ({WAYS}, 'account')")
    op.execute("alter table refund add column set_off_minor bigint not null default 0")
    _check("refund", "set_off", "set_off_minor between 0 and amount_minor", new=True)
    op.execute("alter table invoice_claim add column credited_minor bigint not null default 0")
    _check("invoice_claim", "credited", "credited_minor >= 0 and open_minor + credited_minor <= amount_minor", new=True)


def _check(table: str, name: str, told: str, *, new: bool = False) -> None:
    """Say a constraint anew: written at once, and the rows that are there looked at without keeping writers out."""
    if not new:
        op.execute(f"alter table {table} drop constraint ck_{table}_{name}")
    op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({told}) not valid")
    op.execute(f"alter table {table} validate constraint ck_{table}_{name}")


def _secure_corrections() -> None:
    """Recipient and desk see a correction, and both are named by who writes one."""
    table = "paper_correction"
    op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")
    either, both = f"org_id = any ({NAMED}) or desk_id = any ({NAMED})", f"array[org_id, desk_id] <@ ({NAMED})"
    op.execute(f"create policy see_{table} on {table} for select to {API}, {WORKER} using ({either})")
    op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({both})")
    op.execute(
        f"create policy change_{table} on {table} for update to {API}, {WORKER} using ({both}) with check ({both})"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("drop table paper_correction")
    op.execute("alter table paper drop column corrects_id")
    op.execute("alter table invoice_claim drop column credited_minor")
    op.execute("alter table refund drop column set_off_minor")
    # What only this release knows is told in the words of the one before: a person looks at such a line and refund.
    op.execute("update refund set way = 'bank' where way = 'account'")
    op.execute("update bank_line set outcome = 'exact' where outcome = 'invoice'")
    _check("refund", "way", f"way in ({WAYS})")
    _check("bank_line", "outcome", f"outcome in ({OUTCOMES})")
