"""I3, as far as months and other people's books go: is what was closed still so, and does Stripe's book explain itself?"""

from typing import Final

# Every item that is told: unresolved differences, lines that nothing answers to yet, and postings without a line yet.
I3_STRIPE: Final = """
with lines as (select currency, sum(net_minor) minor from stripe_line group by 1),
book as (select currency, sum(minor) minor from (
    select currency, amount_minor minor from posting where source = 'stripe:clearing'
    union all select currency, -amount_minor from posting where target = 'stripe:clearing') sides group by 1),
told as (select currency, sum(minor) minor from (
    select currency, amount_minor minor from money_difference where side = 'stripe' and status <> 'resolved'
    union all
    select currency, amount_minor from stripe_line l where settled_as is null and not exists (
      select from money_difference d where d.side = 'stripe' and d.line_id = l.id and d.status <> 'resolved')
    union all
    select currency, case when source = 'stripe:clearing' then -amount_minor else amount_minor end from posting p
    where 'stripe:clearing' in (source, target) and reason not in ('stripe_fee', 'difference')
      and not exists (select from stripe_line l where l.posting_id = p.id)
      and not exists (select from money_difference d where d.posting_id = p.id and (d.status <> 'resolved' or d.action <> 'gone'))
  ) items group by 1)
select format('I3 Stripe moved %s %s, the book says %s, and the items explain %s', coalesce(l.minor, 0),
              coalesce(l.currency, b.currency), coalesce(b.minor, 0), coalesce(t.minor, 0))
from lines l full join book b using (currency) left join told t on t.currency = coalesce(l.currency, b.currency)
where coalesce(l.minor, 0) - coalesce(b.minor, 0) <> coalesce(t.minor, 0)
union all
select format('I3 the line %s of Stripe cost %s, and %s were booked', l.line_id, l.fee, coalesce(p.minor, 0))
from (select id, line_id, case when reporting_category = 'fee' then fee_minor - amount_minor else fee_minor end fee from stripe_line) l
left join (select subject_id, sum(case when target = 'stripe:clearing' then amount_minor else -amount_minor end) minor
           from posting where reason = 'stripe_fee' group by 1) p on p.subject_id = l.id
where l.fee <> coalesce(p.minor, 0)
"""
I3_CLOSED: Final = """
with last as (select max(month) as month from ledger_close where status = 'closed'),
replay as (select account, currency, sum(minor) minor from (
    select target account, currency, amount_minor minor from posting, last where day < last.month + interval '1 month'
    union all
    select source, currency, -amount_minor from posting, last where day < last.month + interval '1 month') moves group by 1, 2),
kept as (select b.account, b.currency, b.closing_minor minor from ledger_balance b join last on last.month = b.month)
select format('I3 %s was closed with %s, and its postings make %s', coalesce(k.account, r.account), k.minor, r.minor)
from kept k full join replay r using (account, currency) where coalesce(k.minor, 0) <> coalesce(r.minor, 0)
union all
select format('I3 %s was closed with %s postings, and has %s', c.month, c.postings, count(p.id))
from ledger_close c left join posting p on p.day >= c.month and p.day < c.month + interval '1 month'
where c.status = 'closed' group by c.org_id, c.month having count(p.id) <> c.postings
"""
