"""Retirements that no rule can decide, and what two people of the desk decided.

Revision: 0014, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"
DESK = "'0dd5de5c-0000-7000-8000-000000000001'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.create_table(
        "retirement_case",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("retirement_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("registry_transaction", sa.String(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=True),
        sa.Column("evidence_grade", sa.Text(), nullable=True),
        sa.Column("evidence_sha256", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status in ('open', 'proposed', 'decided', 'overtaken')", name=op.f("ck_retirement_case_status")),
        sa.CheckConstraint("decision in ('recorded', 'absent', 'rejected')", name=op.f("ck_retirement_case_decision")),
        sa.CheckConstraint(f"org_id = {DESK}", name=op.f("ck_retirement_case_the_desks_own")),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_retirement_case_two_people")),
        sa.CheckConstraint(
            "status not in ('proposed', 'decided') or (decision is not null and proposed_by is not null"
            " and note is not null and evidence_sha256 is not null)",
            name=op.f("ck_retirement_case_proposed_with_evidence"),
        ),
        sa.CheckConstraint(
            "status <> 'decided' or confirmed_by is not null", name=op.f("ck_retirement_case_decided_by_a_second")
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id", "retirement_id"],
            ["retirement.org_id", "retirement.id"],
            name=op.f("fk_retirement_case_buyer_id_retirement_id_retirement"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_retirement_case")),
    )
    op.create_index(
        "uq_retirement_case_live",
        "retirement_case",
        ["buyer_id", "retirement_id"],
        unique=True,
        postgresql_where=sa.text("status in ('open', 'proposed')"),
    )
    op.create_index("ix_retirement_case_status", "retirement_case", ["org_id", "status", "id"])
    op.execute(f"grant select, insert, update on retirement_case to {API}, {WORKER}")
    op.execute(f"grant select on retirement_case to {AUDITOR}")
    op.execute("alter table retirement_case enable row level security")
    op.execute("alter table retirement_case force row level security")
    op.execute(f"create policy audit_retirement_case on retirement_case for select to {AUDITOR} using (true)")
    op.execute(f"create policy own_retirement_case on retirement_case to {API}, {WORKER} using (org_id = any ({NAMED}))")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.drop_table("retirement_case")
