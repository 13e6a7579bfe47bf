-- An event of Stripe's is written down with its job, once, in one round trip; installed by a migration, and a tidy test
-- holds the two together. It names the desk itself, as `place_order` names its parties.
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
