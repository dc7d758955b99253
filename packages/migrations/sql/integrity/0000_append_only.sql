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

create trigger "billing_audit_logs_append_only" before update or delete on "__qzpay__"."billing_audit_logs"
for each row execute function "__qzpay__"."billing_refuse_change"();

create trigger "billing_audit_logs_no_truncate" before truncate on "__qzpay__"."billing_audit_logs"
for each statement execute function "__qzpay__"."billing_refuse_change"();

create trigger "billing_refunds_append_only" before update or delete on "__qzpay__"."billing_refunds"
for each row execute function "__qzpay__"."billing_refuse_change"();

create trigger "billing_refunds_no_truncate" before truncate on "__qzpay__"."billing_refunds"
for each statement execute function "__qzpay__"."billing_refuse_change"();

create trigger "billing_usage_records_append_only" before update or delete on "__qzpay__"."billing_usage_records"
for each row execute function "__qzpay__"."billing_refuse_change"();

create trigger "billing_usage_records_no_truncate" before truncate on "__qzpay__"."billing_usage_records"
for each statement execute function "__qzpay__"."billing_refuse_change"();
