"""What was sold and is refunded comes back to its lot: ranges that are the provider's again, for sale or withdrawn.

What is new is told first, without looking at the rows that are there; those are looked at afterwards, when nobody has to
wait for it. Should that be interrupted, the whole can be begun anew.

Revision: 0023, after 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

API, WORKER = "offsetdesk_api", "offsetdesk_worker"
NAMED = "(select app_orgs())::uuid[]"
OLD = {
    ("lot_stock", "serials_left"): "next_lo + free + reserved = end_hi",
    ("serial_range", "status"): "status in ('held', 'retiring', 'retired')",
    ("serial_range", "retirement_when_not_held"): "(status = 'held') = (retirement_id is null)",
}
NEW = {
    ("lot_stock", "serials_left"): "next_lo + free + reserved - returned = end_hi",
    ("lot_stock", "returned_is_unsold"): "returned >= 0 and returned <= free + reserved",
    ("serial_range", "status"): "status in ('held', 'retiring', 'retired', 'returned', 'withdrawn')",
    ("serial_range", "retirement_when_retiring"):
        "(status in ('retiring', 'retired')) = (retirement_id is not null)",
    ("serial_range", "holding_unless_given_back"): "(status in ('returned', 'withdrawn')) = (holding_id is null)",
    ("serial_range", "given_back_to_the_provider"): "holding_id is not null or org_id = provider_id",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("alter table lot_stock add column if not exists returned bigint not null default 0")
    op.execute("alter table serial_range alter column holding_id drop not null")
    _change(OLD, NEW)
    op.execute("drop policy if exists forget_serial_range on serial_range")
    # Of a lot that is withdrawn as a whole nothing is kept: its serials are free for their next holder.
    op.execute(
        f"create policy forget_serial_range on serial_range for delete to {API}, {WORKER}"
        f" using (holding_id is null and org_id = any ({NAMED}))"
    )
    op.execute(f"grant delete on serial_range to {API}, {WORKER}")
    _look_at_the_rows(NEW)


def _change(old: dict[tuple[str, str], str], new: dict[tuple[str, str], str]) -> None:
    for table, name in {**old, **new}:
        op.execute(f"alter table {table} drop constraint if exists ck_{table}_{name}")
    for (table, name), condition in new.items():
        op.execute(f"alter table {table} add constraint ck_{table}_{name} check ({condition}) not valid")


def _look_at_the_rows(constraints: dict[tuple[str, str], str]) -> None:
    with op.get_context().autocommit_block():
        # Validating keeps neither readers nor writers waiting, and takes as long as the table is big.
        op.execute("set lock_timeout = '4s'")
        op.execute("set statement_timeout = 0")
        for table, name in constraints:
            op.execute(f"alter table {table} validate constraint ck_{table}_{name}")
        op.execute("reset lock_timeout")
        op.execute("reset statement_timeout")


def downgrade() -> None:
    """Only while nothing has come back: before, such rows had no place."""
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(f"revoke delete on serial_range from {API}, {WORKER}")
    op.execute("drop policy forget_serial_range on serial_range")
    _change(NEW, OLD)
    op.execute("alter table serial_range alter column holding_id set not null")
    op.execute("alter table lot_stock drop column returned")
    _look_at_the_rows(OLD)
