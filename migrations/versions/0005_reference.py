"""Reference data: regions, methodologies, members of programmes, and facts of quality that are superseded, never edited.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
# Everybody reads them and no organisation owns a row: the operator's doors are what decides who writes.
OPEN = ("region", "prefecture", "methodology", "project_member", "fact")
SUBJECT = (
    "case level"
    " when 'issuance' then issuance_id is not null and num_nonnulls(project_id, registry_code, category, methodology_code, version_from) = 0"
    " when 'project' then project_id is not null and num_nonnulls(issuance_id, registry_code, category, methodology_code, version_from) = 0"
    " when 'methodology' then num_nulls(registry_code, methodology_code) = 0 and num_nonnulls(project_id, issuance_id, category) = 0"
    " when 'category' then num_nulls(registry_code, category) = 0 and num_nonnulls(project_id, issuance_id, methodology_code, version_from) = 0"
    " else registry_code is not null and num_nonnulls(project_id, issuance_id, category, methodology_code, version_from) = 0"
    " end"
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    _places()
    _methodology()
    _project_member()
    _fact()
    names = ", ".join(OPEN)
    op.execute(f"grant select, insert, update on {names} to {API}, {WORKER}")
    op.execute(f"revoke update on fact from {API}, {WORKER}")
    op.execute(f"grant select on {names} to {AUDITOR}")


def _places() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name_ja", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "prefecture",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_ja", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_prefecture_region_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_prefecture")),
    )


def _methodology() -> None:
    op.create_table(
        "methodology",
        sa.Column("registry_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("name_ja", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("name_en_source", sa.String(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("mechanism", sa.Text(), nullable=False),
        sa.Column("abolished_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "family in ('energy_saving', 'renewable', 'industry', 'agriculture', 'waste', 'forest', 'carbon_removal',"
            " 'other', 'unknown')",
            name=op.f("ck_methodology_family"),
        ),
        sa.CheckConstraint(
            "mechanism in ('reduction', 'removal', 'unknown')", name=op.f("ck_methodology_mechanism")
        ),
        sa.ForeignKeyConstraint(["registry_code"], ["registry.code"], name=op.f("fk_methodology_registry_code")),
        sa.PrimaryKeyConstraint("registry_code", "code", "version", name=op.f("pk_methodology")),
    )


def _project_member() -> None:
    op.create_table(
        "project_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("n > 0", name=op.f("ck_project_member_counts_from_one")),
        sa.CheckConstraint(
            "left_on is null or joined_on is null or joined_on <= left_on",
            name=op.f("ck_project_member_joined_before_left"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_member_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_member")),
        sa.UniqueConstraint("project_id", "n", name=op.f("uq_project_member_project_id_n")),
    )


def _fact() -> None:
    op.create_table(
        "fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("root_id", sa.Uuid(), nullable=False),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("registry_code", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("methodology_code", sa.String(), nullable=True),
        sa.Column("version_from", sa.String(), nullable=True),
        sa.Column("version_to", sa.String(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("issuance_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note_ja", sa.String(), nullable=False),
        sa.Column("note_en", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_kind", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind in ('eligibility', 'label', 'rating', 'sdg', 'permanence', 'renewable')", name=op.f("ck_fact_kind")
        ),
        sa.CheckConstraint(
            "level in ('registry', 'category', 'methodology', 'project', 'issuance')", name=op.f("ck_fact_level")
        ),
        sa.CheckConstraint("answer in ('yes', 'no', 'unknown', 'conditional')", name=op.f("ck_fact_answer")),
        sa.CheckConstraint(
            "(answer is not null) = (kind in ('eligibility', 'label'))", name=op.f("ck_fact_answer_where_asked")
        ),
        sa.CheckConstraint("valid_to is null or valid_from <= valid_to", name=op.f("ck_fact_valid_in_order")),
        sa.CheckConstraint("(supersedes is null) = (root_id = id)", name=op.f("ck_fact_first_is_root")),
        sa.CheckConstraint("(supersedes is null) = (reason = '')", name=op.f("ck_fact_change_has_reason")),
        sa.CheckConstraint("supersedes is not null or not withdrawn", name=op.f("ck_fact_first_is_not_withdrawn")),
        sa.CheckConstraint("(version_from is null) = (version_to is null)", name=op.f("ck_fact_version_range")),
        sa.CheckConstraint(SUBJECT, name=op.f("ck_fact_subject_of_level")),
        sa.ForeignKeyConstraint(["issuance_id"], ["issuance.id"], name=op.f("fk_fact_issuance_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_fact_project_id")),
        sa.ForeignKeyConstraint(["registry_code"], ["registry.code"], name=op.f("fk_fact_registry_code")),
        sa.ForeignKeyConstraint(["supersedes"], ["fact.id"], name=op.f("fk_fact_supersedes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_fact_superseded_once")),
    )
    op.create_index("ix_fact_registry_code", "fact", ["registry_code", "kind"], unique=False)
    op.create_index(
        "ix_fact_project_id", "fact", ["project_id"], unique=False, postgresql_where=sa.text("project_id is not null")
    )
    op.create_index(
        "ix_fact_issuance_id", "fact", ["issuance_id"], unique=False, postgresql_where=sa.text("issuance_id is not null")
    )
    op.create_index("ix_fact_root_id", "fact", ["root_id", "entered_at"], unique=False)
    op.create_index("ix_fact_kind_key", "fact", ["kind", "key", "id"], unique=False)


def downgrade() -> None:
    for table in ("fact", "project_member", "methodology", "prefecture", "region"):
        op.drop_table(table)
