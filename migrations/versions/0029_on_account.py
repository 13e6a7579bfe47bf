"""Orders on account: a bank line may pay an invoice, and a refund may lower what is owed instead of sending money.

Revision: 0029, after 0027
"""

from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

OUTCOMES = (
    "'pending', 'exact', 'over', 'short', 'completes', 'duplicate', 'late', 'late_reserved', 'unknown_payer', 'outgoing'"
)
WAYS = "'stripe', 'bank'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
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


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("alter table invoice_claim drop column credited_minor")
    op.execute("alter table refund drop column set_off_minor")
    # What only this release knows is told in the words of the one before: a person looks at such a line and refund.
    op.execute("update refund set way = 'bank' where way = 'account'")
    op.execute("update bank_line set outcome = 'exact' where outcome = 'invoice'")
    _check("refund", "way", f"way in ({WAYS})")
    _check("bank_line", "outcome", f"outcome in ({OUTCOMES})")
