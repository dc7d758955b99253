-- The counter row of a series is updated once per number; free space in its page keeps the new version there.
alter table "__qzpay__"."billing_invoice_sequences" set (fillfactor = 50);
--> statement-breakpoint
-- A queue: dead entries at its head slow every claim, so vacuum comes by count, not by share, and does not dawdle.
alter table "__qzpay__"."billing_webhook_events" set (
  fillfactor = 80,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0
);
--> statement-breakpoint
-- Big tables that are listed and counted whole: index-only scans need a fresh visibility map.
alter table "__qzpay__"."billing_customers" set (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.05
);
--> statement-breakpoint
alter table "__qzpay__"."billing_subscriptions" set (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.05
);
--> statement-breakpoint
alter table "__qzpay__"."billing_payments" set (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.05
);
--> statement-breakpoint
alter table "__qzpay__"."billing_invoices" set (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.05
);
