-- Keeps append-only tables append-only, against accident. SQLSTATE QZ001 is this refusal's own.
-- Retention and erasure open the door for one transaction: set local qzpay.maintenance = 'on'.
create function "__qzpay__"."billing_refuse_change"() returns trigger
language plpgsql
set search_path = pg_catalog
as $function$
begin
  if current_setting('qzpay.maintenance', true) is distinct from 'on' then
    raise exception using
      errcode = 'QZ001',
      message = format('%I is append-only', tg_table_name),
      hint = 'Maintenance changes it in a transaction that begins with: set local qzpay.maintenance = ''on''';
  end if;
  if tg_op = 'UPDATE' then
    return new;
  end if;
  return old;
end
$function$;
--> statement-breakpoint
create trigger "billing_audit_logs_append_only" before delete on "__qzpay__"."billing_audit_logs"
for each row execute function "__qzpay__"."billing_refuse_change"();
--> statement-breakpoint
-- Sealing sets the block of an entry, once, and nothing else. Blocks are counted from 1: whoever goes along the chain
-- would never come by an entry in an earlier one.
create trigger "billing_audit_logs_sealed_once" before update on "__qzpay__"."billing_audit_logs"
for each row when (
  old.block_seq is not null or new.block_seq is null or new.block_seq < 1 or (
    old.id, old.entity_type, old.entity_id, old.action, old.category, old.actor_type, old.actor_id,
    old.changes, old.previous_values, old.reason, old.success, old.error_message, old.request_id,
    old.ip_address, old.user_agent, old.payload_hash, old.salt, old.livemode, old.metadata,
    old.created_at
  ) is distinct from (
    new.id, new.entity_type, new.entity_id, new.action, new.category, new.actor_type, new.actor_id,
    new.changes, new.previous_values, new.reason, new.success, new.error_message, new.request_id,
    new.ip_address, new.user_agent, new.payload_hash, new.salt, new.livemode, new.metadata,
    new.created_at
  )
) execute function "__qzpay__"."billing_refuse_change"();
--> statement-breakpoint
create trigger "billing_audit_logs_no_truncate" before truncate on "__qzpay__"."billing_audit_logs"
for each statement execute function "__qzpay__"."billing_refuse_change"();
--> statement-breakpoint
create trigger "billing_audit_blocks_append_only" before update or delete on "__qzpay__"."billing_audit_blocks"
for each row execute function "__qzpay__"."billing_refuse_change"();
--> statement-breakpoint
create trigger "billing_audit_blocks_no_truncate" before truncate on "__qzpay__"."billing_audit_blocks"
for each statement execute function "__qzpay__"."billing_refuse_change"();
--> statement-breakpoint
create trigger "billing_refunds_append_only" before update or delete on "__qzpay__"."billing_refunds"
for each row execute function "__qzpay__"."billing_refuse_change"();
--> statement-breakpoint
create trigger "billing_refunds_no_truncate" before truncate on "__qzpay__"."billing_refunds"
for each statement execute function "__qzpay__"."billing_refuse_change"();
--> statement-breakpoint
create trigger "billing_usage_records_append_only" before update or delete on "__qzpay__"."billing_usage_records"
for each row execute function "__qzpay__"."billing_refuse_change"();
--> statement-breakpoint
create trigger "billing_usage_records_no_truncate" before truncate on "__qzpay__"."billing_usage_records"
for each statement execute function "__qzpay__"."billing_refuse_change"();
