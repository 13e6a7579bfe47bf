"""Listings by tiers, time and audience: their columns, histories and second projection; orders at the price of a line.

Revision: 0006, after 0005
"""

import importlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR, DOORKEEPER = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor", "offsetdesk_doorkeeper"
NAMED = "(select app_orgs())::uuid[]"

# Whether tiers rise in quantity and fall in price, at most ten of them: a CHECK cannot look through two arrays by itself.
TIERS_FALL = """
create function tiers_fall(a_price bigint, a_quantities bigint[], a_prices bigint[]) returns boolean
language sql immutable parallel safe as $$
  select cardinality(a_quantities) = cardinality(a_prices) and cardinality(a_quantities) <= 10 and not exists (
    select from generate_subscripts(a_quantities, 1) i
    where (a_quantities[i] > coalesce(a_quantities[i - 1], 1) and a_prices[i] < coalesce(a_prices[i - 1], a_price)
           and a_prices[i] > 0) is not true)
$$
"""

# What is free of a lot is told of public listings to anybody, and of limited ones to those whom they are for.
AVAILABILITY = """
create or replace function public_availability(a_lot_ids uuid[]) returns table (lot_id uuid, free bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.lot_id, s.free from lot_stock s
  where s.lot_id = any (a_lot_ids) and s.sellable
    and (exists (select from public_listing p where p.lot_id = s.lot_id)
         or exists (select from limited_listing l where l.lot_id = s.lot_id
                    and (l.org_id = any ((select app_orgs())::uuid[]) or l.audience_ids && (select app_orgs())::uuid[])))
$$
"""
AVAILABILITY_BEFORE = """
create or replace function public_availability(a_lot_ids uuid[]) returns table (lot_id uuid, free bigint)
language sql stable security definer set search_path = public, pg_temp as $$
          select s.lot_id, s.free from lot_stock s
          where s.lot_id = any (a_lot_ids) and s.sellable
            and exists (select from public_listing p where p.lot_id = s.lot_id)
        $$
"""

PLACE_ORDER = r"""
-- Placing an order, whole: one function, one round trip, one transaction, under row-level security.
-- Order of locks: the quote, the key, the buyer's exposure, the lots by ascending id. The text is installed by a migration;
-- a tidy test holds the two together. Refusals come back as `outcome` with `facts` and have written nothing; two that are
-- found at the end are raised, which undoes everything: OD001 `short`, OD002 `over_cap`, with the facts as DETAIL.
create function place_order(
  a_org uuid, a_desk uuid, a_actor_kind text, a_actor uuid, a_credential bytea, a_request text,
  a_key text, a_hash bytea, a_lease interval,
  a_order uuid, a_order_text text, a_payment uuid, a_reference text, a_event uuid, a_job uuid,
  a_quote uuid, a_listings uuid[], a_listing_texts text[], a_quantities bigint[], a_expected bigint[], a_readers uuid[],
  a_stock_job uuid, a_retire text, a_tax_basis_points int, a_cap bigint, a_total_max bigint,
  a_now timestamptz, a_now_text text, a_deadline timestamptz, a_deadline_text text,
  out outcome text, out status int, out body bytea, out location text, out facts jsonb
) language plpgsql as $place_order$
#variable_conflict use_column
declare
  v_prior record; v_quote record; v_n int := cardinality(a_listings);
  v_lots uuid[]; v_providers uuid[]; v_prices bigint[] := null; v_units text[]; v_minimum bigint[]; v_found uuid[];
  v_price_versions int[] := null; v_terms_versions int[] := null; v_steps bigint[]; v_lows bigint[]; v_crossed boolean;
  -- One line of a public listing: plain values instead of arrays.
  v_plain boolean := false; v_lot uuid; v_provider uuid; v_price bigint; v_unit text; v_min bigint; v_step bigint; v_low bigint;
  v_price_version int; v_terms_version int; v_named_all text;
  -- 64 bits are enough: 20 lines of at most 10^9 units at 10^8 yen, and 10^12 yen before tax is counted.
  v_named text := array_to_string(a_readers, ','); v_quantity bigint := 0; v_goods bigint := 0; v_tax bigint := 0; v_free bigint;
  v_issuers uuid[] := '{}'; v_issuer_goods bigint[] := '{}'; v_issuer_tax bigint[] := '{}'; v_issuer_lines text[] := '{}'; v_at int;
  v_lines text := ''; v_told text := ''; v_answer text;
begin
  perform set_config('app.org_ids', v_named, true);
  select k.org_id is not null as lives, i.org_id is not null as known, i.request_hash, i.status, i.body, i.location into v_prior
    from (values (a_org)) as one (org_id)
    left join api_key k on k.org_id = one.org_id and k.hash = a_credential and k.revoked_at is null
                           and (k.expires_at is null or k.expires_at > a_now)
    left join idempotency i on i.org_id = one.org_id and i.key = a_key;
  if a_credential is not null and not v_prior.lives then outcome := 'revoked'; return; end if;
  if v_prior.known then
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
    select array_agg(listing_id order by n), array_agg(quantity order by n), array_agg(price_minor order by n),
           array_agg(price_version order by n), array_agg(terms_version order by n), count(*)
      into a_listings, a_quantities, v_prices, v_price_versions, v_terms_versions, v_n
      from quote_line where org_id = a_org and quote_id = a_quote;
  end if;

  v_named := v_named || ',' || a_desk;
  if v_n = 1 then
    -- One line of a public listing is the common case: all that is counted and told of it comes from one query. Under a
    -- quote its price and words stand.
    select lot_id, provider_id, price, unit, min_quantity, quantity_step, low_stock_at, price_version, terms_version,
           v_named || ',' || provider_id, a_quantities[1], goods, tax,
           '{"lines":[1],"tax_basis_points":' || a_tax_basis_points || ',"goods":{"amount":' || goods
             || ',"currency":"JPY"},"tax":{"amount":' || tax || ',"currency":"JPY"}}',
           '{"n":1,"listing_id":"' || coalesce(a_listing_texts[1], public_id('lst', listing_id)) || '","quantity":' || a_quantities[1]
             || ',"unit":"' || unit || '","price":{"amount":' || price || ',"currency":"JPY"},"goods":{"amount":' || goods
             || ',"currency":"JPY"},"terms_version":' || terms_version || '}'
      into v_lot, v_provider, v_price, v_unit, v_min, v_step, v_low, v_price_version, v_terms_version,
           v_named_all, v_quantity, v_goods, v_tax, v_told, v_lines
      from (select p.lot_id, p.provider_id, p.listing_id, p.unit, p.min_quantity, p.quantity_step, p.low_stock_at, priced.*,
                   coalesce(v_price_versions[1], p.price_version) as price_version,
                   coalesce(v_terms_versions[1], p.terms_version) as terms_version,
                   (least(priced.goods, a_total_max) * a_tax_basis_points / 10000)::bigint as tax
            from public_listing p,
                 lateral (select coalesce(v_prices[1], p.tier_prices[width_bucket(a_quantities[1], p.tier_quantities)],
                                          p.price_minor) as price) asked,
                 lateral (select asked.price, a_quantities[1] * asked.price as goods) priced
            where p.listing_id = a_listings[1] and (p.ends_at is null or p.ends_at > a_now)) offer;
    v_plain := found;
  end if;
  if v_plain then
    v_named := v_named_all;
    if v_provider = a_org then outcome := 'own_listing'; return; end if;
  else
    -- A listing stands in one of two projections; the second shows only what is offered to the caller.
    select array_agg(p.lot_id order by w.n), array_agg(p.provider_id order by w.n), array_agg(p.listing_id order by w.n),
           array_agg(coalesce(v_prices[w.n], p.tier_prices[width_bucket(a_quantities[w.n], p.tier_quantities)], p.price_minor)
                     order by w.n), array_agg(distinct p.unit),
           array_agg(p.min_quantity order by w.n), array_agg(p.quantity_step order by w.n),
           array_agg(p.low_stock_at order by w.n), array_agg(coalesce(v_price_versions[w.n], p.price_version) order by w.n),
           array_agg(coalesce(v_terms_versions[w.n], p.terms_version) order by w.n)
      into v_lots, v_providers, v_found, v_prices, v_units, v_minimum, v_steps, v_lows, v_price_versions, v_terms_versions
      from unnest(a_listings) with ordinality as w (listing_id, n)
      join (select lot_id, provider_id, listing_id, unit, min_quantity, quantity_step, low_stock_at, price_version,
                   terms_version, ends_at, price_minor, tier_quantities, tier_prices
            from public_listing where listing_id = any (a_listings)
            union all
            select lot_id, provider_id, listing_id, unit, min_quantity, quantity_step, low_stock_at, price_version,
                   terms_version, ends_at, price_minor, tier_quantities, tier_prices
            from limited_listing where listing_id = any (a_listings) and audience_ids && a_readers) p
        on p.listing_id = w.listing_id and (p.ends_at is null or p.ends_at > a_now);
    if v_found is null or cardinality(v_found) < v_n then
      outcome := 'listing_gone';
      facts := (select jsonb_agg(w.n - 1 order by w.n) from unnest(a_listings) with ordinality as w (listing_id, n)
                where v_found is null or w.listing_id <> all (v_found));
      return;
    end if;
    if cardinality(v_units) > 1 then outcome := 'mixed_units'; return; end if;
    v_unit := v_units[1];
    if a_org = any (v_providers) then outcome := 'own_listing'; return; end if;
    v_quantity := 0; v_goods := 0; v_tax := 0; v_told := ''; v_lines := '';  -- The look for one plain line has set them to null.
  end if;
  -- A quote was held to its listings' smallest orders and steps when it was given.
  if v_plain then
    if a_quote is null then
      if a_quantities[1] < v_min then
        outcome := 'below_minimum'; facts := jsonb_build_array(jsonb_build_object('line', 0, 'min_quantity', v_min));
        return;
      elsif a_quantities[1] % v_step <> 0 then
        outcome := 'not_a_step'; facts := jsonb_build_array(jsonb_build_object('line', 0, 'quantity_step', v_step));
        return;
      elsif a_expected[1] <> v_price then
        outcome := 'price_changed'; facts := jsonb_build_array(jsonb_build_object('line', 0, 'price_minor', v_price));
        return;
      end if;
    end if;
  else
    if a_quote is null then
      for i in 1..v_n loop
        if a_quantities[i] < v_minimum[i] then
          outcome := 'below_minimum';
          facts := coalesce(facts, '[]'::jsonb) || jsonb_build_object('line', i - 1, 'min_quantity', v_minimum[i]);
        end if;
      end loop;
      if outcome = 'below_minimum' then return; end if;
      for i in 1..v_n loop
        if a_quantities[i] % v_steps[i] <> 0 then
          outcome := 'not_a_step';
          facts := coalesce(facts, '[]'::jsonb) || jsonb_build_object('line', i - 1, 'quantity_step', v_steps[i]);
        end if;
      end loop;
      if outcome = 'not_a_step' then return; end if;
      for i in 1..v_n loop
        if a_expected[i] <> v_prices[i] then
          outcome := 'price_changed';
          facts := coalesce(facts, '[]'::jsonb) || jsonb_build_object('line', i - 1, 'price_minor', v_prices[i]);
        end if;
      end loop;
      if outcome = 'price_changed' then return; end if;
    end if;
    for i in 1..v_n loop
      v_quantity := v_quantity + a_quantities[i];
      v_goods := v_goods + a_quantities[i] * v_prices[i];
      v_at := array_position(v_issuers, v_providers[i]);
      if v_at is null then
        v_issuers := v_issuers || v_providers[i];
        v_issuer_goods := v_issuer_goods || a_quantities[i] * v_prices[i];
        v_issuer_lines := v_issuer_lines || i::text;
        v_named := v_named || ',' || v_providers[i];
      else
        v_issuer_goods[v_at] := v_issuer_goods[v_at] + a_quantities[i] * v_prices[i];
        v_issuer_lines[v_at] := v_issuer_lines[v_at] || ',' || i;
      end if;
    end loop;
  end if;
  if v_goods > a_total_max then outcome := 'too_large'; return; end if;

  -- A trade names its parties: the buyer, the desk, and every provider.
  perform set_config('app.org_ids', v_named, true);
  -- Looked at without a lock, so that a sold-out listing costs little; decided under the lock at the end.
  if v_plain then
    select case when sellable then free else 0 end into v_free from lot_stock where lot_id = v_lot and org_id = v_provider;
    if v_free is null or v_free < a_quantities[1] then
      outcome := 'short'; facts := jsonb_build_array(jsonb_build_object('line', 0, 'available', coalesce(v_free, 0)));
      return;
    end if;
  else
    facts := (select jsonb_agg(jsonb_build_object('line', i - 1, 'available', case when s.sellable then s.free else 0 end) order by i)
              from generate_subscripts(v_lots, 1) i left join lot_stock s on s.lot_id = v_lots[i] and s.org_id = v_providers[i]
              where s.lot_id is null or not s.sellable or s.free < a_quantities[i]);
    if facts is not null then outcome := 'short'; return; end if;
  end if;

  -- The answer is written as text: every value is a number or an id of ours, and `retire` is JSON already. Building the
  -- same by json_build_object takes a fifth of the whole function's time.
  if not v_plain then
    for i in 1..cardinality(v_issuers) loop
      v_issuer_tax[i] := v_issuer_goods[i] * a_tax_basis_points / 10000;
      v_tax := v_tax + v_issuer_tax[i];
      v_told := v_told || case when i > 1 then ',' else '' end
        || '{"lines":[' || v_issuer_lines[i] || '],"tax_basis_points":' || a_tax_basis_points
        || ',"goods":{"amount":' || v_issuer_goods[i] || ',"currency":"JPY"},"tax":{"amount":' || v_issuer_tax[i] || ',"currency":"JPY"}}';
    end loop;
    for i in 1..v_n loop
      v_lines := v_lines || case when i > 1 then ',' else '' end
        || '{"n":' || i || ',"listing_id":"' || coalesce(a_listing_texts[i], public_id('lst', a_listings[i]))
        || '","quantity":' || a_quantities[i] || ',"unit":"' || v_unit || '","price":{"amount":' || v_prices[i]
        || ',"currency":"JPY"},"goods":{"amount":' || a_quantities[i] * v_prices[i] || ',"currency":"JPY"},"terms_version":'
        || v_terms_versions[i] || '}';
    end loop;
  end if;
  v_answer := '{"id":"' || a_order_text || '","status":"awaiting_payment","quantity":' || v_quantity || ',"unit":"' || v_unit
    || '","goods":{"amount":' || v_goods || ',"currency":"JPY"},"tax":{"amount":' || v_tax
    || ',"currency":"JPY"},"total":{"amount":' || v_goods + v_tax || ',"currency":"JPY"},"lines":[' || v_lines
    || '],"issuers":[' || v_told || '],"payment":{"method":"bank_transfer","reference":"' || a_reference
    || '","status":"open","amount":{"amount":' || v_goods + v_tax || ',"currency":"JPY"}},"retire":' || coalesce(a_retire, 'null')
    || ',"placed_at":"' || a_now_text || '","deadline":"' || a_deadline_text || '","paid_at":null,"closed_at":null,"version":1}';

  insert into orders (org_id, id, desk_id, status, currency, unit, quantity, goods_minor, tax_minor, total_minor, quote_id, retire,
                      placed_by, placed_at, deadline)
    values (a_org, a_order, a_desk, 'awaiting_payment', 'JPY', v_unit, v_quantity, v_goods, v_tax,
            v_goods + v_tax, a_quote, a_retire::jsonb, a_actor, a_now, a_deadline);
  if v_plain then
    insert into order_line (org_id, order_id, n, provider_id, listing_id, lot_id, quantity, price_minor, goods_minor,
                            price_version, terms_version)
      values (a_org, a_order, 1, v_provider, a_listings[1], v_lot, v_quantity, v_price, v_goods, v_price_version, v_terms_version);
    insert into order_issuer (org_id, order_id, provider_id, tax_basis_points, goods_minor, tax_minor)
      values (a_org, a_order, v_provider, a_tax_basis_points, v_goods, v_tax);
  else
    insert into order_line (org_id, order_id, n, provider_id, listing_id, lot_id, quantity, price_minor, goods_minor,
                            price_version, terms_version)
      select a_org, a_order, i, v_providers[i], a_listings[i], v_lots[i], a_quantities[i], v_prices[i],
             a_quantities[i] * v_prices[i], v_price_versions[i], v_terms_versions[i]
      from generate_subscripts(v_lots, 1) i;
    insert into order_issuer (org_id, order_id, provider_id, tax_basis_points, goods_minor, tax_minor)
      select a_org, a_order, v_issuers[i], a_tax_basis_points, v_issuer_goods[i], v_issuer_tax[i]
      from generate_subscripts(v_issuers, 1) i;
  end if;
  insert into payment (org_id, id, desk_id, order_id, method, reference, amount_minor, currency, status, opened_at)
    values (a_org, a_payment, a_desk, a_order, 'bank_transfer', a_reference, v_goods + v_tax, 'JPY', 'open', a_now);
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

  -- The rows that many want come last, so that their locks are held for the COMMIT alone. Too late for a refusal that has
  -- written nothing: raising undoes all of it.
  update buyer_exposure set unpaid = unpaid + v_quantity where org_id = a_org and unpaid + v_quantity <= cap;
  if not found then
    insert into buyer_exposure (org_id, unpaid, cap) values (a_org, 0, a_cap) on conflict do nothing;
    update buyer_exposure set unpaid = unpaid + v_quantity where org_id = a_org and unpaid + v_quantity <= cap;
    if not found then
      raise exception using errcode = 'OD002', message = 'over_cap',
        detail = (select jsonb_build_object('unpaid', unpaid, 'cap', cap)::text from buyer_exposure where org_id = a_org);
    end if;
  end if;
  if v_plain then
    update lot_stock set free = free - a_quantities[1], reserved = reserved + a_quantities[1]
      where lot_id = v_lot and org_id = v_provider and sellable and free >= a_quantities[1]
      returning free into v_free;
    if not found then
      select case when sellable then free else 0 end into v_free from lot_stock where lot_id = v_lot and org_id = v_provider;
      raise exception using errcode = 'OD001', message = 'short',
        detail = jsonb_build_array(jsonb_build_object('line', 0, 'available', coalesce(v_free, 0)))::text;
    end if;
    v_crossed := v_free = 0 or (v_free <= v_low and v_free + a_quantities[1] > v_low);
  else
    perform from lot_stock where lot_id = any (v_lots) order by lot_id for update;
    facts := (select jsonb_agg(jsonb_build_object('line', i - 1, 'available', case when s.sellable then s.free else 0 end) order by i)
              from generate_subscripts(v_lots, 1) i left join lot_stock s on s.lot_id = v_lots[i] and s.org_id = v_providers[i]
              where s.lot_id is null or not s.sellable or s.free < a_quantities[i]);
    if facts is not null then
      raise exception using errcode = 'OD001', message = 'short', detail = facts::text;
    end if;
    with taken as (
      update lot_stock s set free = free - t.quantity, reserved = reserved + t.quantity
      from unnest(v_lots, a_quantities, v_lows) as t (lot_id, quantity, low) where s.lot_id = t.lot_id
      returning s.free = 0 or (s.free <= t.low and s.free + t.quantity > t.low) as crossed)
    select bool_or(crossed) into v_crossed from taken;
  end if;
  -- Under the lot's lock one order alone crosses: its providers are told once that little, or nothing, is left.
  if v_crossed then
    insert into job (id, name, ids, request_id, due)
      values (a_stock_job, 'orders.note_stock', jsonb_build_object('org_id', a_org, 'order_id', a_order), a_request, a_now);
  end if;
end $place_order$;
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute(TIERS_FALL)
    _listing()
    _histories()
    _projections()
    _daily_price()
    _lines()
    op.execute(AVAILABILITY)
    op.execute("drop function place_order")
    _install_place_order(PLACE_ORDER)


def _install_place_order(text: str) -> None:
    op.get_bind().exec_driver_sql(text)  # The text holds colons that are no parameters.
    op.execute("revoke all on function place_order from public")
    op.execute(f"grant execute on function place_order to {API}")


def _tier_columns() -> list[sa.Column]:
    return [
        sa.Column("tier_quantities", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tier_prices", postgresql.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("quantity_step", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
    ]


def _version_columns() -> list[sa.Column]:
    return [
        sa.Column("price_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("terms_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
    ]


CHECKS = {
    "status": "status in ('scheduled', 'open', 'paused', 'withdrawn')",
    "audience": "audience in ('public', 'organisations', 'storefront')",
    "audience_named": "(audience = 'public') = (audience_ids = '{}')",
    "stock_state": "stock_state in ('in_stock', 'low', 'sold_out')",
    "closed_reason": "closed_reason is null or closed_reason in ('by_provider', 'sold_out', 'ended', 'lot_withdrawn')",
    "tiers": "tiers_fall(price_minor, tier_quantities, tier_prices)",
    "floor": "floor_minor is null or (floor_minor <= price_minor and floor_minor <= all (tier_prices))",
    "quantities": "quantity_step > 0 and low_stock_at >= 0 and min_quantity % quantity_step = 0",
    "scheduled": "status <> 'scheduled' or starts_at is not null",
    "times_in_order": "ends_at is null or starts_at is null or starts_at < ends_at",
}


def _listing() -> None:
    columns = [
        *_tier_columns(),
        sa.Column("floor_minor", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience", sa.Text(), server_default=sa.text("'public'"), nullable=False),
        sa.Column("audience_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("low_stock_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("stock_state", sa.Text(), server_default=sa.text("'in_stock'"), nullable=False),
        *_version_columns(),
        sa.Column("priced_by", sa.Uuid(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
    ]
    for column in columns:
        op.add_column("listing", column)
    op.drop_constraint("ck_listing_status", "listing")
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_listing_{name}"), "listing", condition)
    _live_index("status in ('scheduled', 'open', 'paused')")


def _live_index(condition: str) -> None:
    op.drop_index("uq_listing_live_lot", "listing")
    op.create_index(
        "uq_listing_live_lot", "listing", ["org_id", "lot_id"], unique=True, postgresql_where=sa.text(condition)
    )


def _histories() -> None:
    of_listing = ["org_id", "listing_id"], ["listing.org_id", "listing.id"]
    op.create_table("listing_price",
    sa.Column("org_id", sa.Uuid(), nullable=False),
    sa.Column("listing_id", sa.Uuid(), nullable=False),
    sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("price_minor", sa.BigInteger(), nullable=False),
    sa.Column("currency", sa.String(), nullable=False),
    sa.Column("tier_quantities", postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column("tier_prices", postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column("audience", sa.Text(), nullable=False),
    sa.Column("set_by", sa.Uuid(), nullable=False),
    sa.CheckConstraint("price_minor > 0 and version > 0", name=op.f("ck_listing_price_positive")),
    sa.CheckConstraint("tiers_fall(price_minor, tier_quantities, tier_prices)", name=op.f("ck_listing_price_tiers")),
    sa.ForeignKeyConstraint(*of_listing, name=op.f("fk_listing_price_org_id_listing_id")),
    sa.PrimaryKeyConstraint("org_id", "listing_id", "version", name=op.f("pk_listing_price"))
    )
    op.create_table("listing_terms",
    sa.Column("org_id", sa.Uuid(), nullable=False),
    sa.Column("listing_id", sa.Uuid(), nullable=False),
    sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("text_ja", sa.String(), nullable=False),
    sa.Column("text_en", sa.String(), nullable=False),
    sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("set_by", sa.Uuid(), nullable=False),
    sa.CheckConstraint("version > 0", name=op.f("ck_listing_terms_positive")),
    sa.ForeignKeyConstraint(*of_listing, name=op.f("fk_listing_terms_org_id_listing_id")),
    sa.PrimaryKeyConstraint("org_id", "listing_id", "version", name=op.f("pk_listing_terms"))
    )
    for table in ("listing_price", "listing_terms"):
        _secure(table)
        # What was asked and agreed is never changed: no grant to update or delete.
        op.execute(f"grant select, insert on {table} to {API}, {WORKER}")
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")


def _secure(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def _projections() -> None:
    columns = [
        *_tier_columns(),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("low_stock_at", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        *_version_columns(),
        sa.Column("terms_ja", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("terms_en", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "least_price_minor", sa.BigInteger(),
            sa.Computed("coalesce(tier_prices[cardinality(tier_prices)], price_minor)", persisted=True), nullable=False,
        ),
    ]  # fmt: skip
    for column in columns:
        op.add_column("public_listing", column)
    op.create_index("ix_public_listing_least_price", "public_listing", ["unit", "least_price_minor", "listing_id"])
    # The same columns, whatever they are by now, and whom it is for.
    op.execute("create table limited_listing (org_id uuid not null, like public_listing including defaults including generated,"
               " audience_ids uuid[] not null, constraint pk_limited_listing primary key (org_id, listing_id))")  # fmt: skip
    op.create_index("uq_limited_listing_listing_id", "limited_listing", ["listing_id"], unique=True)
    op.create_index("ix_limited_listing_lot_id", "limited_listing", ["lot_id"])
    op.create_index("ix_limited_listing_audience", "limited_listing", ["audience_ids"], postgresql_using="gin")
    _secure("limited_listing")
    own = f"org_id = any ({NAMED})"
    roles = f"{API}, {WORKER}"
    op.execute(f"grant select, insert, update, delete on limited_listing to {roles}")
    op.execute(f"create policy see_limited_listing on limited_listing for select to {roles}"
               f" using ({own} or audience_ids && ({NAMED}))")  # fmt: skip
    op.execute(f"create policy add_limited_listing on limited_listing for insert to {roles} with check ({own})")
    op.execute(f"create policy change_limited_listing on limited_listing for update to {roles} using ({own}) with check ({own})")
    op.execute(f"create policy end_limited_listing on limited_listing for delete to {roles} using ({own})")
    op.execute(f"create policy door_limited_listing on limited_listing for select to {DOORKEEPER} using (true)")
    op.execute(f"grant select on limited_listing to {DOORKEEPER}")


def _daily_price() -> None:
    op.create_table("public_price",
    sa.Column("listing_id", sa.Uuid(), nullable=False),
    sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("registry_code", sa.String(), nullable=False),
    sa.Column("family", sa.String(), nullable=False),
    sa.Column("unit", sa.String(), nullable=False),
    sa.Column("price_minor", sa.BigInteger(), nullable=False),
    sa.Column("currency", sa.String(), nullable=False),
    sa.Column("tier_quantities", postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column("tier_prices", postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.PrimaryKeyConstraint("listing_id", "version", name=op.f("pk_public_price"))
    )
    op.create_index("ix_public_price_from_at", "public_price", ["from_at"])
    op.create_table("daily_price",
    sa.Column("day", sa.Date(), nullable=False),
    sa.Column("registry_code", sa.String(), nullable=False),
    sa.Column("family", sa.String(), nullable=False),
    sa.Column("unit", sa.String(), nullable=False),
    sa.Column("currency", sa.String(), nullable=False),
    sa.Column("average_minor", sa.BigInteger(), nullable=True),
    sa.Column("quantity", sa.BigInteger(), nullable=True),
    sa.Column("last_ask_minor", sa.BigInteger(), nullable=True),
    sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(average_minor is null) = (quantity is null)", name=op.f("ck_daily_price_both_or_neither")),
    sa.CheckConstraint("average_minor is not null or last_ask_minor is not null", name=op.f("ck_daily_price_says_something")),
    sa.PrimaryKeyConstraint("day", "registry_code", "family", "unit", name=op.f("pk_daily_price"))
    )
    op.execute(f"grant select, insert on public_price to {API}, {WORKER}")
    op.execute(f"grant select on daily_price to {API}")
    op.execute(f"grant select, insert on daily_price to {WORKER}")
    op.execute(f"grant select on public_price, daily_price to {AUDITOR}")
    # What is still unpaid has no place in it, so that placing an order writes no entry.
    op.create_index("ix_orders_paid_at", "orders", ["paid_at"], postgresql_where=sa.text("paid_at is not null"))


def _lines() -> None:
    for table in ("quote_line", "order_line"):
        for column in _version_columns():
            op.add_column(table, column)
    op.add_column("quote_line", sa.Column("why", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column("quote", sa.Column("asked", postgresql.JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.execute("drop function place_order")
    _install_place_order(importlib.import_module("migrations.versions.0003_place_order").PLACE_ORDER)
    op.execute(AVAILABILITY_BEFORE)
    op.drop_column("quote", "asked")
    op.drop_column("quote_line", "why")
    for table in ("quote_line", "order_line"):
        for column in ("price_version", "terms_version"):
            op.drop_column(table, column)
    op.drop_index("ix_orders_paid_at", "orders")
    for table in ("daily_price", "public_price", "limited_listing", "listing_terms", "listing_price"):
        op.drop_table(table)
    op.drop_index("ix_public_listing_least_price", "public_listing")
    for column in ("least_price_minor", "terms_en", "terms_ja", "terms_version", "price_version", "low_stock_at", "ends_at",
                   "quantity_step", "tier_prices", "tier_quantities"):  # fmt: skip
        op.drop_column("public_listing", column)
    op.execute("update listing set status = 'withdrawn', closed_at = published_at where status = 'scheduled'")
    _live_index("status in ('open', 'paused')")
    for name in CHECKS:
        op.drop_constraint(f"ck_listing_{name}", "listing")
    op.create_check_constraint(op.f("ck_listing_status"), "listing", "status in ('open', 'paused', 'withdrawn')")
    for column in ("closed_reason", "priced_by", "terms_version", "price_version", "stock_state", "low_stock_at", "audience_ids",
                   "audience", "ends_at", "starts_at", "floor_minor", "quantity_step", "tier_prices", "tier_quantities"):  # fmt: skip
        op.drop_column("listing", column)
    op.execute("drop function tiers_fall")
