"""I3: does every balance follow from the postings, and is what is held and owed what orders and entries come to?"""

from typing import Final

# That all accounts add up to zero needs no question: one row takes from one what it gives to another.
I3_MONEY: Final = """
with moves as (select target account, currency, amount_minor minor from posting
               union all select source, currency, -amount_minor from posting),
     totals as (select account, currency, sum(minor) minor from moves group by 1, 2)
select format('I3 %s keeps %s %s, and its postings make %s', coalesce(b.account, t.account), b.balance_minor,
              coalesce(b.currency, t.currency), t.minor)
from account_balance b full join (select * from totals where account = 'unapplied' or account like 'held:%') t
  on t.account = b.account and t.currency = b.currency
where coalesce(b.balance_minor, 0) <> coalesce(t.minor, 0)
union all
select format('I3 the bank says %s came in, and the book says %s', l.minor, -coalesce(t.minor, 0))
from (select currency, sum(amount_minor) minor from bank_line group by 1) l
left join totals t on t.account = 'bank' and t.currency = l.currency where l.minor <> -coalesce(t.minor, 0)
union all
select format('I3 %s is held for orders, and paid orders are worth %s', coalesce(max(t.minor), 0), coalesce(max(o.minor), 0))
from (select sum(i.goods_minor + i.tax_minor - i.refunded_goods_minor - i.refunded_tax_minor) minor
      from orders o join order_issuer i on i.org_id = o.org_id and i.order_id = o.id where o.status in ('paid', 'short')) o
left join totals t on t.account = 'held:orders'
having coalesce(max(t.minor), 0) <> coalesce(max(o.minor), 0)
union all
select format('I3 provider %s is owed %s, and its entries that were not paid come to %s', g.org_id, coalesce(t.minor, 0), coalesce(e.minor, 0))
from organisation g
left join totals t on t.account = 'payable:' || replace(g.org_id::text, '-', '')
left join (select e.org_id, sum(e.net_minor) minor from earning e left join payout p on p.org_id = e.org_id and p.id = e.payout_id
           where p.id is null or p.status = 'draft' group by 1) e on e.org_id = g.org_id
where coalesce(t.minor, 0) <> coalesce(e.minor, 0)
union all
select format('I3 provider %s has entries of %s for order %s, which is worth %s to it', i.provider_id, coalesce(e.minor, 0), o.id, i.minor)
from (select org_id, order_id, provider_id, goods_minor + tax_minor - refunded_goods_minor - refunded_tax_minor minor from order_issuer) i
join orders o on o.org_id = i.org_id and o.id = i.order_id and o.status in ('fulfilled', 'refunded')
left join (select org_id, order_id, sum(goods_minor + tax_minor) minor from earning group by 1, 2) e
  on e.org_id = i.provider_id and e.order_id = i.order_id
where coalesce(e.minor, 0) <> i.minor
  and not exists (select from dispute d where d.order_id = o.id and d.outcome = 'lost' and coalesce(e.minor, 0) between 0 and i.minor)
"""
