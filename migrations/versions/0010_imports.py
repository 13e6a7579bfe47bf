"""Imports of any size: long work with its progress, registries' layouts, declared projects, disputes for the operator.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
DESK = "'0dd5de5c-0000-7000-8000-000000000001'"
NAMED = "(select app_orgs())::uuid[]"
OLD = "status in ('staged', 'committed', 'discarded')"
NEW = "status in ('staging', 'staged', 'committing', 'committed', 'discarded', 'failed')"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    _project()
    _lot()
    _import()
    op.create_table(
        "long_job",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status in ('queued', 'running', 'done', 'failed')", name=op.f("ck_long_job_status")),
        sa.CheckConstraint(
            "(status in ('done', 'failed')) = (finished_at is not null)", name=op.f("ck_long_job_finished_when_over")
        ),
        sa.CheckConstraint("done >= 0 and (total is null or done <= total)", name=op.f("ck_long_job_within_total")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.org_id"], name=op.f("fk_long_job_org_id_organisation")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_long_job")),
    )
    op.create_table(
        "lot_dispute",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("other_provider_id", sa.Uuid(), nullable=False),
        sa.Column("other_lot_id", sa.Uuid(), nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status in ('open', 'resolved')", name=op.f("ck_lot_dispute_status")),
        sa.CheckConstraint(f"org_id = {DESK}", name=op.f("ck_lot_dispute_the_desks_own")),
        sa.CheckConstraint("lo < hi", name=op.f("ck_lot_dispute_range")),
        sa.CheckConstraint(
            "(status = 'resolved') = (note is not null and resolved_at is not null and resolved_by is not null)",
            name=op.f("ck_lot_dispute_resolved_with_a_note"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_lot_dispute_provider_id_lot_id_lot")
        ),
        sa.ForeignKeyConstraint(
            ["other_provider_id", "other_lot_id"],
            ["lot.org_id", "lot.id"],
            name=op.f("fk_lot_dispute_other_provider_id_other_lot_id_lot"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_lot_dispute")),
        sa.UniqueConstraint("lot_id", "other_lot_id", name=op.f("uq_lot_dispute_lot_id_other_lot_id")),
    )
    op.create_index("ix_lot_dispute_status", "lot_dispute", ["org_id", "status", "id"])
    for table in ("long_job", "lot_dispute"):
        op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
        op.execute(f"grant select on {table} to {AUDITOR}")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")


def _project() -> None:
    op.add_column("project", sa.Column("name", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("project", sa.Column("country", sa.String(), nullable=True))
    op.add_column("project", sa.Column("standing", sa.Text(), server_default=sa.text("'listed'"), nullable=False))
    op.add_column("project", sa.Column("declared_by", sa.Uuid(), nullable=True))
    op.create_check_constraint(op.f("ck_project_standing"), "project", "standing in ('listed', 'declared')")
    op.create_check_constraint(op.f("ck_project_country"), "project", "country ~ '^[A-Z]{2}$'")
    op.create_check_constraint(
        op.f("ck_project_declared_by_somebody"), "project", "standing = 'listed' or declared_by is not null"
    )
    op.create_foreign_key(
        op.f("fk_project_declared_by_organisation"), "project", "organisation", ["declared_by"], ["org_id"]
    )


def _lot() -> None:
    op.add_column("lot", sa.Column("serial_text", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_index(
        "ix_lot_series", "lot", ["series_key", "org_id", "lo"], postgresql_where=sa.text("status <> 'withdrawn'")
    )


def _import() -> None:
    op.drop_constraint(op.f("ck_holdings_import_status"), "holdings_import")
    op.create_check_constraint(op.f("ck_holdings_import_status"), "holdings_import", NEW)
    op.add_column("holdings_import", sa.Column("layout", sa.String(), server_default=sa.text("'template'"), nullable=False))
    op.add_column("holdings_import", sa.Column("asked", postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True))
    op.add_column("holdings_import", sa.Column("header", postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True))
    op.add_column("holdings_import", sa.Column("rows_not_active", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("holdings_import", sa.Column("size_bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("holdings_import", sa.Column("failure", sa.String(), nullable=True))
    op.add_column("import_row", sa.Column("series_key", sa.String(), nullable=True))
    op.add_column("import_row", sa.Column("lo", sa.BigInteger(), nullable=True))
    op.add_column("import_row", sa.Column("hi", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_table("lot_dispute")
    op.drop_table("long_job")
    for column in ("hi", "lo", "series_key"):
        op.drop_column("import_row", column)
    for column in ("failure", "size_bytes", "rows_not_active", "header", "asked", "layout"):
        op.drop_column("holdings_import", column)
    op.drop_constraint(op.f("ck_holdings_import_status"), "holdings_import")
    op.create_check_constraint(op.f("ck_holdings_import_status"), "holdings_import", OLD)
    op.drop_index("ix_lot_series", "lot")
    op.drop_column("lot", "serial_text")
    for column in ("declared_by", "standing", "country", "name"):
        op.drop_column("project", column)
