"""Payments through Stripe: tries, the writes that it is asked for, what it tells us; and from when money is final.

Revision: 0021, after 0020
"""

import importlib

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor"
NAMED = "(select app_orgs())::uuid[]"

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
  a_storefront uuid, a_storefront_org uuid,
  out outcome text, out status int, out body bytea, out location text, out facts jsonb
) language plpgsql as $place_order$
#variable_conflict use_column
declare
  v_prior record; v_quote record; v_n int := cardinality(a_listings);
  v_lots uuid[]; v_providers uuid[]; v_prices bigint[] := null; v_units text[]; v_minimum bigint[]; v_found uuid[];
  -- How many units a price is of: a line's fraction of a yen is rounded down, once.
  v_per bigint; v_counted bigint;
  v_price_versions int[] := null; v_terms_versions int[] := null; v_steps bigint[]; v_lows bigint[]; v_crossed boolean;
  -- One line of a public listing: plain values instead of arrays.
  v_plain boolean := false; v_lot uuid; v_provider uuid; v_price bigint; v_unit text; v_min bigint; v_step bigint; v_low bigint;
  v_price_version int; v_terms_version int; v_named_all text;
  -- 64 bits are enough: 20 lines of at most 10^9 units at 10^8 yen, and 10^12 yen before tax is counted.
  v_named text := array_to_string(a_readers, ','); v_quantity bigint := 0; v_goods bigint := 0; v_tax bigint := 0; v_free bigint;
  v_issuers uuid[] := '{}'; v_issuer_goods bigint[] := '{}'; v_issuer_tax bigint[] := '{}'; v_issuer_lines text[] := '{}'; v_at int;
  v_lines text := ''; v_told text := ''; v_answer text; v_quote_org uuid;
begin
  -- Through a storefront its owner is named too: a key that acts for the buyer is the owner's, and so may the quote be.
  perform set_config('app.org_ids', concat_ws(',', v_named, a_storefront_org), true);
  select k.org_id is not null as lives, i.org_id is not null as known, i.request_hash, i.status, i.body, i.location into v_prior
    from (values (a_org)) as one (org_id)
    left join api_key k on k.org_id = coalesce(a_storefront_org, one.org_id) and k.hash = a_credential and k.revoked_at is null
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
    select org_id, order_id, expires_at into v_quote from quote
      where org_id = any (array[a_org, a_storefront_org]) and id = a_quote and (org_id = a_org or storefront_id = a_storefront)
      for update;
    if not found then outcome := 'no_quote'; return; end if;
    if v_quote.order_id is not null then outcome := 'quote_used'; return; end if;
    if v_quote.expires_at <= a_now then outcome := 'quote_expired'; return; end if;
    select array_agg(listing_id order by n), array_agg(quantity order by n), array_agg(price_minor order by n),
           array_agg(price_version order by n), array_agg(terms_version order by n), count(*)
      into a_listings, a_quantities, v_prices, v_price_versions, v_terms_versions, v_n
      from quote_line where org_id = v_quote.org_id and quote_id = a_quote;
    v_quote_org := v_quote.org_id;
  end if;

  v_named := concat_ws(',', v_named, a_desk, nullif(v_quote_org, a_org));
  if v_n = 1 then
    -- One line of a public listing is the common case: all that is counted and told of it comes from one query. Under a
    -- quote its price and words stand.
    select lot_id, provider_id, price, unit, min_quantity, quantity_step, low_stock_at, price_version, terms_version,
           v_named || ',' || provider_id, a_quantities[1], goods, tax, per,
           '{"lines":[1],"tax_basis_points":' || a_tax_basis_points || ',"goods":{"amount":' || goods
             || ',"currency":"JPY"},"tax":{"amount":' || tax || ',"currency":"JPY"}}',
           '{"n":1,"listing_id":"' || coalesce(a_listing_texts[1], public_id('lst', listing_id)) || '","quantity":' || a_quantities[1]
             || ',"unit":"' || unit || '","price":{"amount":' || price || ',"currency":"JPY"},"price_per":' || per
             || ',"goods":{"amount":' || goods || ',"currency":"JPY"},"terms_version":' || terms_version || '}'
      into v_lot, v_provider, v_price, v_unit, v_min, v_step, v_low, v_price_version, v_terms_version,
           v_named_all, v_quantity, v_goods, v_tax, v_per, v_told, v_lines
      from (select p.lot_id, p.provider_id, p.listing_id, p.unit, p.min_quantity, p.quantity_step, p.low_stock_at, priced.*,
                   coalesce(v_price_versions[1], p.price_version) as price_version,
                   coalesce(v_terms_versions[1], p.terms_version) as terms_version,
                   (least(priced.goods, a_total_max) * a_tax_basis_points / 10000)::bigint as tax
            from public_listing p,
                 lateral (select coalesce(v_prices[1], p.tier_prices[width_bucket(a_quantities[1], p.tier_quantities)],
                                          p.price_minor) as price, priced_per(p.unit) as per) asked,
                 lateral (select asked.price, asked.per, a_quantities[1] * asked.price / asked.per as goods) priced
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
    v_per := priced_per(v_unit);
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
      v_goods := v_goods + a_quantities[i] * v_prices[i] / v_per;
      v_at := array_position(v_issuers, v_providers[i]);
      if v_at is null then
        v_issuers := v_issuers || v_providers[i];
        v_issuer_goods := v_issuer_goods || a_quantities[i] * v_prices[i] / v_per;
        v_issuer_lines := v_issuer_lines || i::text;
        v_named := v_named || ',' || v_providers[i];
      else
        v_issuer_goods[v_at] := v_issuer_goods[v_at] + a_quantities[i] * v_prices[i] / v_per;
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
        || ',"currency":"JPY"},"price_per":' || v_per || ',"goods":{"amount":' || a_quantities[i] * v_prices[i] / v_per
        || ',"currency":"JPY"},"terms_version":'
        || v_terms_versions[i] || '}';
    end loop;
  end if;
  v_answer := '{"id":"' || a_order_text || '","status":"awaiting_payment","quantity":' || v_quantity || ',"unit":"' || v_unit
    || '","goods":{"amount":' || v_goods || ',"currency":"JPY"},"tax":{"amount":' || v_tax
    || ',"currency":"JPY"},"total":{"amount":' || v_goods + v_tax || ',"currency":"JPY"},"lines":[' || v_lines
    || '],"issuers":[' || v_told || '],"payment":{"method":"bank_transfer","reference":"' || a_reference
    || '","status":"open","amount":{"amount":' || v_goods + v_tax || ',"currency":"JPY"},"paid_by":null,"final_at":null},"retire":' || coalesce(a_retire, 'null')
    || ',"placed_at":"' || a_now_text || '","deadline":"' || a_deadline_text || '","paid_at":null,"closed_at":null,"version":1}';

  insert into orders (org_id, id, desk_id, status, currency, unit, quantity, goods_minor, tax_minor, total_minor, quote_id, retire,
                      placed_by, placed_at, deadline, storefront_id)
    values (a_org, a_order, a_desk, 'awaiting_payment', 'JPY', v_unit, v_quantity, v_goods, v_tax,
            v_goods + v_tax, a_quote, a_retire::jsonb, a_actor, a_now, a_deadline, a_storefront);
  if v_plain then
    insert into order_line (org_id, order_id, n, provider_id, listing_id, lot_id, quantity, price_minor, price_per,
                            goods_minor, price_version, terms_version)
      values (a_org, a_order, 1, v_provider, a_listings[1], v_lot, v_quantity, v_price, v_per, v_goods, v_price_version, v_terms_version);
    insert into order_issuer (org_id, order_id, provider_id, tax_basis_points, goods_minor, tax_minor)
      values (a_org, a_order, v_provider, a_tax_basis_points, v_goods, v_tax);
  else
    insert into order_line (org_id, order_id, n, provider_id, listing_id, lot_id, quantity, price_minor, price_per,
                            goods_minor, price_version, terms_version)
      select a_org, a_order, i, v_providers[i], a_listings[i], v_lots[i], a_quantities[i], v_prices[i],
             v_per, a_quantities[i] * v_prices[i] / v_per, v_price_versions[i], v_terms_versions[i]
      from generate_subscripts(v_lots, 1) i;
    insert into order_issuer (org_id, order_id, provider_id, tax_basis_points, goods_minor, tax_minor)
      select a_org, a_order, v_issuers[i], a_tax_basis_points, v_issuer_goods[i], v_issuer_tax[i]
      from generate_subscripts(v_issuers, 1) i;
  end if;
  insert into payment (org_id, id, desk_id, order_id, method, reference, amount_minor, currency, status, opened_at)
    values (a_org, a_payment, a_desk, a_order, 'bank_transfer', a_reference, v_goods + v_tax, 'JPY', 'open', a_now);
  insert into event (org_id, id, kind, subject_kind, subject_id, seq, actor_kind, actor_id, before, after, request_id, at,
                     storefront_id)
    values (a_org, a_event, 'order.created', 'order', a_order, 1, a_actor_kind, a_actor, null,
            jsonb_build_object('status', 'awaiting_payment', 'quantity', v_quantity, 'unit', v_unit, 'total_minor', v_goods + v_tax),
            a_request, a_now, a_storefront);
  insert into job (id, name, ids, request_id, due)
    values (a_job, 'orders.expire', jsonb_build_object('org_id', a_org, 'order_id', a_order), a_request, a_deadline);
  if a_quote is not null then
    update quote set order_id = a_order where org_id = v_quote_org and id = a_quote;
  end if;
  outcome := 'placed'; status := 201; body := convert_to(v_answer, 'UTF8'); location := '/v1/orders/' || a_order_text;
  insert into idempotency (org_id, key, request_hash, subject_id, lease_until, status, body, location, created_at, answered_at)
    values (a_org, a_key, a_hash, a_order, a_now + a_lease, status, body, location, a_now, a_now);

  -- The rows that many want come last, so that their locks are held for the COMMIT alone. Too late for a refusal that has
  -- written nothing: raising undoes all of it.
  v_counted := (v_quantity + v_per - 1) / v_per;  -- Of what is not paid, as many units as a price is of count as one.
  update buyer_exposure set unpaid = unpaid + v_counted where org_id = a_org and unpaid + v_counted <= cap;
  if not found then
    insert into buyer_exposure (org_id, unpaid, cap) values (a_org, 0, a_cap) on conflict do nothing;
    update buyer_exposure set unpaid = unpaid + v_counted where org_id = a_org and unpaid + v_counted <= cap;
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

TABLES = """
create table stripe_customer (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  customer_id varchar,
  created_at timestamptz not null,
  constraint pk_stripe_customer primary key (org_id, id)
);
create unique index uq_stripe_customer_org on stripe_customer (org_id);
create unique index uq_stripe_customer on stripe_customer (customer_id) where customer_id is not null;

create table payment_attempt (
  org_id uuid not null,
  id uuid not null,
  desk_id uuid not null default '0dd5de5c-0000-7000-8000-000000000001',
  payment_id uuid not null,
  order_id uuid not null,
  method text not null,
  amount_minor bigint not null,
  currency varchar not null,
  status text not null,
  intent_id varchar,
  session_id varchar,
  charge_id varchar,
  url varchar,
  instructions jsonb,
  paid_by varchar,
  risk_level varchar,
  received_minor bigint not null default 0,
  failure varchar,
  payer_name varchar not null,
  payer_email varchar not null,
  language varchar not null,
  success_url varchar,
  cancel_url varchar,
  started_by uuid not null,
  started_at timestamptz not null,
  expires_at timestamptz,
  paid_at timestamptz,
  closed_at timestamptz,
  version integer not null default 1,
  constraint pk_payment_attempt primary key (org_id, id),
  constraint ck_payment_attempt_status check (status in ('starting', 'open', 'processing', 'paid', 'returned', 'refused', 'canceled', 'mismatch')),
  constraint ck_payment_attempt_method check (method in ('card', 'jp_bank_transfer', 'konbini', 'checkout')),
  constraint ck_payment_attempt_positive check (amount_minor > 0 and received_minor >= 0),
  constraint fk_payment_attempt_org_id_payment_id_payment foreign key (org_id, payment_id) references payment (org_id, id)
);
create index ix_payment_attempt_payment on payment_attempt (org_id, payment_id, id);
create unique index uq_payment_attempt_intent on payment_attempt (intent_id) where intent_id is not null;
create unique index uq_payment_attempt_session on payment_attempt (session_id) where session_id is not null;
create unique index uq_payment_attempt_id on payment_attempt (id);
create index ix_payment_attempt_desk on payment_attempt (desk_id, status, id);
create index ix_payment_attempt_charge on payment_attempt (charge_id) where charge_id is not null;

create table stripe_call (
  org_id uuid not null,
  id uuid not null,
  kind varchar not null,
  subject_id uuid not null,
  subject_org_id uuid not null,
  n integer not null default 1,
  key varchar not null,
  request jsonb not null,
  status text not null,
  attempts integer not null default 0,
  first_sent_at timestamptz,
  object_id varchar,
  why varchar,
  created_at timestamptz not null,
  done_at timestamptz,
  constraint pk_stripe_call primary key (org_id, id),
  constraint uq_stripe_call_key unique (key),
  constraint ck_stripe_call_status check (status in ('planned', 'sending', 'done', 'refused', 'unknown', 'absent'))
);
create unique index uq_stripe_call_subject on stripe_call (org_id, subject_id, kind, n);
create index ix_stripe_call_open on stripe_call (org_id, id) where status in ('planned', 'sending', 'unknown');

create table stripe_event (
  org_id uuid not null,
  event_id varchar not null,
  id uuid not null,
  type varchar not null,
  object_kind varchar not null,
  object_id varchar not null,
  account varchar,
  livemode boolean not null,
  created_at timestamptz not null,
  received_at timestamptz not null,
  swept boolean not null default false,
  payload bytea,
  status text not null,
  outcome varchar,
  done_at timestamptz,
  constraint pk_stripe_event primary key (org_id, event_id),
  constraint ck_stripe_event_status check (status in ('received', 'done', 'ignored'))
);
create unique index uq_stripe_event_id on stripe_event (org_id, id);
"""

# One round trip for what comes many times a second; the text names its own organisation first, as `place_order` does.
TAKE_EVENT = """
create function take_stripe_event(
  a_desk uuid, a_event text, a_id uuid, a_type text, a_kind text, a_object text, a_account text, a_livemode boolean,
  a_created timestamptz, a_now timestamptz, a_payload bytea, a_job uuid, a_request text
) returns boolean language plpgsql as $$
begin
  perform set_config('app.org_ids', a_desk::text, true);
  insert into stripe_event (org_id, event_id, id, type, object_kind, object_id, account, livemode, created_at, received_at,
                            swept, payload, status)
    values (a_desk, a_event, a_id, a_type, a_kind, a_object, a_account, a_livemode, a_created, a_now, a_payload is null,
            a_payload, 'received')
    on conflict do nothing;
  if not found then return false; end if;
  insert into job (id, name, ids, request_id, due)
    values (a_job, 'payments.take_event', jsonb_build_object('event_row_id', a_id), a_request, a_now);
  return true;
end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    for statement in filter(None, map(str.strip, TABLES.split(";"))):
        op.execute(statement)
    for table in ("stripe_customer", "payment_attempt"):
        _secure(table)
        either = f"org_id = any ({NAMED}) or desk_id = any ({NAMED})"
        both = f"array[org_id, desk_id] <@ ({NAMED})"
        op.execute(f"create policy see_{table} on {table} for select to {API}, {WORKER} using ({either})")
        op.execute(f"create policy add_{table} on {table} for insert to {API}, {WORKER} with check ({both})")
        op.execute(f"create policy change_{table} on {table} for update to {API}, {WORKER} using ({both}) with check ({both})")
    for table in ("stripe_call", "stripe_event"):
        _secure(table)
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")
    op.execute(TAKE_EVENT)
    op.execute("revoke all on function take_stripe_event from public")
    op.execute(f"grant execute on function take_stripe_event to {API}, {WORKER}")
    op.execute("alter table payment add column paid_by varchar, add column final_at timestamptz")
    op.execute("alter table holding add column final_at timestamptz, add column blocked_at timestamptz")
    op.execute("drop function place_order")
    _install(PLACE_ORDER)


def _secure(table: str) -> None:
    op.execute(f"grant select, insert, update on {table} to {API}, {WORKER}")
    op.execute(f"grant select on {table} to {AUDITOR}")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")


def _install(place_order: str) -> None:
    op.get_bind().exec_driver_sql(place_order)  # The text holds colons that are no parameters.
    op.execute("revoke all on function place_order from public")
    op.execute(f"grant execute on function place_order to {API}")


def downgrade() -> None:
    op.execute("set local lock_timeout = '4s'")
    op.execute("set local statement_timeout = '5s'")
    op.execute("drop function place_order")
    _install(importlib.import_module("migrations.versions.0015_energy").PLACE_ORDER)
    op.execute("alter table holding drop column final_at, drop column blocked_at")
    op.execute("alter table payment drop column paid_by, drop column final_at")
    op.execute("drop function take_stripe_event")
    for table in ("stripe_event", "stripe_call", "payment_attempt", "stripe_customer"):
        op.execute(f"drop table {table}")
