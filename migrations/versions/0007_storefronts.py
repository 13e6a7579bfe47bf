"""Customers' own frontends: storefronts with their keys, buyers who come through them, and the door for each.

Revision: 0007, after 0006
"""

import importlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

API, WORKER, AUDITOR, DOORKEEPER = "offsetdesk_api", "offsetdesk_worker", "offsetdesk_auditor", "offsetdesk_doorkeeper"
NAMED = "(select app_orgs())::uuid[]"
ONE_PARTY = ("storefront_key", "storefront_consent", "buyer_session", "buyer_token")
# What the doorkeeper looks into before any organisation is known.
LOOKED_INTO = ("storefront", "storefront_key", "buyer_session", "buyer_token")
DOORS = {
    # A secret key; one that acts for buyers comes with its storefront.
    "find_api_key(a_hash bytea)": (
        "org_id uuid, key_id uuid, scopes text[], expires_at timestamptz, org_kind text, org_status text,"
        " storefront_id uuid, storefront_status text, origins text[], provider_ids uuid[]",
        """
          select k.org_id, k.id, k.scopes, k.expires_at, o.kind, o.status, f.id, f.status, f.origins, f.provider_ids
          from api_key k join organisation o on o.org_id = k.org_id
          left join storefront f on f.org_id = k.org_id and f.id = k.storefront_id
          where k.hash = a_hash and k.revoked_at is null
        """,
    ),
    "find_storefront_key(a_hash bytea)": (
        "org_id uuid, key_id uuid, org_kind text, org_status text,"
        " storefront_id uuid, storefront_status text, origins text[], provider_ids uuid[]",
        """
          select k.org_id, k.id, o.kind, o.status, f.id, f.status, f.origins, f.provider_ids
          from storefront_key k join organisation o on o.org_id = k.org_id
          join storefront f on f.org_id = k.org_id and f.id = k.storefront_id
          where k.hash = a_hash and k.revoked_at is null
        """,
    ),
    "find_buyer_token(a_hash bytea)": (
        "org_id uuid, member_id uuid, role text, expires_at timestamptz, org_kind text, org_status text,"
        " storefront_org_id uuid, storefront_org_status text,"
        " storefront_id uuid, storefront_status text, origins text[], provider_ids uuid[]",
        """
          select t.org_id, s.member_id, m.role, least(t.expires_at, s.expires_at), o.kind, o.status, f.org_id, w.status,
                 f.id, f.status, f.origins, f.provider_ids
          from buyer_token t
          join buyer_session s on s.org_id = t.org_id and s.id = t.session_id
          join member m on m.org_id = s.org_id and m.id = s.member_id
          join organisation o on o.org_id = s.org_id
          join storefront f on f.org_id = s.storefront_owner_id and f.id = s.storefront_id
          join organisation w on w.org_id = f.org_id
          where t.access_hash = a_hash and s.ended_at is null and m.disabled_at is null
        """,
    ),
    "find_refresh_token(a_hash bytea)": (
        "org_id uuid, session_id uuid, member_id uuid, role text, disabled boolean, org_kind text, org_status text",
        """
          select s.org_id, s.id, s.member_id, m.role, m.disabled_at is not null, o.kind, o.status
          from buyer_token t
          join buyer_session s on s.org_id = t.org_id and s.id = t.session_id
          join member m on m.org_id = s.org_id and m.id = s.member_id
          join organisation o on o.org_id = s.org_id
          where t.refresh_hash = a_hash
        """,
    ),
    # What a buyer may know of a storefront before it consents.
    "find_storefront(a_storefront uuid)": (
        "org_id uuid, status text",
        "select f.org_id, f.status from storefront f where f.id = a_storefront",
    ),
    # A buyer that this storefront opened, and no other.
    "find_storefront_buyer(a_storefront uuid, a_org uuid)": (
        "org_kind text, org_status text",
        "select o.kind, o.status from organisation o where o.org_id = a_org and o.storefront_id = a_storefront",
    ),
    "is_storefront_origin(a_origin text)": (
        None,
        """
          select exists (select from storefront f join organisation o on o.org_id = f.org_id
                         where f.origins @> array[a_origin] and f.status = 'active' and o.status = 'active')
        """,
    ),
    # Who provides here is no secret: every listing says it.
    "find_providers(a_org_ids uuid[])": (
        "org_id uuid, name text",
        """
          select o.org_id, o.name from organisation o
          where o.org_id = any (a_org_ids) and o.kind = 'provider' and o.status = 'active'
        """,
    ),
    # All that a storefront is told of its buyers' orders, and only for the storefronts of those whom the transaction names.
    "storefront_orders(a_storefront uuid, a_before uuid, a_limit int)": (
        "id uuid, status text, quantity bigint, unit text, placed_at timestamptz",
        """
          select o.id, o.status, o.quantity, o.unit, o.placed_at
          from orders o
          where o.storefront_id = a_storefront and (a_before is null or o.id < a_before)
            and exists (select from storefront f where f.id = a_storefront and f.org_id = any ((select app_orgs())::uuid[]))
          order by o.id desc limit a_limit
        """,
    ),
}
ORDER_FACTS = "id, status, quantity, unit, placed_at, storefront_id"
# The organisation's own row, written by a transaction that names all of its parties.
ORGANISATION_SEEN = f"org_id = any ({NAMED}) or desk_id = any ({NAMED}) or storefront_owner_id = any ({NAMED})"
ORGANISATION_WRITTEN = f"array[org_id, desk_id, coalesce(storefront_owner_id, org_id)] <@ ({NAMED})"

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
                      placed_by, placed_at, deadline, storefront_id)
    values (a_org, a_order, a_desk, 'awaiting_payment', 'JPY', v_unit, v_quantity, v_goods, v_tax,
            v_goods + v_tax, a_quote, a_retire::jsonb, a_actor, a_now, a_deadline, a_storefront);
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
    _tables()
    _columns()
    _policies()
    op.execute("drop function find_api_key(bytea)")
    _doors()
    op.execute("drop function place_order")
    _install(PLACE_ORDER)


def _install(place_order: str) -> None:
    op.get_bind().exec_driver_sql(place_order)  # The text holds colons that are no parameters.
    op.execute("revoke all on function place_order from public")
    op.execute("grant execute on function place_order to offsetdesk_api")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _to_storefront(table: str, owner: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{owner}_storefront_id_storefront")
    return sa.ForeignKeyConstraint([owner, "storefront_id"], ["storefront.org_id", "storefront.id"], name=name)


def _tables() -> None:
    op.create_table(
        "storefront", _id("org_id"), _id("id"),
        sa.Column("desk_id", sa.Uuid(), server_default=sa.text("'0dd5de5c-0000-7000-8000-000000000001'"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origins", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("provider_ids", postgresql.ARRAY(sa.UUID()), nullable=True),
        sa.Column("branding", postgresql.JSONB(), nullable=False),
        sa.Column("status_note", sa.String(), nullable=True),
        _moment("created_at"),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status in ('active', 'suspended', 'closed')", name=op.f("ck_storefront_status")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.org_id"], name=op.f("fk_storefront_org_id_organisation")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_storefront")),
    )  # fmt: skip
    op.create_index("ix_storefront_origins", "storefront", ["origins"], postgresql_using="gin")
    op.create_table(
        "storefront_key", _id("org_id"), _id("id"), _id("storefront_id"),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        _moment("created_at"), _moment("revoked_at", nullable=True),
        _to_storefront("storefront_key", "org_id"),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_storefront_key")),
        sa.UniqueConstraint("hash", name=op.f("uq_storefront_key_hash")),
    )  # fmt: skip
    op.create_index("ix_storefront_key_storefront", "storefront_key", ["org_id", "storefront_id", "id"])
    op.create_table(
        "storefront_consent", _id("org_id"), _id("id"), _id("storefront_id"), _id("storefront_owner_id"),
        _moment("given_at"), _moment("withdrawn_at", nullable=True),
        _to_storefront("storefront_consent", "storefront_owner_id"),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.org_id"], name=op.f("fk_storefront_consent_org_id_organisation")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_storefront_consent")),
    )  # fmt: skip
    op.create_index(
        "uq_storefront_consent_live", "storefront_consent", ["org_id", "storefront_id"], unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )  # fmt: skip
    op.create_table(
        "buyer_session", _id("org_id"), _id("id"), _id("member_id"), _id("storefront_id"), _id("storefront_owner_id"),
        _moment("created_at"), _moment("expires_at"), _moment("ended_at", nullable=True),
        _to_storefront("buyer_session", "storefront_owner_id"),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.org_id"], name=op.f("fk_buyer_session_org_id_organisation")),
        sa.ForeignKeyConstraint(
            ["org_id", "member_id"], ["member.org_id", "member.id"], name=op.f("fk_buyer_session_org_id_member_id_member")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_buyer_session")),
    )  # fmt: skip
    op.create_index(
        "ix_buyer_session_open", "buyer_session", ["org_id", "storefront_id"], postgresql_where=sa.text("ended_at is null")
    )
    op.create_table(
        "buyer_token", _id("org_id"), _id("id"), _id("session_id"),
        sa.Column("access_hash", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_hash", sa.LargeBinary(), nullable=False),
        _moment("created_at"), _moment("expires_at"), _moment("refreshed_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "session_id"], ["buyer_session.org_id", "buyer_session.id"],
            name=op.f("fk_buyer_token_org_id_session_id_buyer_session"),
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_buyer_token")),
        sa.UniqueConstraint("access_hash", name=op.f("uq_buyer_token_access_hash")),
        sa.UniqueConstraint("refresh_hash", name=op.f("uq_buyer_token_refresh_hash")),
    )  # fmt: skip
    op.create_index("ix_buyer_token_session", "buyer_token", ["org_id", "session_id"])


def _columns() -> None:
    for table in ("organisation", "api_key", "quote", "orders", "event"):
        op.add_column(table, _id("storefront_id", nullable=True))
    op.add_column("organisation", _id("storefront_owner_id", nullable=True))
    storefront = ["org_id", "id"]
    for table, owner in (("organisation", "storefront_owner_id"), ("api_key", "org_id"), ("quote", "org_id")):
        name = op.f(f"fk_{table}_{owner}_storefront_id_storefront")
        op.create_foreign_key(name, table, "storefront", [owner, "storefront_id"], storefront)
    op.create_check_constraint(
        op.f("ck_organisation_storefront_with_owner"), "organisation", "(storefront_id is null) = (storefront_owner_id is null)"
    )
    op.create_check_constraint(
        op.f("ck_api_key_acts_for_a_storefront"), "api_key", "('act_for_buyers' = any (scopes)) = (storefront_id is not null)"
    )
    there = sa.text("storefront_id is not null")
    op.create_index(
        "ix_organisation_storefront", "organisation", ["storefront_owner_id", "storefront_id", "org_id"], postgresql_where=there
    )
    op.create_index("ix_orders_storefront", "orders", ["storefront_id", "id"], postgresql_where=there)


def _policies() -> None:
    names = ", ".join(("storefront", *ONE_PARTY))
    op.execute(f"grant select, insert, update on {names} to {API}, {WORKER}")
    op.execute(f"grant select on {names} to {AUDITOR}")
    for table in ("storefront", *ONE_PARTY):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        op.execute(f"create policy audit_{table} on {table} for select to {AUDITOR} using (true)")
    for table in ONE_PARTY:
        op.execute(f"create policy own_{table} on {table} to {API}, {WORKER} using (org_id = any ({NAMED}))")
    either = f"org_id = any ({NAMED}) or desk_id = any ({NAMED})"
    both = f"array[org_id, desk_id] <@ ({NAMED})"
    op.execute(f"create policy see_storefront on storefront for select to {API}, {WORKER} using ({either})")
    op.execute(f"create policy add_storefront on storefront for insert to {API}, {WORKER} with check ({both})")
    op.execute(f"create policy change_storefront on storefront for update to {API}, {WORKER} using ({both}) with check ({both})")
    _organisation_policies(ORGANISATION_SEEN, ORGANISATION_WRITTEN)
    for table in LOOKED_INTO:
        op.execute(f"create policy door_{table} on {table} for select to {DOORKEEPER} using (true)")
        op.execute(f"grant select on {table} to {DOORKEEPER}")
    op.execute(f"create policy door_orders on orders for select to {DOORKEEPER} using (true)")
    op.execute(f"grant select ({ORDER_FACTS}) on orders to {DOORKEEPER}")


def _organisation_policies(seen: str, written: str) -> None:
    op.execute(f"alter policy see_organisation on organisation using ({seen})")
    op.execute(f"alter policy add_organisation on organisation with check ({written})")
    op.execute(f"alter policy change_organisation on organisation using ({written}) with check ({written})")


def _doors() -> None:
    op.execute(f"grant create on schema public to {DOORKEEPER}")
    for function, (columns, body) in DOORS.items():
        returned = "boolean" if columns is None else f"table ({columns})"
        _door(f"create function {function} returns {returned}", body, _signature(function))
    op.execute(f"revoke create on schema public from {DOORKEEPER}")


def _door(head: str, body: str, signature: str) -> None:
    op.execute(
        f"{head} language sql stable security definer set search_path = public, pg_temp as $$ {body} $$"
    )
    op.execute(f"alter function {signature} owner to {DOORKEEPER}")
    op.execute(f"revoke all on function {signature} from public")
    op.execute(f"grant execute on function {signature} to {API}, {WORKER}")


def _signature(function: str) -> str:
    """The function's name with the types of its arguments alone."""
    name, _, arguments = function.rstrip(")").partition("(")
    return f"{name}({', '.join(each.split()[1] for each in arguments.split(','))})"


def downgrade() -> None:
    op.execute("drop function place_order")
    _install(importlib.import_module("migrations.versions.0006_listings").PLACE_ORDER)
    for function in DOORS:
        op.execute(f"drop function {_signature(function)}")
    op.execute(f"drop policy door_orders on orders")
    op.execute(f"revoke select ({ORDER_FACTS}) on orders from {DOORKEEPER}")
    _organisation_policies(
        f"org_id = any ({NAMED}) or desk_id = any ({NAMED})", f"array[org_id, desk_id] <@ ({NAMED})"
    )
    op.execute("alter table organisation drop column storefront_id, drop column storefront_owner_id")
    for table in ("api_key", "quote", "orders", "event"):
        op.drop_column(table, "storefront_id")
    for table in ("buyer_token", "buyer_session", "storefront_consent", "storefront_key", "storefront"):
        op.drop_table(table)
    op.execute(f"grant create on schema public to {DOORKEEPER}")
    _door(
        "create function find_api_key(a_hash bytea) returns table (org_id uuid, key_id uuid, scopes text[],"
        " expires_at timestamptz, org_kind text, org_status text)",
        """
          select k.org_id, k.id, k.scopes, k.expires_at, o.kind, o.status
          from api_key k join organisation o on o.org_id = k.org_id
          where k.hash = a_hash and k.revoked_at is null
        """,
        "find_api_key(bytea)",
    )
    op.execute(f"revoke create on schema public from {DOORKEEPER}")
