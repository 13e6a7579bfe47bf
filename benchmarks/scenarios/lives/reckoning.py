"""Is every yen where it must be? Our book against Stripe's own, against the bank's, and against what each buyer paid."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.scenarios.lives.life import Life
from benchmarks.scenarios.lives.town import Town

REASONS: Final[Mapping[str, str]] = {
    "charge": "stripe_charge",
    "refund": "stripe_refund",
    "refund_failure": "stripe_refund_back",
    "dispute": "stripe_dispute",
    "dispute_reversal": "stripe_dispute_back",
    "transfer": "payout_sent",
    "transfer_reversal": "payout_reversal",
    "payout": "stripe_payout",
    "payout_reversal": "stripe_payout_back",
}
"""What a line of Stripe's of each reporting category is posted for: said here once more, not asked of the program."""
EMPTY: Final = ("held:orders", "held:payouts", "unapplied", "suspense", "disputes", "stripe:transit")
"""Accounts on which nothing stays when every life is over."""
_ENDS: Final = {
    "orders": {"fulfilled", "refunded", "expired", "canceled"},
    "payment_attempt": {"paid", "returned", "canceled", "refused"},
    "refund": {"succeeded", "rejected"},
    "dispute": {"won", "lost"},
    "retirement": {"recorded", "canceled"},
    "bank_line": {"applied", "resolved", "returned"},
    "line_return": {"paid", "came_back"},
    "payout": {"paid", "failed", "canceled"},
    "payout_reversal": {"made", "refused"},
    "stripe_call": {"done", "refused", "absent"},
}
"""How each thing may end."""
_OF_BUYERS: Final = """
select o.id, o.status, coalesce(l.came, 0) + coalesce(a.came, 0) + coalesce(c.came, 0) as came,
       coalesce(r.back, 0) + coalesce(b.back, 0) as back, coalesce(n.rounded, 0) as rounded, coalesce(r.goodwill, 0) as goodwill,
       coalesce(d.taken, 0) as taken, coalesce(d.borne, 0) as borne, coalesce(g.made_good, 0) as made_good,
       case when o.status = 'fulfilled' then coalesce(i.kept, 0) else 0 end as kept
from orders o
left join (select order_id, sum(amount_minor)::bigint came from bank_line where amount_minor > 0 group by 1) l on l.order_id = o.id
left join (select order_id, sum(received_minor)::bigint came from payment_attempt where charge_id is not null group by 1) a on a.order_id = o.id
left join (select order_id, (sum(amount_minor - set_off_minor) filter (where status = 'succeeded'))::bigint back,
                  (sum(amount_minor) filter (where status = 'succeeded' and kind = 'goodwill'))::bigint goodwill
           from refund f where not exists (  -- What the payer's bank has given back was taken by its dispute.
             select from posting p where p.reason = 'dispute_refunded' and p.subject_id = f.id) group by 1) r on r.order_id = o.id
left join (select payer_org_id, sum(amount_minor)::bigint came from bank_line where order_id is null group by 1) c on c.payer_org_id = o.org_id
left join (select payer_id, sum(amount_minor)::bigint back from line_return where status = 'paid' group by 1) b on b.payer_id = o.org_id
left join (select replace(account, 'receivable:', '') as buyer, sum(minor)::bigint rounded from (
             select source as account, amount_minor as minor from posting where reason in ('invoice_rounding', 'return_rounding')
             union all select target, -amount_minor from posting where reason in ('invoice_rounding', 'return_rounding')) m
           group by 1) n on n.buyer = replace(o.org_id::text, '-', '')
left join (select order_id, sum(taken_minor)::bigint taken, sum(borne_minor)::bigint borne from dispute where outcome = 'lost' group by 1) d on d.order_id = o.id
left join (select d.order_id, sum(p.amount_minor)::bigint made_good from posting p join dispute d on d.id = p.subject_id
           where p.reason = 'dispute_returned' and p.target = 'write_off' group by 1) g on g.order_id = o.id
left join (select order_id, sum(goods_minor + tax_minor - refunded_goods_minor - refunded_tax_minor)::bigint kept
           from order_issuer group by 1) i on i.order_id = o.id
"""
_OWED: Final = """
select e.org_id, coalesce(sum(e.net_minor), 0)::bigint as minor from earning e left join payout p on p.org_id = e.org_id and p.id = e.payout_id
where p.id is null or p.status = 'draft' group by 1
"""


async def reckon(town: Town, lives: Sequence[Life]) -> list[str]:
    """Every yen that is not where it must be, in a sentence each."""
    balances = await town.till.balances()
    told = [f"{account} holds {balances[account]} at the end" for account in EMPTY if balances.get(account)]
    told += [
        f"{account} holds {minor} at the end"
        for account, minor in balances.items()
        if account.startswith(("refunds:", "receivable:")) and minor
    ]
    told += await _against_stripe(town, balances)
    told += await _against_the_bank(town, balances)
    told += await _of_buyers(town, lives)
    told += await _of_providers(town, balances)
    return told + await _ended(town)


async def _against_stripe(town: Town, balances: Mapping[str, int]) -> list[str]:
    mine = {row["line_id"] for row in await town.pool.fetch("select line_id from stripe_line")}
    # What is in providers' own accounts at Stripe is none of ours: a transfer has its other half there.
    lines = [each for each in (await town.till.book()).objects["balance_transaction"] if each["id"] in mine]
    told = []
    net, fees = sum(each["net"] for each in lines), sum(each["fee"] for each in lines)
    if net != -balances.get("stripe:clearing", 0):
        told.append(f"Stripe holds {net}, and our book says {-balances.get('stripe:clearing', 0)}")
    if fees != -balances.get("stripe:fees", 0):
        told.append(f"Stripe charged {fees}, and our book says {-balances.get('stripe:fees', 0)}")
    rows = await town.pool.fetch(
        "select reason, amount_minor from posting where reason = any ($1)", list(REASONS.values())
    )
    posted = Counter((row["reason"], row["amount_minor"]) for row in rows)
    there = Counter(
        (REASONS.get(each["reporting_category"], each["reporting_category"]), abs(each["amount"])) for each in lines
    )
    told += [f"Stripe has {count} more of {what} than we" for what, count in (there - posted).items()]
    told += [f"we have {count} more of {what} than Stripe" for what, count in (posted - there).items()]
    return told


async def _against_the_bank(town: Town, balances: Mapping[str, int]) -> list[str]:
    told = []
    if town.bank.balance_minor != -balances.get("bank", 0):
        told.append(f"the bank has {town.bank.balance_minor}, and our book says {-balances.get('bank', 0)}")
    rows = await town.pool.fetch("select bank_reference, amount_minor from bank_line")
    ours = Counter((row["bank_reference"], row["amount_minor"]) for row in rows)
    theirs = Counter((each.reference, each.minor) for each in town.bank.movements)
    if ours != theirs:
        told.append(f"lines of the bank differ: {ours - theirs} {theirs - ours}")
    return told


async def _of_buyers(town: Town, lives: Sequence[Life]) -> list[str]:
    """Who pays, pays for what is kept: what came less what went back is what the credits cost, less what somebody bore."""
    rows = {row["id"]: row for row in await town.pool.fetch(_OF_BUYERS)}
    told = []
    for life in lives:
        row = rows[life.order_id]
        paid = row["came"] - row["back"] - row["taken"]
        # Goodwill for credits which came back afterwards is made good by what their provider gave back.
        worth = row["kept"] - row["goodwill"] + row["made_good"] - row["borne"] + row["rounded"]
        if paid != worth:
            told.append(f"{life.name} of {row['id']} has paid {paid} in the end for what is worth {worth}: {dict(row)}")
    return told


async def _of_providers(town: Town, balances: Mapping[str, int]) -> list[str]:
    owed = {row["org_id"]: row["minor"] for row in await town.pool.fetch(_OWED)}
    found = []
    for seller in (*town.sellers, town.scarce):
        here, there = owed.get(seller.party.org_id, 0), balances.get(f"payable:{seller.party.org_id.hex}", 0)
        if here != there:
            found.append(f"a provider's entries come to {here}, and the book owes it {there}")
    return found


async def _ended(town: Town) -> list[str]:
    """Whether each thing has ended in a state that has a name for an end."""
    told = []
    for table, ends in _ENDS.items():
        column = "outcome" if table == "dispute" else "status"
        rows: Sequence[Any] = await town.pool.fetch(f"select {column} as status, count(*) as n from {table} group by 1")
        for row in rows:
            town.stage.facts[f"{table} {row['status']}"] = row["n"]
        told += [f"{row['n']} of {table} are {row['status']} at the end" for row in rows if row["status"] not in ends]
    return told
