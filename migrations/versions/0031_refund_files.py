"""Refunds by bank go out in files of transfers, as payouts do: to an account that the buyer named and the desk confirmed.

Revision: 0031, after 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("alter table payout_file add column kind text not null default 'payouts'")
    _checked("payout_file", "kind", "kind in ('payouts', 'refunds')")
    # Each payout was approved by a second person before; of refunds the file as a whole is seen by one.
    _checked("payout_file", "two_people", "kind <> 'refunds' or sent_by <> made_by")
    op.execute("alter table refund add column account_id uuid, add column file_id uuid")
    _checked("refund", "file", "file_id is null or (way = 'bank' and account_id is not null)")
    op.execute("create index ix_refund_file on refund (desk_id, file_id) where file_id is not null")


def _checked(table: str, name: str, check: str) -> None:
    op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({check}) not valid")
    op.execute(f"alter table {table} validate constraint ck_{table}_{name}")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("drop index ix_refund_file")
    op.execute("alter table refund drop constraint ck_refund_file")
    op.execute("alter table refund drop column file_id, drop column account_id")
    op.execute("alter table payout_file drop constraint ck_payout_file_two_people, drop constraint ck_payout_file_kind")
    op.execute("alter table payout_file drop column kind")
