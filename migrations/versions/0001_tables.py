"""tables

Revision: 0001, after 
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("create extension if not exists btree_gist")
    op.create_table('account_balance',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('balance_minor', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('balance_minor >= 0', name=op.f('ck_account_balance_never_below_zero')),
    sa.PrimaryKeyConstraint('org_id', 'account', 'currency', name=op.f('pk_account_balance'))
    )
    op.create_table('bank_statement',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('filename', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('file_key', sa.String(), nullable=False),
    sa.Column('lines_total', sa.Integer(), nullable=False),
    sa.Column('lines_new', sa.Integer(), nullable=False),
    sa.Column('imported_by', sa.Uuid(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_bank_statement'))
    )
    op.create_table('event',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('party_ids', postgresql.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('actor_kind', sa.String(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('request_id', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seal_n', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('seq > 0', name=op.f('ck_event_counts_from_one')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_event')),
    sa.UniqueConstraint('subject_id', 'seq', name=op.f('uq_event_subject_id_seq'))
    )
    op.create_index('ix_event_org_id_n', 'event', ['org_id', 'n'], unique=False)
    op.create_index('ix_event_unsealed', 'event', ['n'], unique=False, postgresql_where=sa.text('seal_n is null'))
    op.create_table('event_seal',
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('previous', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('algorithm', sa.Text(), nullable=False),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_event_seal'))
    )
    op.create_table('idempotency',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('request_hash', sa.LargeBinary(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('location', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('org_id', 'key', name=op.f('pk_idempotency')),
    postgresql_with={'fillfactor': '80'}
    )
    op.create_table('job',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('ids', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('request_id', sa.Text(), nullable=False),
    sa.Column('due', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('token', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('woken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('parked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    op.create_index('ix_job_done_at', 'job', ['done_at'], unique=False, postgresql_where=sa.text('done_at is not null'))
    op.create_index('ix_job_due', 'job', ['due'], unique=False, postgresql_where=sa.text('done_at is null and parked_at is null'))
    op.create_index('ix_job_parked', 'job', ['parked_at'], unique=False, postgresql_where=sa.text('parked_at is not null'))
    op.create_table('organisation',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('desk_id', sa.Uuid(), server_default=sa.text("'0dd5de5c-0000-7000-8000-000000000001'"), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('corporate_number', sa.String(), nullable=True),
    sa.Column('invoice_number', sa.String(), nullable=True),
    sa.Column('provider_kind', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("(kind = 'provider') = (provider_kind is not null)", name=op.f('ck_organisation_provider_kind')),
    sa.CheckConstraint("kind in ('provider', 'buyer', 'organiser', 'operator')", name=op.f('ck_organisation_kind')),
    sa.CheckConstraint("status in ('pending', 'active', 'rejected', 'suspended')", name=op.f('ck_organisation_status')),
    sa.PrimaryKeyConstraint('org_id', name=op.f('pk_organisation'))
    )
    op.create_table('posting',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('counterparty_id', sa.Uuid(), nullable=True),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_posting_positive')),
    sa.CheckConstraint('source <> target', name=op.f('ck_posting_two_accounts')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_posting')),
    sa.UniqueConstraint('org_id', 'reason', 'subject_id', 'source', 'target', name=op.f('uq_posting_org_id_reason_subject_id_source_target'))
    )
    op.create_index('ix_posting_source', 'posting', ['org_id', 'source'], unique=False)
    op.create_index('ix_posting_target', 'posting', ['org_id', 'target'], unique=False)
    op.create_table('public_certificate',
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('contents', sa.LargeBinary(), nullable=False),
    sa.Column('contents_sha256', sa.String(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pdf_key', sa.String(), nullable=True),
    sa.Column('pdf_sha256', sa.String(), nullable=True),
    sa.Column('rendered_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_public_certificate'))
    )
    op.create_table('public_listing',
    sa.Column('listing_id', sa.Uuid(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('provider_name', sa.String(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('registry_code', sa.String(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('list_kind', sa.String(), nullable=False),
    sa.Column('project_number', sa.String(), nullable=False),
    sa.Column('project_kind', sa.String(), nullable=False),
    sa.Column('project_summary', sa.String(), nullable=False),
    sa.Column('project_operator', sa.String(), nullable=False),
    sa.Column('location', sa.String(), nullable=False),
    sa.Column('regions', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('methodology_codes', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('vintage_from', sa.Date(), nullable=False),
    sa.Column('vintage_to', sa.Date(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('min_quantity', sa.BigInteger(), nullable=False),
    sa.Column('confirmed_as_of', sa.Date(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('listing_id', name=op.f('pk_public_listing'))
    )
    op.create_index('ix_public_listing_methodologies', 'public_listing', ['methodology_codes'], unique=False, postgresql_using='gin')
    op.create_index('ix_public_listing_published', 'public_listing', [sa.literal_column('published_at desc'), sa.literal_column('listing_id desc')], unique=False)
    op.create_index('ix_public_listing_regions', 'public_listing', ['regions'], unique=False, postgresql_using='gin')
    op.create_table('registry',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name_ja', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('home_url', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_registry'))
    )
    op.create_table('schedule',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('every', sa.Interval(), nullable=False),
    sa.Column('next_run_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_run_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_schedule'))
    )
    op.create_table('bank_line',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('statement_id', sa.Uuid(), nullable=False),
    sa.Column('line_key', sa.String(), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('payer_name', sa.String(), nullable=False),
    sa.Column('memo', sa.String(), nullable=False),
    sa.Column('bank_reference', sa.String(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('payer_org_id', sa.Uuid(), nullable=True),
    sa.Column('order_id', sa.Uuid(), nullable=True),
    sa.Column('unapplied_minor', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('resolution', sa.String(), nullable=True),
    sa.Column('resolved_by', sa.Uuid(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.String(), server_default=sa.text("''"), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("outcome in ('pending', 'exact', 'over', 'short', 'completes', 'duplicate', 'late', 'late_reserved', 'unknown_payer', 'outgoing')", name=op.f('ck_bank_line_outcome')),
    sa.CheckConstraint("status in ('new', 'applied', 'for_a_person', 'resolved')", name=op.f('ck_bank_line_status')),
    sa.ForeignKeyConstraint(['org_id', 'statement_id'], ['bank_statement.org_id', 'bank_statement.id'], name=op.f('fk_bank_line_org_id_statement_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_bank_line')),
    sa.UniqueConstraint('org_id', 'line_key', name=op.f('uq_bank_line_org_id_line_key'))
    )
    op.create_index('ix_bank_line_for_a_person', 'bank_line', ['org_id', 'id'], unique=False, postgresql_where=sa.text("status = 'for_a_person'"))
    op.create_index('ix_bank_line_payment', 'bank_line', ['payment_id'], unique=False)
    op.create_table('buyer_exposure',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('unpaid', sa.BigInteger(), nullable=False),
    sa.Column('cap', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('unpaid >= 0', name=op.f('ck_buyer_exposure_never_below_zero')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_buyer_exposure_org_id')),
    sa.PrimaryKeyConstraint('org_id', name=op.f('pk_buyer_exposure'))
    )
    op.create_table('holdings_import',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('registry_account_id', sa.Uuid(), nullable=False),
    sa.Column('filename', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('file_key', sa.String(), nullable=False),
    sa.Column('encoding', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('rows_total', sa.Integer(), nullable=False),
    sa.Column('rows_good', sa.Integer(), nullable=False),
    sa.Column('rows_bad', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("status in ('staged', 'committed', 'discarded')", name=op.f('ck_holdings_import_status')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_holdings_import_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_holdings_import'))
    )
    op.create_table('member',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('email_folded', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("role in ('owner', 'admin', 'trader', 'approver', 'viewer')", name=op.f('ck_member_role')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_member_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_member')),
    sa.UniqueConstraint('email_folded', name=op.f('uq_member_email_folded'))
    )
    op.create_table('orders',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('desk_id', sa.Uuid(), server_default=sa.text("'0dd5de5c-0000-7000-8000-000000000001'"), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('quote_id', sa.Uuid(), nullable=True),
    sa.Column('retire', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('placed_by', sa.Uuid(), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deadline', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("status in ('awaiting_payment', 'paid', 'fulfilled', 'canceled', 'expired', 'short')", name=op.f('ck_orders_status')),
    sa.CheckConstraint('total_minor = goods_minor + tax_minor and goods_minor > 0', name=op.f('ck_orders_adds_up')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_orders_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_orders'))
    )
    op.create_index('ix_orders_short', 'orders', ['desk_id', 'id'], unique=False, postgresql_where=sa.text("status = 'short'"))
    op.create_table('project',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('registry_code', sa.String(), nullable=False),
    sa.Column('list_kind', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('operator_name', sa.String(), nullable=False),
    sa.Column('credit_taker', sa.String(), nullable=True),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('location', sa.String(), nullable=False),
    sa.Column('regions', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('applied_on', sa.Date(), nullable=True),
    sa.Column('committee', sa.String(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('ends_text', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('loaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('normal', 'programme')", name=op.f('ck_project_kind')),
    sa.ForeignKeyConstraint(['registry_code'], ['registry.code'], name=op.f('fk_project_registry_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project')),
    sa.UniqueConstraint('registry_code', 'list_kind', 'number', name=op.f('uq_project_registry_code_list_kind_number'))
    )
    op.create_table('quote',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_quote_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_quote'))
    )
    op.create_table('registry_account',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('registry_code', sa.String(), nullable=False),
    sa.Column('account_no', sa.String(), nullable=False),
    sa.Column('holder_name', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_registry_account_org_id')),
    sa.ForeignKeyConstraint(['registry_code'], ['registry.code'], name=op.f('fk_registry_account_registry_code')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_registry_account'))
    )
    op.create_index('uq_registry_account_number', 'registry_account', ['org_id', 'registry_code', 'account_no'], unique=True)
    op.create_table('api_key',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('shown', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('scopes', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['org_id', 'created_by'], ['member.org_id', 'member.id'], name=op.f('fk_api_key_org_id_created_by')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_api_key_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_api_key')),
    sa.UniqueConstraint('hash', name=op.f('uq_api_key_hash'))
    )
    op.create_table('import_row',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('cells', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('errors', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('facts', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('lot_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('(errors is null) <> (facts is null)', name=op.f('ck_import_row_good_or_bad')),
    sa.ForeignKeyConstraint(['org_id', 'import_id'], ['holdings_import.org_id', 'holdings_import.id'], name=op.f('fk_import_row_org_id_import_id')),
    sa.PrimaryKeyConstraint('org_id', 'import_id', 'n', name=op.f('pk_import_row'))
    )
    op.create_table('issuance',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('registry_code', sa.String(), nullable=False),
    sa.Column('certification_no', sa.String(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('vintage_from', sa.Date(), nullable=False),
    sa.Column('vintage_to', sa.Date(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("unit in ('t', 'kg', 'kWh', 'MJ')", name=op.f('ck_issuance_unit')),
    sa.CheckConstraint('vintage_from <= vintage_to', name=op.f('ck_issuance_vintage_in_order')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_issuance_project_id')),
    sa.ForeignKeyConstraint(['registry_code'], ['registry.code'], name=op.f('fk_issuance_registry_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issuance')),
    sa.UniqueConstraint('registry_code', 'certification_no', name=op.f('uq_issuance_registry_code_certification_no'))
    )
    op.create_table('login_session',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['org_id', 'member_id'], ['member.org_id', 'member.id'], name=op.f('fk_login_session_org_id_member_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_login_session_org_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_login_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_login_session_token_hash'))
    )
    op.create_table('order_issuer',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('tax_basis_points', sa.Integer(), nullable=False),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('tax_minor = goods_minor * tax_basis_points / 10000', name=op.f('ck_order_issuer_rounded_down_once')),
    sa.ForeignKeyConstraint(['org_id', 'order_id'], ['orders.org_id', 'orders.id'], name=op.f('fk_order_issuer_org_id_order_id')),
    sa.PrimaryKeyConstraint('org_id', 'order_id', 'provider_id', 'tax_basis_points', name=op.f('pk_order_issuer'))
    )
    op.create_index('ix_order_issuer_provider', 'order_issuer', ['provider_id', 'order_id'], unique=False)
    op.create_table('payment',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('desk_id', sa.Uuid(), server_default=sa.text("'0dd5de5c-0000-7000-8000-000000000001'"), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('received_minor', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status in ('open', 'paid', 'closed')", name=op.f('ck_payment_status')),
    sa.CheckConstraint('amount_minor > 0 and received_minor >= 0', name=op.f('ck_payment_positive')),
    sa.ForeignKeyConstraint(['org_id', 'order_id'], ['orders.org_id', 'orders.id'], name=op.f('fk_payment_org_id_order_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_payment')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_reference'))
    )
    op.create_index('uq_payment_order', 'payment', ['org_id', 'order_id'], unique=True)
    op.create_table('project_methodology',
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('estimated_kg', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_project_methodology_project_id')),
    sa.PrimaryKeyConstraint('project_id', 'n', name=op.f('pk_project_methodology'))
    )
    op.create_index('ix_project_methodology_code', 'project_methodology', ['code'], unique=False)
    op.create_table('quote_line',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('quote_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('listing_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['org_id', 'quote_id'], ['quote.org_id', 'quote.id'], name=op.f('fk_quote_line_org_id_quote_id')),
    sa.PrimaryKeyConstraint('org_id', 'quote_id', 'n', name=op.f('pk_quote_line'))
    )
    op.create_table('lot',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('desk_id', sa.Uuid(), server_default=sa.text("'0dd5de5c-0000-7000-8000-000000000001'"), nullable=False),
    sa.Column('registry_code', sa.String(), nullable=False),
    sa.Column('registry_account_id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('issuance_id', sa.Uuid(), nullable=True),
    sa.Column('certification_no', sa.String(), nullable=False),
    sa.Column('serial_prefix', sa.String(), nullable=False),
    sa.Column('serial_first', sa.String(), nullable=False),
    sa.Column('serial_last', sa.String(), nullable=False),
    sa.Column('series_key', sa.String(), nullable=False),
    sa.Column('lo', sa.BigInteger(), nullable=False),
    sa.Column('hi', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), sa.Computed('hi - lo', persisted=True), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('vintage_from', sa.Date(), nullable=False),
    sa.Column('vintage_to', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), server_default=sa.text("''"), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_as_of', sa.Date(), nullable=True),
    sa.Column('import_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    postgresql.ExcludeConstraint((sa.column('org_id'), '='), (sa.column('series_key'), '='), (sa.text('int8range(lo, hi)'), '&&'), where=sa.text("status <> 'withdrawn'"), using='gist', name='one_lot_per_serial_of_a_provider'),
    postgresql.ExcludeConstraint((sa.column('series_key'), '='), (sa.text('int8range(lo, hi)'), '&&'), where=sa.text("status in ('confirmed', 'frozen', 'exhausted')"), using='gist', name='one_live_lot_per_serial'),
    sa.CheckConstraint("status in ('declared', 'confirmed', 'frozen', 'disputed', 'exhausted', 'withdrawn')", name=op.f('ck_lot_status')),
    sa.CheckConstraint("status in ('declared', 'disputed', 'withdrawn') or (confirmed_at is not null and issuance_id is not null)", name=op.f('ck_lot_confirmed_before_use')),
    sa.CheckConstraint("unit in ('t', 'kg', 'kWh', 'MJ')", name=op.f('ck_lot_unit')),
    sa.CheckConstraint('lo < hi and lo >= 0', name=op.f('ck_lot_range')),
    sa.CheckConstraint('vintage_from <= vintage_to', name=op.f('ck_lot_vintage_in_order')),
    sa.ForeignKeyConstraint(['issuance_id'], ['issuance.id'], name=op.f('fk_lot_issuance_id')),
    sa.ForeignKeyConstraint(['org_id', 'registry_account_id'], ['registry_account.org_id', 'registry_account.id'], name=op.f('fk_lot_org_id_registry_account_id')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_lot_org_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_lot_project_id')),
    sa.ForeignKeyConstraint(['registry_code'], ['registry.code'], name=op.f('fk_lot_registry_code')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_lot'))
    )
    op.create_table('holding',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('line_n', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('held', sa.BigInteger(), nullable=False),
    sa.Column('retiring', sa.BigInteger(), nullable=False),
    sa.Column('retired', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint('held >= 0 and retiring >= 0 and retired >= 0', name=op.f('ck_holding_never_below_zero')),
    sa.CheckConstraint('quantity = held + retiring + retired', name=op.f('ck_holding_adds_up')),
    sa.ForeignKeyConstraint(['org_id'], ['organisation.org_id'], name=op.f('fk_holding_org_id')),
    sa.ForeignKeyConstraint(['provider_id', 'lot_id'], ['lot.org_id', 'lot.id'], name=op.f('fk_holding_provider_id_lot_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_holding'))
    )
    op.create_index('ix_holding_provider', 'holding', ['provider_id', 'lot_id'], unique=False)
    op.create_index('uq_holding_order_line', 'holding', ['org_id', 'order_id', 'line_n'], unique=True)
    op.create_table('listing',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('min_quantity', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("status in ('open', 'paused', 'withdrawn')", name=op.f('ck_listing_status')),
    sa.CheckConstraint('price_minor > 0 and min_quantity > 0', name=op.f('ck_listing_positive')),
    sa.ForeignKeyConstraint(['org_id', 'lot_id'], ['lot.org_id', 'lot.id'], name=op.f('fk_listing_org_id_lot_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_listing'))
    )
    op.create_index('uq_listing_live_lot', 'listing', ['org_id', 'lot_id'], unique=True, postgresql_where=sa.text("status in ('open', 'paused')"))
    op.create_table('lot_evidence',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('desk_id', sa.Uuid(), server_default=sa.text("'0dd5de5c-0000-7000-8000-000000000001'"), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('file_key', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('filename', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('submitted_by', sa.Uuid(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_note', sa.String(), nullable=True),
    sa.CheckConstraint("status in ('submitted', 'accepted', 'rejected')", name=op.f('ck_lot_evidence_status')),
    sa.ForeignKeyConstraint(['org_id', 'lot_id'], ['lot.org_id', 'lot.id'], name=op.f('fk_lot_evidence_org_id_lot_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_lot_evidence'))
    )
    op.create_index('ix_lot_evidence_desk', 'lot_evidence', ['desk_id', 'status', 'id'], unique=False)
    op.create_table('lot_stock',
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('imported', sa.BigInteger(), nullable=False),
    sa.Column('free', sa.BigInteger(), nullable=False),
    sa.Column('reserved', sa.BigInteger(), nullable=False),
    sa.Column('sold', sa.BigInteger(), nullable=False),
    sa.Column('withdrawn', sa.BigInteger(), nullable=False),
    sa.Column('next_lo', sa.BigInteger(), nullable=False),
    sa.Column('end_hi', sa.BigInteger(), nullable=False),
    sa.Column('sellable', sa.Boolean(), nullable=False),
    sa.CheckConstraint('free >= 0 and reserved >= 0 and sold >= 0 and withdrawn >= 0', name=op.f('ck_lot_stock_never_below_zero')),
    sa.CheckConstraint('imported = free + reserved + sold + withdrawn', name=op.f('ck_lot_stock_adds_up')),
    sa.CheckConstraint('next_lo + free + reserved = end_hi', name=op.f('ck_lot_stock_serials_left')),
    sa.ForeignKeyConstraint(['org_id', 'lot_id'], ['lot.org_id', 'lot.id'], name=op.f('fk_lot_stock_org_id_lot_id')),
    sa.PrimaryKeyConstraint('lot_id', name=op.f('pk_lot_stock')),
    postgresql_with={'fillfactor': '70'}
    )
    op.create_table('order_line',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('listing_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('goods_minor', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('quantity > 0 and price_minor > 0 and goods_minor = quantity * price_minor', name=op.f('ck_order_line_adds_up')),
    sa.ForeignKeyConstraint(['org_id', 'order_id'], ['orders.org_id', 'orders.id'], name=op.f('fk_order_line_org_id_order_id')),
    sa.ForeignKeyConstraint(['provider_id', 'listing_id'], ['listing.org_id', 'listing.id'], name=op.f('fk_order_line_provider_id_listing_id')),
    sa.PrimaryKeyConstraint('org_id', 'order_id', 'n', name=op.f('pk_order_line'))
    )
    op.create_index('ix_order_line_provider', 'order_line', ['provider_id', 'order_id'], unique=False)
    op.create_table('retirement',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('holding_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('registry_code', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('beneficiary_name', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('purpose_detail', sa.String(), nullable=False),
    sa.Column('fiscal_year', sa.Integer(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('requested_by', sa.Uuid(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signed_off_by', sa.Uuid(), nullable=True),
    sa.Column('signed_off_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('recorded_on', sa.Date(), nullable=True),
    sa.Column('registry_transaction', sa.String(), nullable=True),
    sa.Column('evidence_grade', sa.Text(), nullable=True),
    sa.Column('simulated', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('refusal', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("(status = 'recorded') = (recorded_on is not null and evidence_grade is not null)", name=op.f('ck_retirement_recorded_with_evidence')),
    sa.CheckConstraint("status in ('draft', 'signed_off', 'queued', 'submitted', 'unknown', 'manual', 'recorded', 'rejected', 'canceled')", name=op.f('ck_retirement_status')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_retirement_positive')),
    sa.ForeignKeyConstraint(['org_id', 'holding_id'], ['holding.org_id', 'holding.id'], name=op.f('fk_retirement_org_id_holding_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_retirement')),
    sa.UniqueConstraint('reference', name=op.f('uq_retirement_reference'))
    )
    op.create_index('ix_retirement_moving', 'retirement', ['status'], unique=False, postgresql_where=sa.text("status in ('queued', 'submitted', 'unknown')"))
    op.create_index('ix_retirement_order', 'retirement', ['org_id', 'order_id'], unique=False)
    op.create_index('ix_retirement_provider', 'retirement', ['provider_id', 'id'], unique=False)
    op.create_table('serial_range',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('lot_id', sa.Uuid(), nullable=False),
    sa.Column('holding_id', sa.Uuid(), nullable=False),
    sa.Column('retirement_id', sa.Uuid(), nullable=True),
    sa.Column('series_key', sa.String(), nullable=False),
    sa.Column('lo', sa.BigInteger(), nullable=False),
    sa.Column('hi', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    postgresql.ExcludeConstraint((sa.column('series_key'), '='), (sa.text('int8range(lo, hi)'), '&&'), using='gist', name='one_place_per_serial'),
    sa.CheckConstraint("(status = 'held') = (retirement_id is null)", name=op.f('ck_serial_range_retirement_when_not_held')),
    sa.CheckConstraint("status in ('held', 'retiring', 'retired')", name=op.f('ck_serial_range_status')),
    sa.CheckConstraint('lo < hi', name=op.f('ck_serial_range_range')),
    sa.ForeignKeyConstraint(['org_id', 'holding_id'], ['holding.org_id', 'holding.id'], name=op.f('fk_serial_range_org_id_holding_id')),
    sa.ForeignKeyConstraint(['provider_id', 'lot_id'], ['lot.org_id', 'lot.id'], name=op.f('fk_serial_range_provider_id_lot_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_serial_range'))
    )
    op.create_index('ix_serial_range_holding', 'serial_range', ['org_id', 'holding_id', 'lo'], unique=False)
    op.create_index('ix_serial_range_lot', 'serial_range', ['provider_id', 'lot_id'], unique=False)
    op.create_index('ix_serial_range_retirement', 'serial_range', ['org_id', 'retirement_id'], unique=False)
    op.create_table('certificate',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('retirement_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('evidence_grade', sa.String(), nullable=False),
    sa.Column('contents', sa.LargeBinary(), nullable=False),
    sa.Column('contents_sha256', sa.String(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pdf_key', sa.String(), nullable=True),
    sa.Column('pdf_sha256', sa.String(), nullable=True),
    sa.Column('pdf_size_bytes', sa.BigInteger(), nullable=True),
    sa.Column('rendered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("status in ('issued')", name=op.f('ck_certificate_status')),
    sa.CheckConstraint('(pdf_key is null) = (pdf_sha256 is null)', name=op.f('ck_certificate_pdf_with_hash')),
    sa.ForeignKeyConstraint(['org_id', 'retirement_id'], ['retirement.org_id', 'retirement.id'], name=op.f('fk_certificate_org_id_retirement_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('number', name=op.f('uq_certificate_number')),
    sa.UniqueConstraint('org_id', 'retirement_id', name=op.f('uq_certificate_org_id_retirement_id'))
    )
    op.create_table('registry_task',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('buyer_id', sa.Uuid(), nullable=False),
    sa.Column('desk_id', sa.Uuid(), nullable=False),
    sa.Column('retirement_id', sa.Uuid(), nullable=False),
    sa.Column('registry_code', sa.String(), nullable=False),
    sa.Column('sheet', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('maker_id', sa.Uuid(), nullable=True),
    sa.Column('prepared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checker_id', sa.Uuid(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('executed_by', sa.Uuid(), nullable=True),
    sa.Column('executed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('registry_transaction', sa.String(), nullable=True),
    sa.Column('recorded_on', sa.Date(), nullable=True),
    sa.Column('notice_key', sa.String(), nullable=True),
    sa.Column('notice_sha256', sa.String(), nullable=True),
    sa.Column('notice_filename', sa.String(), nullable=True),
    sa.Column('released_by', sa.Uuid(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("status in ('open', 'prepared', 'checked', 'executed', 'confirmed', 'canceled')", name=op.f('ck_registry_task_status')),
    sa.CheckConstraint('checker_id is null or checker_id <> maker_id', name=op.f('ck_registry_task_two_people')),
    sa.ForeignKeyConstraint(['buyer_id', 'retirement_id'], ['retirement.org_id', 'retirement.id'], name=op.f('fk_registry_task_buyer_id_retirement_id')),
    sa.PrimaryKeyConstraint('org_id', 'id', name=op.f('pk_registry_task'))
    )
    op.create_index('uq_registry_task_retirement', 'registry_task', ['buyer_id', 'retirement_id'], unique=True)
    op.create_table('retirement_attempt',
    sa.Column('org_id', sa.Uuid(), nullable=False),
    sa.Column('retirement_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('request', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('empty_lookups', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('first_empty_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lookups', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.CheckConstraint("status in ('committed', 'recorded', 'rejected', 'not_sent', 'unknown', 'absent')", name=op.f('ck_retirement_attempt_status')),
    sa.ForeignKeyConstraint(['org_id', 'retirement_id'], ['retirement.org_id', 'retirement.id'], name=op.f('fk_retirement_attempt_org_id_retirement_id')),
    sa.PrimaryKeyConstraint('org_id', 'retirement_id', 'n', name=op.f('pk_retirement_attempt'))
    )
    op.create_index('uq_retirement_attempt_live', 'retirement_attempt', ['org_id', 'retirement_id'], unique=True, postgresql_where=sa.text("status in ('committed', 'unknown', 'recorded')"))


def downgrade() -> None:
    op.drop_index('uq_retirement_attempt_live', table_name='retirement_attempt', postgresql_where=sa.text("status in ('committed', 'unknown', 'recorded')"))
    op.drop_table('retirement_attempt')
    op.drop_index('uq_registry_task_retirement', table_name='registry_task')
    op.drop_table('registry_task')
    op.drop_table('certificate')
    op.drop_index('ix_serial_range_retirement', table_name='serial_range')
    op.drop_index('ix_serial_range_lot', table_name='serial_range')
    op.drop_index('ix_serial_range_holding', table_name='serial_range')
    op.drop_table('serial_range')
    op.drop_index('ix_retirement_provider', table_name='retirement')
    op.drop_index('ix_retirement_order', table_name='retirement')
    op.drop_index('ix_retirement_moving', table_name='retirement', postgresql_where=sa.text("status in ('queued', 'submitted', 'unknown')"))
    op.drop_table('retirement')
    op.drop_index('ix_order_line_provider', table_name='order_line')
    op.drop_table('order_line')
    op.drop_table('lot_stock')
    op.drop_index('ix_lot_evidence_desk', table_name='lot_evidence')
    op.drop_table('lot_evidence')
    op.drop_index('uq_listing_live_lot', table_name='listing', postgresql_where=sa.text("status in ('open', 'paused')"))
    op.drop_table('listing')
    op.drop_index('uq_holding_order_line', table_name='holding')
    op.drop_index('ix_holding_provider', table_name='holding')
    op.drop_table('holding')
    op.drop_table('lot')
    op.drop_table('quote_line')
    op.drop_index('ix_project_methodology_code', table_name='project_methodology')
    op.drop_table('project_methodology')
    op.drop_index('uq_payment_order', table_name='payment')
    op.drop_table('payment')
    op.drop_index('ix_order_issuer_provider', table_name='order_issuer')
    op.drop_table('order_issuer')
    op.drop_table('login_session')
    op.drop_table('issuance')
    op.drop_table('import_row')
    op.drop_table('api_key')
    op.drop_index('uq_registry_account_number', table_name='registry_account')
    op.drop_table('registry_account')
    op.drop_table('quote')
    op.drop_table('project')
    op.drop_index('ix_orders_short', table_name='orders', postgresql_where=sa.text("status = 'short'"))
    op.drop_table('orders')
    op.drop_table('member')
    op.drop_table('holdings_import')
    op.drop_table('buyer_exposure')
    op.drop_index('ix_bank_line_payment', table_name='bank_line')
    op.drop_index('ix_bank_line_for_a_person', table_name='bank_line', postgresql_where=sa.text("status = 'for_a_person'"))
    op.drop_table('bank_line')
    op.drop_table('schedule')
    op.drop_table('registry')
    op.drop_index('ix_public_listing_regions', table_name='public_listing', postgresql_using='gin')
    op.drop_index('ix_public_listing_published', table_name='public_listing')
    op.drop_index('ix_public_listing_methodologies', table_name='public_listing', postgresql_using='gin')
    op.drop_table('public_listing')
    op.drop_table('public_certificate')
    op.drop_index('ix_posting_target', table_name='posting')
    op.drop_index('ix_posting_source', table_name='posting')
    op.drop_table('posting')
    op.drop_table('organisation')
    op.drop_index('ix_job_parked', table_name='job', postgresql_where=sa.text('parked_at is not null'))
    op.drop_index('ix_job_due', table_name='job', postgresql_where=sa.text('done_at is null and parked_at is null'))
    op.drop_index('ix_job_done_at', table_name='job', postgresql_where=sa.text('done_at is not null'))
    op.drop_table('job')
    op.drop_table('idempotency')
    op.drop_table('event_seal')
    op.drop_index('ix_event_unsealed', table_name='event', postgresql_where=sa.text('seal_n is null'))
    op.drop_index('ix_event_org_id_n', table_name='event')
    op.drop_table('event')
    op.drop_table('bank_statement')
    op.drop_table('account_balance')
