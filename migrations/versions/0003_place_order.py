"""The function that places an order; its text stands in app/orders/place.sql too, where its callers are.

Revision: 0003, after 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The ids that callers see, written by the database: Crockford base32 of the 128 bits (app/core/ids.py).
PUBLIC_ID = """
create function public_id(a_prefix text, a_id uuid) returns text language sql immutable strict parallel safe as $$
  select a_prefix || '_' || string_agg(
           substr('0123456789abcdefghjkmnpqrstvwxyz', substr(bits, 5 * place + 1, 5)::bit(5)::int + 1, 1), '' order by place)
  from (select '00' || ('x' || replace(a_id::text, '-', ''))::bit(128)::text as bits) b, generate_series(0, 25) place
$$
"""

PLACE_ORDER = r"""
-- Placing an order, whole: one function, one round trip, one transaction, under row-level security.
-- Order of locks: the buyer's exposure, the lots by ascending id, the key last. The text is installed by a migration;
-- a tidy test holds the two together. Refusals come back as `outcome` with `facts` and have written nothing.
create function place_order(
  a_org uuid, a_desk uuid, a_actor_kind text, a_actor uuid, a_credential bytea, a_request text,
  a_key text, a_hash bytea, a_lease interval,
  a_order uuid, a_order_text text, a_payment uuid, a_reference text, a_event uuid, a_job uuid,
  a_quote uuid, a_listings uuid[], a_listing_texts text[], a_quantities bigint[],
  a_retire jsonb, a_tax_basis_points int, a_cap bigint, a_total_max bigint,
  a_now timestamptz, a_now_text text, a_deadline timestamptz, a_deadline_text text,
  out outcome text, out status int, out body bytea, out location text, out facts jsonb
) language plpgsql as $place_order$
#variable_conflict use_column
declare
  v_prior record; v_quote record; v_n int := cardinality(a_listings);
  v_lots uuid[]; v_providers uuid[]; v_prices bigint[] := null; v_units text[]; v_minimum bigint[];
  v_found uuid[]; v_unit text; v_quantity numeric; v_goods numeric; v_tax numeric;
  v_unpaid bigint; v_allowed bigint; v_free bigint; v_lines json; v_issuers json; v_answer text;
begin
  perform set_config('app.org_ids', a_org::text, true);
  if a_credential is not null and not exists (
    select from api_key where org_id = a_org and hash = a_credential and revoked_at is null
      and (expires_at is null or expires_at > a_now)
  ) then outcome := 'revoked'; return; end if;

  select request_hash, status, body, location into v_prior from idempotency where org_id = a_org and key = a_key;
  if found then
    if v_prior.request_hash <> a_hash then outcome := 'other_request';
    elsif v_prior.status is null then outcome := 'in_progress';
    else outcome := 'stored'; status := v_prior.status; body := v_prior.body; location := v_prior.location;
    end if;
    return;
  end if;

  if a_quote is not null then
    select order_id, expires_at into v_quote from quote where org_id = a_org and id = a_quote for update;
    if not found then outcome := 'no_quote'; return; end if;
    if v_quote.order_id is not null then outcome := 'quote_used'; return; end if;
    if v_quote.expires_at <= a_now then outcome := 'quote_expired'; return; end if;
    select array_agg(listing_id order by n), array_agg(quantity order by n), array_agg(price_minor order by n), count(*)
      into a_listings, a_quantities, v_prices, v_n
      from quote_line where org_id = a_org and quote_id = a_quote;
  end if;

  select array_agg(p.lot_id order by w.n), array_agg(p.provider_id order by w.n), array_agg(p.listing_id order by w.n),
         array_agg(coalesce(v_prices[w.n], p.price_minor) order by w.n), array_agg(distinct p.unit),
         array_agg(p.min_quantity order by w.n)
    into v_lots, v_providers, v_found, v_prices, v_units, v_minimum
    from unnest(a_listings) with ordinality as w (listing_id, n)
    join public_listing p on p.listing_id = w.listing_id;
  if v_found is null or cardinality(v_found) < v_n then
    outcome := 'listing_gone';
    facts := (select jsonb_agg(w.n - 1 order by w.n) from unnest(a_listings) with ordinality as w (listing_id, n)
              where v_found is null or w.listing_id <> all (v_found));
    return;
  end if;
  if cardinality(v_units) > 1 then outcome := 'mixed_units'; return; end if;
  if a_org = any (v_providers) then outcome := 'own_listing'; return; end if;
  v_unit := v_units[1];
  facts := (select jsonb_agg(jsonb_build_object('line', i - 1, 'min_quantity', v_minimum[i]))
            from generate_subscripts(v_lots, 1) i where a_quantities[i] < v_minimum[i]);
  if facts is not null then outcome := 'below_minimum'; return; end if;
  select sum(q), sum(q::numeric * price) into v_quantity, v_goods from unnest(a_quantities, v_prices) as t (q, price);
  if v_goods > a_total_max then outcome := 'too_large'; return; end if;

  -- A trade names its parties: the buyer, the desk, and every provider.
  perform set_config('app.org_ids', concat_ws(',', a_org, a_desk,
                     (select string_agg(distinct provider::text, ',') from unnest(v_providers) provider)), true);
  select unpaid, cap into v_unpaid, v_allowed from buyer_exposure where org_id = a_org for update;
  if not found then
    insert into buyer_exposure (org_id, unpaid, cap) values (a_org, 0, a_cap) on conflict do nothing;
    select unpaid, cap into v_unpaid, v_allowed from buyer_exposure where org_id = a_org for update;
  end if;
  if v_unpaid + v_quantity > v_allowed then
    outcome := 'over_cap'; facts := jsonb_build_object('unpaid', v_unpaid, 'cap', v_allowed); return;
  end if;

  if v_n = 1 then
    update lot_stock set free = free - a_quantities[1], reserved = reserved + a_quantities[1]
      where lot_id = v_lots[1] and org_id = v_providers[1] and sellable and free >= a_quantities[1];
    if not found then
      select case when sellable then free else 0 end into v_free from lot_stock where lot_id = v_lots[1];
      outcome := 'short'; facts := jsonb_build_array(jsonb_build_object('line', 0, 'available', coalesce(v_free, 0)));
      return;
    end if;
  else
    perform from lot_stock where lot_id = any (v_lots) order by lot_id for update;
    facts := (select jsonb_agg(jsonb_build_object('line', i - 1, 'available', case when s.sellable then s.free else 0 end) order by i)
              from generate_subscripts(v_lots, 1) i left join lot_stock s on s.lot_id = v_lots[i]
              where s.lot_id is null or not s.sellable or s.free < a_quantities[i]);
    if facts is not null then outcome := 'short'; return; end if;
    update lot_stock s set free = free - t.quantity, reserved = reserved + t.quantity
      from unnest(v_lots, a_quantities) as t (lot_id, quantity) where s.lot_id = t.lot_id;
  end if;
  update buyer_exposure set unpaid = unpaid + v_quantity::bigint where org_id = a_org;

  -- Tax is rounded down once per issuer, never per line.
  select sum(tax), json_agg(json_build_object('lines', lines, 'tax_basis_points', a_tax_basis_points,
           'goods', json_build_object('amount', goods, 'currency', 'JPY'),
           'tax', json_build_object('amount', tax, 'currency', 'JPY')) order by lines[1])
    into v_tax, v_issuers
    from (select array_agg(i order by i) lines, sum(a_quantities[i]::numeric * v_prices[i])::bigint goods,
                 div(sum(a_quantities[i]::numeric * v_prices[i]) * a_tax_basis_points, 10000)::bigint tax
          from generate_subscripts(v_lots, 1) i group by v_providers[i]) g;
  select json_agg(json_build_object('n', i, 'listing_id', coalesce(a_listing_texts[i], public_id('lst', a_listings[i])),
           'quantity', a_quantities[i], 'unit', v_unit,
           'price', json_build_object('amount', v_prices[i], 'currency', 'JPY'),
           'goods', json_build_object('amount', a_quantities[i] * v_prices[i], 'currency', 'JPY')) order by i)
    into v_lines from generate_subscripts(v_lots, 1) i;
  v_answer := json_build_object(
    'id', a_order_text, 'status', 'awaiting_payment', 'quantity', v_quantity, 'unit', v_unit,
    'goods', json_build_object('amount', v_goods, 'currency', 'JPY'),
    'tax', json_build_object('amount', v_tax, 'currency', 'JPY'),
    'total', json_build_object('amount', v_goods + v_tax, 'currency', 'JPY'),
    'lines', v_lines, 'issuers', v_issuers,
    'payment', json_build_object('method', 'bank_transfer', 'reference', a_reference, 'status', 'open',
                                 'amount', json_build_object('amount', v_goods + v_tax, 'currency', 'JPY')),
    'retire', a_retire, 'placed_at', a_now_text, 'deadline', a_deadline_text, 'paid_at', null, 'closed_at', null,
    'version', 1)::text;

  insert into orders (org_id, id, desk_id, status, currency, unit, quantity, goods_minor, tax_minor, total_minor, quote_id, retire,
                      placed_by, placed_at, deadline)
    values (a_org, a_order, a_desk, 'awaiting_payment', 'JPY', v_unit, v_quantity::bigint, v_goods::bigint, v_tax::bigint,
            (v_goods + v_tax)::bigint, a_quote, a_retire, a_actor, a_now, a_deadline);
  insert into order_line (org_id, order_id, n, provider_id, listing_id, lot_id, quantity, price_minor, goods_minor)
    select a_org, a_order, i, v_providers[i], a_listings[i], v_lots[i], a_quantities[i], v_prices[i], a_quantities[i] * v_prices[i]
    from generate_subscripts(v_lots, 1) i;
  insert into order_issuer (org_id, order_id, provider_id, tax_basis_points, goods_minor, tax_minor)
    select a_org, a_order, v_providers[i], a_tax_basis_points, sum(a_quantities[i] * v_prices[i])::bigint,
           div(sum(a_quantities[i]::numeric * v_prices[i]) * a_tax_basis_points, 10000)::bigint
    from generate_subscripts(v_lots, 1) i group by v_providers[i];
  insert into payment (org_id, id, desk_id, order_id, method, reference, amount_minor, currency, status, opened_at)
    values (a_org, a_payment, a_desk, a_order, 'bank_transfer', a_reference, (v_goods + v_tax)::bigint, 'JPY', 'open', a_now);
  insert into event (org_id, id, kind, subject_kind, subject_id, seq, actor_kind, actor_id, before, after, request_id, at)
    values (a_org, a_event, 'order.created', 'order', a_order, 1, a_actor_kind, a_actor, null,
            jsonb_build_object('status', 'awaiting_payment', 'quantity', v_quantity, 'unit', v_unit, 'total_minor', v_goods + v_tax),
            a_request, a_now);
  insert into job (id, name, ids, request_id, due)
    values (a_job, 'orders.expire', jsonb_build_object('org_id', a_org, 'order_id', a_order), a_request, a_deadline);
  if a_quote is not null then
    update quote set order_id = a_order where org_id = a_org and id = a_quote;
  end if;
  outcome := 'placed'; status := 201; body := convert_to(v_answer, 'UTF8'); location := '/v1/orders/' || a_order_text;
  insert into idempotency (org_id, key, request_hash, subject_id, lease_until, status, body, location, created_at, answered_at)
    values (a_org, a_key, a_hash, a_order, a_now + a_lease, status, body, location, a_now, a_now);
end $place_order$;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(PUBLIC_ID)
    op.execute(PLACE_ORDER)
    op.execute("revoke all on function place_order from public")
    op.execute("grant execute on function public_id to offsetdesk_api, offsetdesk_worker")
    op.execute("grant execute on function place_order to offsetdesk_api")


def downgrade() -> None:
    op.execute("drop function place_order")
    op.execute("drop function public_id")
