-- One batch of an import's good rows becomes declared lots: the lots, their stock and their first events.
-- `ids` holds two new ids for each row, in the order of the rows: the lot's and its event's.
with chosen as (
  select r.n, r.facts, row_number() over (order by r.n) as k
  from import_row r
  where r.org_id = :org_id and r.import_id = :import_id and r.n = any (:rows) and r.facts is not null and r.lot_id is null
),
made as (
  select c.n, c.facts, (:ids)[2 * c.k - 1] as lot_id, (:ids)[2 * c.k] as event_id, p.id as project_id,
         (c.facts ->> 'lo')::bigint as lo, (c.facts ->> 'hi')::bigint as hi
  from chosen c
  join project p on p.registry_code = c.facts ->> 'registry_code' and p.number = c.facts ->> 'project_number'
    and p.list_kind = coalesce(c.facts ->> 'project_list', '')
),
lots as (
  insert into lot (org_id, id, desk_id, registry_code, registry_account_id, project_id, certification_no, serial_prefix,
    serial_first, serial_last, serial_text, series_key, lo, hi, unit, vintage_from, vintage_to, note, status, import_id,
    created_at, version, units_per_serial, energy)
  select :org_id, lot_id, :desk_id, facts ->> 'registry_code', :account_id, project_id, facts ->> 'certification_no',
    facts ->> 'serial_prefix', facts ->> 'serial_first', facts ->> 'serial_last', coalesce(facts ->> 'serial_text', ''),
    facts ->> 'series_key', lo, hi, facts ->> 'unit', (facts ->> 'vintage_from')::date, (facts ->> 'vintage_to')::date,
    facts ->> 'note', 'declared', :import_id, :now, 1, coalesce((facts ->> 'units_per_serial')::bigint, 1),
    nullif(facts -> 'energy', 'null')
  from made
),
stocks as (
  insert into lot_stock (lot_id, org_id, imported, free, reserved, sold, withdrawn, next_lo, end_hi, sellable)
  select lot_id, :org_id, hi - lo, hi - lo, 0, 0, 0, lo, hi, false from made
),
told as (
  insert into event (org_id, id, party_ids, kind, subject_kind, subject_id, seq, actor_kind, actor_id, after, request_id, at)
  select :org_id, event_id, array[:desk_id], 'lot.declared', 'lot', lot_id, 1, :actor_kind, :actor_id,
    jsonb_build_object('status', 'declared', 'quantity', hi - lo, 'unit', facts ->> 'unit'), :request_id, :now
  from made
)
select count(*) from made
