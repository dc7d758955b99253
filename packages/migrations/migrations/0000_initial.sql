CREATE SCHEMA "__qzpay__";
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_addons" (
	"id" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"active" boolean DEFAULT true NOT NULL,
	"unit_amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"billing_interval" text NOT NULL,
	"billing_interval_count" bigint DEFAULT 1 NOT NULL,
	"compatible_plan_ids" text[] DEFAULT '{}' NOT NULL,
	"allow_multiple" boolean DEFAULT false NOT NULL,
	"max_quantity" bigint,
	"entitlements" text[] DEFAULT '{}' NOT NULL,
	"limits" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_addons_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_addons_unit_amount_check" CHECK ("unit_amount" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_addons_billing_interval_check" CHECK ("billing_interval" in ('day', 'week', 'month', 'year', 'one_time')),
	CONSTRAINT "billing_addons_billing_interval_count_check" CHECK ("billing_interval_count" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_addons_max_quantity_check" CHECK ("max_quantity" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_addons_limits_check" CHECK (jsonb_typeof("limits") = 'array'),
	CONSTRAINT "billing_addons_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_audit_blocks" (
	"livemode" boolean NOT NULL,
	"block_seq" bigint NOT NULL,
	"previous_hash" text,
	"leaves" jsonb NOT NULL,
	"root_hash" text NOT NULL,
	"block_hash" text NOT NULL,
	"entry_count" bigint NOT NULL,
	"sealed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_audit_blocks_pkey" PRIMARY KEY("livemode","block_seq"),
	CONSTRAINT "billing_audit_blocks_block_seq_check" CHECK ("block_seq" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_audit_blocks_leaves_check" CHECK (jsonb_typeof("leaves") = 'object'),
	CONSTRAINT "billing_audit_blocks_entry_count_check" CHECK ("entry_count" between -9007199254740991 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_audit_logs" (
	"id" text NOT NULL,
	"entity_type" text NOT NULL,
	"entity_id" text NOT NULL,
	"action" text NOT NULL,
	"category" text,
	"actor_type" text DEFAULT 'system' NOT NULL,
	"actor_id" text,
	"changes" jsonb,
	"previous_values" jsonb,
	"reason" text,
	"success" boolean DEFAULT true NOT NULL,
	"error_message" text,
	"request_id" text,
	"ip_address" text,
	"user_agent" text,
	"payload_hash" text NOT NULL,
	"salt" text,
	"block_seq" bigint,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_audit_logs_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_audit_logs_changes_check" CHECK (jsonb_typeof("changes") = 'object'),
	CONSTRAINT "billing_audit_logs_previous_values_check" CHECK (jsonb_typeof("previous_values") = 'object'),
	CONSTRAINT "billing_audit_logs_metadata_check" CHECK (jsonb_typeof("metadata") = 'object'),
	CONSTRAINT "billing_audit_logs_block_seq_check" CHECK ("block_seq" between -9007199254740991 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_checkouts" (
	"id" text NOT NULL,
	"customer_id" text,
	"customer_email" text,
	"mode" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"currency" text NOT NULL,
	"line_items" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"success_url" text NOT NULL,
	"cancel_url" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"payment_id" text,
	"subscription_id" text,
	"provider_session_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "billing_checkouts_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_checkouts_mode_check" CHECK ("mode" in ('payment', 'subscription', 'setup')),
	CONSTRAINT "billing_checkouts_status_check" CHECK ("status" in ('open', 'complete', 'expired')),
	CONSTRAINT "billing_checkouts_line_items_check" CHECK (jsonb_typeof("line_items") = 'array'),
	CONSTRAINT "billing_checkouts_provider_session_ids_check" CHECK (jsonb_typeof("provider_session_ids") = 'object'),
	CONSTRAINT "billing_checkouts_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_currencies" (
	"code" text NOT NULL,
	"name" text NOT NULL,
	"minor_units" smallint DEFAULT 2 NOT NULL,
	"symbol" text,
	"active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_currencies_pkey" PRIMARY KEY("code")
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_customer_entitlements" (
	"id" text NOT NULL,
	"customer_id" text NOT NULL,
	"entitlement_key" text NOT NULL,
	"granted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"source" text DEFAULT 'manual' NOT NULL,
	"source_id" text,
	"livemode" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_customer_entitlements_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_customer_entitlements_grant_key" UNIQUE NULLS NOT DISTINCT("livemode","customer_id","entitlement_key","source","source_id"),
	CONSTRAINT "billing_customer_entitlements_source_check" CHECK ("source" in ('subscription', 'purchase', 'manual', 'addon'))
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_customer_limits" (
	"customer_id" text NOT NULL,
	"limit_key" text NOT NULL,
	"max_value" numeric NOT NULL,
	"current_value" numeric DEFAULT 0 NOT NULL,
	"reset_at" timestamp (3) with time zone,
	"source" text DEFAULT 'manual' NOT NULL,
	"source_id" text,
	"livemode" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_customer_limits_pkey" PRIMARY KEY("livemode","customer_id","limit_key"),
	CONSTRAINT "billing_customer_limits_source_check" CHECK ("source" in ('subscription', 'purchase', 'manual', 'addon'))
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_customers" (
	"id" text NOT NULL,
	"external_id" text NOT NULL,
	"email" text NOT NULL,
	"email_key" text NOT NULL,
	"name" text,
	"phone" text,
	"provider_customer_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"saved_cards" jsonb,
	"preferred_language" text,
	"segment" text,
	"tier" text,
	"billing_address" jsonb,
	"shipping_address" jsonb,
	"tax_id" text,
	"tax_id_type" text,
	"anonymized_at" timestamp (3) with time zone,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_customers_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_customers_provider_customer_ids_check" CHECK (jsonb_typeof("provider_customer_ids") = 'object'),
	CONSTRAINT "billing_customers_saved_cards_check" CHECK (jsonb_typeof("saved_cards") = 'array'),
	CONSTRAINT "billing_customers_billing_address_check" CHECK (jsonb_typeof("billing_address") = 'object'),
	CONSTRAINT "billing_customers_shipping_address_check" CHECK (jsonb_typeof("shipping_address") = 'object'),
	CONSTRAINT "billing_customers_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_entitlements" (
	"id" text NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"livemode" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_entitlements_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_entitlements_key_key" UNIQUE("livemode","key")
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_idempotency_keys" (
	"livemode" boolean NOT NULL,
	"key" text NOT NULL,
	"operation" text,
	"request_hash" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"response" jsonb,
	"lease_token" text,
	"locked_until" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"customer_id" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_idempotency_keys_pkey" PRIMARY KEY("livemode","key"),
	CONSTRAINT "billing_idempotency_keys_status_check" CHECK ("status" in ('pending', 'completed'))
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_invoice_lines" (
	"id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"position" integer NOT NULL,
	"description" text NOT NULL,
	"quantity" numeric DEFAULT 1 NOT NULL,
	"unit_amount" numeric NOT NULL,
	"amount" numeric NOT NULL,
	"price_id" text,
	"type" text DEFAULT 'item' NOT NULL,
	"taxable" boolean DEFAULT true NOT NULL,
	"discountable" boolean DEFAULT true NOT NULL,
	"proration" boolean DEFAULT false NOT NULL,
	"period_start" timestamp (3) with time zone,
	"period_end" timestamp (3) with time zone,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_invoice_lines_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_invoice_lines_position_key" UNIQUE("livemode","invoice_id","position"),
	CONSTRAINT "billing_invoice_lines_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_invoice_payments" (
	"id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"payment_id" text NOT NULL,
	"amount_applied" bigint NOT NULL,
	"currency" text NOT NULL,
	"applied_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"livemode" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_invoice_payments_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_invoice_payments_invoice_payment_key" UNIQUE("livemode","invoice_id","payment_id"),
	CONSTRAINT "billing_invoice_payments_amount_applied_check" CHECK ("amount_applied" between -9007199254740991 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_invoice_sequences" (
	"livemode" boolean NOT NULL,
	"series" text DEFAULT 'INV' NOT NULL,
	"period" text NOT NULL,
	"last_value" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_invoice_sequences_pkey" PRIMARY KEY("livemode","series","period"),
	CONSTRAINT "billing_invoice_sequences_last_value_check" CHECK ("last_value" between -9007199254740991 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_invoices" (
	"id" text NOT NULL,
	"customer_id" text NOT NULL,
	"subscription_id" text,
	"number" text,
	"status" text DEFAULT 'draft' NOT NULL,
	"currency" text NOT NULL,
	"subtotal" numeric DEFAULT 0 NOT NULL,
	"tax" numeric DEFAULT 0 NOT NULL,
	"discount" numeric DEFAULT 0 NOT NULL,
	"total" numeric DEFAULT 0 NOT NULL,
	"amount_paid" numeric DEFAULT 0 NOT NULL,
	"amount_due" numeric DEFAULT 0 NOT NULL,
	"due_date" timestamp (3) with time zone,
	"finalized_at" timestamp (3) with time zone,
	"paid_at" timestamp (3) with time zone,
	"voided_at" timestamp (3) with time zone,
	"period_start" timestamp (3) with time zone,
	"period_end" timestamp (3) with time zone,
	"provider_invoice_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"billing_address" jsonb,
	"memo" text,
	"footer" text,
	"pdf_url" text,
	"hosted_url" text,
	"sent_at" timestamp (3) with time zone,
	"sent_to" text[] DEFAULT '{}' NOT NULL,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_invoices_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_invoices_number_key" UNIQUE("livemode","number"),
	CONSTRAINT "billing_invoices_status_check" CHECK ("status" in ('draft', 'open', 'paid', 'void', 'uncollectible')),
	CONSTRAINT "billing_invoices_provider_invoice_ids_check" CHECK (jsonb_typeof("provider_invoice_ids") = 'object'),
	CONSTRAINT "billing_invoices_billing_address_check" CHECK (jsonb_typeof("billing_address") = 'object'),
	CONSTRAINT "billing_invoices_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_limits" (
	"id" text NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"default_value" numeric DEFAULT 0 NOT NULL,
	"livemode" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_limits_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_limits_key_key" UNIQUE("livemode","key")
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_payment_methods" (
	"id" text NOT NULL,
	"customer_id" text NOT NULL,
	"provider" text,
	"provider_payment_method_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"type" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"card" jsonb,
	"bank_account" jsonb,
	"billing_details" jsonb,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_payment_methods_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_payment_methods_type_check" CHECK ("type" in ('card', 'bank_account', 'sepa_debit', 'ideal', 'other')),
	CONSTRAINT "billing_payment_methods_status_check" CHECK ("status" in ('active', 'expired', 'invalid')),
	CONSTRAINT "billing_payment_methods_card_check" CHECK (jsonb_typeof("card") = 'object'),
	CONSTRAINT "billing_payment_methods_bank_account_check" CHECK (jsonb_typeof("bank_account") = 'object'),
	CONSTRAINT "billing_payment_methods_billing_details_check" CHECK (jsonb_typeof("billing_details") = 'object'),
	CONSTRAINT "billing_payment_methods_map_check" CHECK (jsonb_typeof("provider_payment_method_ids") = 'object'),
	CONSTRAINT "billing_payment_methods_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_payments" (
	"id" text NOT NULL,
	"customer_id" text NOT NULL,
	"subscription_id" text,
	"invoice_id" text,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"base_amount" bigint,
	"base_currency" text,
	"exchange_rate" numeric,
	"status" text NOT NULL,
	"provider" text,
	"payment_method_id" text,
	"provider_payment_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"failure_code" text,
	"failure_message" text,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_payments_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_payments_amount_check" CHECK ("amount" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_payments_base_amount_check" CHECK ("base_amount" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_payments_status_check" CHECK ("status" in ('pending', 'processing', 'succeeded', 'failed', 'canceled', 'refunded', 'partially_refunded', 'disputed')),
	CONSTRAINT "billing_payments_provider_payment_ids_check" CHECK (jsonb_typeof("provider_payment_ids") = 'object'),
	CONSTRAINT "billing_payments_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_plans" (
	"id" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"active" boolean DEFAULT true NOT NULL,
	"features" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"entitlements" text[] DEFAULT '{}' NOT NULL,
	"limits" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"livemode" boolean NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_plans_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_plans_features_check" CHECK (jsonb_typeof("features") = 'array'),
	CONSTRAINT "billing_plans_limits_check" CHECK (jsonb_typeof("limits") = 'object'),
	CONSTRAINT "billing_plans_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_prices" (
	"id" text NOT NULL,
	"plan_id" text NOT NULL,
	"nickname" text,
	"currency" text NOT NULL,
	"unit_amount" bigint NOT NULL,
	"billing_interval" text NOT NULL,
	"interval_count" bigint DEFAULT 1 NOT NULL,
	"trial_days" bigint,
	"active" boolean DEFAULT true NOT NULL,
	"provider_price_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"livemode" boolean NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_prices_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_prices_unit_amount_check" CHECK ("unit_amount" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_prices_billing_interval_check" CHECK ("billing_interval" in ('day', 'week', 'month', 'year')),
	CONSTRAINT "billing_prices_interval_count_check" CHECK ("interval_count" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_prices_trial_days_check" CHECK ("trial_days" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_prices_provider_price_ids_check" CHECK (jsonb_typeof("provider_price_ids") = 'object'),
	CONSTRAINT "billing_prices_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_promo_code_usage" (
	"id" text NOT NULL,
	"promo_code_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"subscription_id" text,
	"payment_id" text,
	"redemption_no" integer NOT NULL,
	"discount_amount" bigint DEFAULT 0 NOT NULL,
	"currency" text,
	"used_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"livemode" boolean NOT NULL,
	CONSTRAINT "billing_promo_code_usage_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_promo_code_usage_redemption_key" UNIQUE("livemode","promo_code_id","customer_id","redemption_no"),
	CONSTRAINT "billing_promo_code_usage_discount_amount_check" CHECK ("discount_amount" between -9007199254740991 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_promo_codes" (
	"id" text NOT NULL,
	"code" text NOT NULL,
	"code_key" text NOT NULL,
	"discount_type" text NOT NULL,
	"discount_value" numeric NOT NULL,
	"currency" text,
	"stacking_mode" text DEFAULT 'none' NOT NULL,
	"conditions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"max_redemptions" bigint,
	"current_redemptions" bigint DEFAULT 0 NOT NULL,
	"max_redemptions_per_customer" bigint,
	"valid_from" timestamp (3) with time zone,
	"valid_until" timestamp (3) with time zone,
	"applicable_plan_ids" text[] DEFAULT '{}' NOT NULL,
	"applicable_product_ids" text[] DEFAULT '{}' NOT NULL,
	"new_customers_only" boolean DEFAULT false NOT NULL,
	"existing_customers_only" boolean DEFAULT false NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_promo_codes_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_promo_codes_discount_type_check" CHECK ("discount_type" in ('percentage', 'fixed_amount', 'free_trial')),
	CONSTRAINT "billing_promo_codes_stacking_mode_check" CHECK ("stacking_mode" in ('none', 'additive', 'multiplicative', 'best')),
	CONSTRAINT "billing_promo_codes_conditions_check" CHECK (jsonb_typeof("conditions") = 'array'),
	CONSTRAINT "billing_promo_codes_max_redemptions_check" CHECK ("max_redemptions" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_promo_codes_current_redemptions_check" CHECK ("current_redemptions" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_promo_codes_max_per_customer_check" CHECK ("max_redemptions_per_customer" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_promo_codes_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_refunds" (
	"id" text NOT NULL,
	"payment_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"provider" text,
	"provider_refund_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"provider_refund_id" text,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_refunds_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_refunds_amount_check" CHECK ("amount" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_refunds_status_check" CHECK ("status" in ('pending', 'succeeded', 'failed')),
	CONSTRAINT "billing_refunds_provider_refund_ids_check" CHECK (jsonb_typeof("provider_refund_ids") = 'object'),
	CONSTRAINT "billing_refunds_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_subscription_addons" (
	"id" text NOT NULL,
	"subscription_id" text NOT NULL,
	"add_on_id" text NOT NULL,
	"quantity" bigint DEFAULT 1 NOT NULL,
	"unit_amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"canceled_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_subscription_addons_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_subscription_addons_quantity_check" CHECK ("quantity" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_subscription_addons_unit_amount_check" CHECK ("unit_amount" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_subscription_addons_status_check" CHECK ("status" in ('active', 'canceled', 'pending')),
	CONSTRAINT "billing_subscription_addons_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_subscription_polling_jobs" (
	"id" text NOT NULL,
	"subscription_id" text NOT NULL,
	"provider" text NOT NULL,
	"provider_resource_id" text NOT NULL,
	"resource_type" text DEFAULT 'subscription' NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" bigint DEFAULT 0 NOT NULL,
	"max_attempts" bigint DEFAULT 60 NOT NULL,
	"next_poll_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_polled_at" timestamp (3) with time zone,
	"last_provider_status" text,
	"last_error" text,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "billing_subscription_polling_jobs_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_subscription_polling_jobs_resource_type_check" CHECK ("resource_type" in ('subscription', 'one_time_payment')),
	CONSTRAINT "billing_subscription_polling_jobs_status_check" CHECK ("status" in ('pending', 'succeeded', 'failed', 'timeout', 'cancelled')),
	CONSTRAINT "billing_subscription_polling_jobs_attempts_check" CHECK ("attempts" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_subscription_polling_jobs_max_attempts_check" CHECK ("max_attempts" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_subscription_polling_jobs_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_subscriptions" (
	"id" text NOT NULL,
	"customer_id" text NOT NULL,
	"plan_id" text NOT NULL,
	"price_id" text,
	"status" text NOT NULL,
	"billing_interval" text NOT NULL,
	"interval_count" bigint DEFAULT 1 NOT NULL,
	"quantity" bigint DEFAULT 1 NOT NULL,
	"current_period_start" timestamp (3) with time zone NOT NULL,
	"current_period_end" timestamp (3) with time zone NOT NULL,
	"trial_start" timestamp (3) with time zone,
	"trial_end" timestamp (3) with time zone,
	"trial_converted" boolean DEFAULT false NOT NULL,
	"trial_converted_at" timestamp (3) with time zone,
	"cancel_at" timestamp (3) with time zone,
	"canceled_at" timestamp (3) with time zone,
	"cancel_at_period_end" boolean DEFAULT false NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"promo_code_id" text,
	"promo_effect_remaining_cycles" integer,
	"default_payment_method_id" text,
	"grace_period_ends_at" timestamp (3) with time zone,
	"retry_count" integer DEFAULT 0 NOT NULL,
	"last_retry_at" timestamp (3) with time zone,
	"next_retry_at" timestamp (3) with time zone,
	"provider_subscription_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"provider_synced_at" timestamp (3) with time zone,
	"scheduled_plan_change" jsonb,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_subscriptions_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_subscriptions_status_check" CHECK ("status" in ('active', 'trialing', 'past_due', 'paused', 'canceled', 'unpaid', 'incomplete', 'incomplete_expired')),
	CONSTRAINT "billing_subscriptions_billing_interval_check" CHECK ("billing_interval" in ('day', 'week', 'month', 'year')),
	CONSTRAINT "billing_subscriptions_interval_count_check" CHECK ("interval_count" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_subscriptions_quantity_check" CHECK ("quantity" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_subscriptions_provider_subscription_ids_check" CHECK (jsonb_typeof("provider_subscription_ids") = 'object'),
	CONSTRAINT "billing_subscriptions_scheduled_plan_change_check" CHECK (jsonb_typeof("scheduled_plan_change") = 'object'),
	CONSTRAINT "billing_subscriptions_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_usage_records" (
	"id" text NOT NULL,
	"customer_id" text NOT NULL,
	"subscription_id" text,
	"limit_key" text NOT NULL,
	"quantity" numeric NOT NULL,
	"action" text DEFAULT 'increment' NOT NULL,
	"occurred_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"idempotency_key" text,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_usage_records_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_usage_records_idempotency_key" UNIQUE("livemode","customer_id","idempotency_key"),
	CONSTRAINT "billing_usage_records_action_check" CHECK ("action" in ('increment', 'decrement', 'set')),
	CONSTRAINT "billing_usage_records_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_usage_rollups" (
	"customer_id" text NOT NULL,
	"limit_key" text NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"quantity" numeric DEFAULT 0 NOT NULL,
	"events" bigint DEFAULT 0 NOT NULL,
	"livemode" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_usage_rollups_pkey" PRIMARY KEY("livemode","customer_id","limit_key","hour"),
	CONSTRAINT "billing_usage_rollups_events_check" CHECK ("events" between -9007199254740991 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_vendor_payouts" (
	"id" text NOT NULL,
	"vendor_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"period_start" timestamp (3) with time zone NOT NULL,
	"period_end" timestamp (3) with time zone NOT NULL,
	"provider" text,
	"provider_payout_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"failure_code" text,
	"failure_message" text,
	"paid_at" timestamp (3) with time zone,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_vendor_payouts_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_vendor_payouts_amount_check" CHECK ("amount" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_vendor_payouts_status_check" CHECK ("status" in ('pending', 'processing', 'paid', 'failed')),
	CONSTRAINT "billing_vendor_payouts_provider_payout_ids_check" CHECK (jsonb_typeof("provider_payout_ids") = 'object'),
	CONSTRAINT "billing_vendor_payouts_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_vendors" (
	"id" text NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"onboarding_status" text DEFAULT 'pending' NOT NULL,
	"commission_rate" numeric DEFAULT 10 NOT NULL,
	"payout_schedule" jsonb DEFAULT '{"interval":"monthly","dayOfMonth":1}'::jsonb NOT NULL,
	"payment_mode" text DEFAULT 'automatic' NOT NULL,
	"can_receive_payments" boolean DEFAULT false NOT NULL,
	"pending_balance" bigint DEFAULT 0 NOT NULL,
	"balance_currency" text,
	"provider_account_ids" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"livemode" boolean NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "billing_vendors_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_vendors_status_check" CHECK ("status" in ('pending', 'active', 'suspended', 'rejected')),
	CONSTRAINT "billing_vendors_payout_schedule_check" CHECK (jsonb_typeof("payout_schedule") = 'object'),
	CONSTRAINT "billing_vendors_pending_balance_check" CHECK ("pending_balance" between -9007199254740991 and 9007199254740991),
	CONSTRAINT "billing_vendors_provider_account_ids_check" CHECK (jsonb_typeof("provider_account_ids") = 'object'),
	CONSTRAINT "billing_vendors_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_webhook_dead_letter" (
	"id" text NOT NULL,
	"webhook_event_id" text,
	"provider" text NOT NULL,
	"provider_event_id" text NOT NULL,
	"type" text NOT NULL,
	"payload" jsonb NOT NULL,
	"error" text NOT NULL,
	"attempts" integer DEFAULT 1 NOT NULL,
	"last_attempt_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"resolved_by" text,
	"resolution_notes" text,
	"customer_id" text,
	"livemode" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_webhook_dead_letter_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_webhook_dead_letter_provider_event_key" UNIQUE("livemode","provider","provider_event_id")
);
--> statement-breakpoint
CREATE TABLE "__qzpay__"."billing_webhook_events" (
	"id" text NOT NULL,
	"provider" text NOT NULL,
	"provider_event_id" text NOT NULL,
	"type" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"payload" jsonb NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_retry_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"locked_at" timestamp (3) with time zone,
	"locked_by" text,
	"occurred_at" timestamp (3) with time zone,
	"processed_at" timestamp (3) with time zone,
	"duration_ms" integer,
	"error" text,
	"customer_id" text,
	"livemode" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_webhook_events_pkey" PRIMARY KEY("id","livemode"),
	CONSTRAINT "billing_webhook_events_provider_event_key" UNIQUE("livemode","provider","provider_event_id"),
	CONSTRAINT "billing_webhook_events_status_check" CHECK ("status" in ('pending', 'processing', 'processed', 'failed', 'dead_letter')),
	CONSTRAINT "billing_webhook_events_metadata_check" CHECK (jsonb_typeof("metadata") = 'object')
);
--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_customer_entitlements" ADD CONSTRAINT "billing_customer_entitlements_customer_fkey" FOREIGN KEY ("customer_id","livemode") REFERENCES "__qzpay__"."billing_customers"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_customer_limits" ADD CONSTRAINT "billing_customer_limits_customer_fkey" FOREIGN KEY ("customer_id","livemode") REFERENCES "__qzpay__"."billing_customers"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_invoice_lines" ADD CONSTRAINT "billing_invoice_lines_invoice_fkey" FOREIGN KEY ("invoice_id","livemode") REFERENCES "__qzpay__"."billing_invoices"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_invoice_payments" ADD CONSTRAINT "billing_invoice_payments_invoice_fkey" FOREIGN KEY ("invoice_id","livemode") REFERENCES "__qzpay__"."billing_invoices"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_invoice_payments" ADD CONSTRAINT "billing_invoice_payments_payment_fkey" FOREIGN KEY ("payment_id","livemode") REFERENCES "__qzpay__"."billing_payments"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_invoices" ADD CONSTRAINT "billing_invoices_customer_fkey" FOREIGN KEY ("customer_id","livemode") REFERENCES "__qzpay__"."billing_customers"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_payment_methods" ADD CONSTRAINT "billing_payment_methods_customer_fkey" FOREIGN KEY ("customer_id","livemode") REFERENCES "__qzpay__"."billing_customers"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_payments" ADD CONSTRAINT "billing_payments_customer_fkey" FOREIGN KEY ("customer_id","livemode") REFERENCES "__qzpay__"."billing_customers"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_prices" ADD CONSTRAINT "billing_prices_plan_fkey" FOREIGN KEY ("plan_id","livemode") REFERENCES "__qzpay__"."billing_plans"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_promo_code_usage" ADD CONSTRAINT "billing_promo_code_usage_promo_code_fkey" FOREIGN KEY ("promo_code_id","livemode") REFERENCES "__qzpay__"."billing_promo_codes"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_promo_code_usage" ADD CONSTRAINT "billing_promo_code_usage_customer_fkey" FOREIGN KEY ("customer_id","livemode") REFERENCES "__qzpay__"."billing_customers"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_refunds" ADD CONSTRAINT "billing_refunds_payment_fkey" FOREIGN KEY ("payment_id","livemode") REFERENCES "__qzpay__"."billing_payments"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_subscription_addons" ADD CONSTRAINT "billing_subscription_addons_subscription_fkey" FOREIGN KEY ("subscription_id","livemode") REFERENCES "__qzpay__"."billing_subscriptions"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_subscription_addons" ADD CONSTRAINT "billing_subscription_addons_add_on_fkey" FOREIGN KEY ("add_on_id","livemode") REFERENCES "__qzpay__"."billing_addons"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_subscription_polling_jobs" ADD CONSTRAINT "billing_subscription_polling_jobs_subscription_fkey" FOREIGN KEY ("subscription_id","livemode") REFERENCES "__qzpay__"."billing_subscriptions"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_subscriptions" ADD CONSTRAINT "billing_subscriptions_customer_fkey" FOREIGN KEY ("customer_id","livemode") REFERENCES "__qzpay__"."billing_customers"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "__qzpay__"."billing_vendor_payouts" ADD CONSTRAINT "billing_vendor_payouts_vendor_fkey" FOREIGN KEY ("vendor_id","livemode") REFERENCES "__qzpay__"."billing_vendors"("id","livemode") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "billing_addons_active_idx" ON "__qzpay__"."billing_addons" USING btree ("livemode","created_at","id") WHERE active and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_audit_logs_by_entity_idx" ON "__qzpay__"."billing_audit_logs" USING btree ("livemode","entity_type","entity_id","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_audit_logs_recent_idx" ON "__qzpay__"."billing_audit_logs" USING btree ("livemode","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_audit_logs_by_block_idx" ON "__qzpay__"."billing_audit_logs" USING btree ("livemode","block_seq","id");--> statement-breakpoint
CREATE INDEX "billing_audit_logs_by_actor_idx" ON "__qzpay__"."billing_audit_logs" USING btree ("livemode","actor_type","actor_id","created_at","id") WHERE actor_id is not null;--> statement-breakpoint
CREATE INDEX "billing_audit_logs_request_idx" ON "__qzpay__"."billing_audit_logs" USING btree ("livemode","request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX "billing_checkouts_by_customer_idx" ON "__qzpay__"."billing_checkouts" USING btree ("livemode","customer_id","created_at","id") WHERE customer_id is not null;--> statement-breakpoint
CREATE INDEX "billing_checkouts_list_idx" ON "__qzpay__"."billing_checkouts" USING btree ("livemode","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_checkouts_expire_due_idx" ON "__qzpay__"."billing_checkouts" USING btree ("livemode","expires_at","id") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "billing_checkouts_expired_idx" ON "__qzpay__"."billing_checkouts" USING btree ("livemode","expires_at") WHERE status = 'expired';--> statement-breakpoint
CREATE INDEX "billing_checkouts_provider_ids_idx" ON "__qzpay__"."billing_checkouts" USING gin ("provider_session_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "billing_customer_entitlements_by_key_idx" ON "__qzpay__"."billing_customer_entitlements" USING btree ("livemode","entitlement_key","customer_id");--> statement-breakpoint
CREATE INDEX "billing_customer_entitlements_expiring_idx" ON "__qzpay__"."billing_customer_entitlements" USING btree ("livemode","expires_at","id") WHERE expires_at is not null;--> statement-breakpoint
CREATE INDEX "billing_customer_entitlements_by_source_idx" ON "__qzpay__"."billing_customer_entitlements" USING btree ("livemode","source","source_id") WHERE source_id is not null;--> statement-breakpoint
CREATE INDEX "billing_customer_limits_by_key_idx" ON "__qzpay__"."billing_customer_limits" USING btree ("livemode","limit_key","customer_id");--> statement-breakpoint
CREATE INDEX "billing_customer_limits_reset_due_idx" ON "__qzpay__"."billing_customer_limits" USING btree ("livemode","reset_at") WHERE reset_at is not null;--> statement-breakpoint
CREATE INDEX "billing_customer_limits_by_source_idx" ON "__qzpay__"."billing_customer_limits" USING btree ("livemode","source","source_id") WHERE source_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_customers_external_id_live_key" ON "__qzpay__"."billing_customers" USING btree ("livemode","external_id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_customers_email_idx" ON "__qzpay__"."billing_customers" USING btree ("livemode","email_key") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_customers_list_idx" ON "__qzpay__"."billing_customers" USING btree ("livemode","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_customers_count_idx" ON "__qzpay__"."billing_customers" USING btree ("livemode") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_customers_provider_ids_idx" ON "__qzpay__"."billing_customers" USING gin ("provider_customer_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "billing_customers_tax_id_idx" ON "__qzpay__"."billing_customers" USING btree ("livemode","tax_id") WHERE tax_id is not null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_customers_erase_due_idx" ON "__qzpay__"."billing_customers" USING btree ("livemode","deleted_at") WHERE deleted_at is not null and anonymized_at is null;--> statement-breakpoint
CREATE INDEX "billing_idempotency_keys_expiry_idx" ON "__qzpay__"."billing_idempotency_keys" USING btree ("livemode","expires_at");--> statement-breakpoint
CREATE INDEX "billing_idempotency_keys_customer_idx" ON "__qzpay__"."billing_idempotency_keys" USING btree ("livemode","customer_id") WHERE customer_id is not null;--> statement-breakpoint
CREATE INDEX "billing_invoice_lines_price_idx" ON "__qzpay__"."billing_invoice_lines" USING btree ("livemode","price_id") WHERE price_id is not null;--> statement-breakpoint
CREATE INDEX "billing_invoice_payments_by_payment_idx" ON "__qzpay__"."billing_invoice_payments" USING btree ("livemode","payment_id");--> statement-breakpoint
CREATE INDEX "billing_invoices_by_customer_idx" ON "__qzpay__"."billing_invoices" USING btree ("livemode","customer_id","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_invoices_by_subscription_idx" ON "__qzpay__"."billing_invoices" USING btree ("livemode","subscription_id","created_at","id") WHERE subscription_id is not null;--> statement-breakpoint
CREATE INDEX "billing_invoices_by_status_idx" ON "__qzpay__"."billing_invoices" USING btree ("livemode","status","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_invoices_list_idx" ON "__qzpay__"."billing_invoices" USING btree ("livemode","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_invoices_count_idx" ON "__qzpay__"."billing_invoices" USING btree ("livemode") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_invoices_due_idx" ON "__qzpay__"."billing_invoices" USING btree ("livemode","due_date","id") WHERE status in ('draft', 'open') and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_invoices_provider_ids_idx" ON "__qzpay__"."billing_invoices" USING gin ("provider_invoice_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE UNIQUE INDEX "billing_payment_methods_one_default_key" ON "__qzpay__"."billing_payment_methods" USING btree ("livemode","customer_id") WHERE is_default and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_payment_methods_by_customer_idx" ON "__qzpay__"."billing_payment_methods" USING btree ("livemode","customer_id","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_payment_methods_list_idx" ON "__qzpay__"."billing_payment_methods" USING btree ("livemode","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_payment_methods_deleted_idx" ON "__qzpay__"."billing_payment_methods" USING btree ("livemode","deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX "billing_payment_methods_expiring_idx" ON "__qzpay__"."billing_payment_methods" USING btree ("livemode",(card -> 'expYear'),(card -> 'expMonth')) WHERE card is not null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_payment_methods_provider_ids_idx" ON "__qzpay__"."billing_payment_methods" USING gin ("provider_payment_method_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "billing_payments_by_customer_idx" ON "__qzpay__"."billing_payments" USING btree ("livemode","customer_id","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_payments_by_subscription_idx" ON "__qzpay__"."billing_payments" USING btree ("livemode","subscription_id","created_at","id") WHERE subscription_id is not null;--> statement-breakpoint
CREATE INDEX "billing_payments_by_invoice_idx" ON "__qzpay__"."billing_payments" USING btree ("livemode","invoice_id","created_at","id") WHERE invoice_id is not null;--> statement-breakpoint
CREATE INDEX "billing_payments_by_status_idx" ON "__qzpay__"."billing_payments" USING btree ("livemode","status","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_payments_list_idx" ON "__qzpay__"."billing_payments" USING btree ("livemode","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_payments_count_idx" ON "__qzpay__"."billing_payments" USING btree ("livemode") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_payments_unsettled_idx" ON "__qzpay__"."billing_payments" USING btree ("livemode","created_at","id") WHERE status in ('pending', 'processing') and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_payments_provider_ids_idx" ON "__qzpay__"."billing_payments" USING gin ("provider_payment_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "billing_plans_active_idx" ON "__qzpay__"."billing_plans" USING btree ("livemode","created_at","id") WHERE active and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_prices_by_plan_idx" ON "__qzpay__"."billing_prices" USING btree ("livemode","plan_id","currency","unit_amount");--> statement-breakpoint
CREATE INDEX "billing_prices_provider_ids_idx" ON "__qzpay__"."billing_prices" USING gin ("provider_price_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "billing_promo_code_usage_by_customer_idx" ON "__qzpay__"."billing_promo_code_usage" USING btree ("livemode","customer_id","used_at","id");--> statement-breakpoint
CREATE INDEX "billing_promo_code_usage_by_promo_code_idx" ON "__qzpay__"."billing_promo_code_usage" USING btree ("livemode","promo_code_id","used_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_promo_codes_code_live_key" ON "__qzpay__"."billing_promo_codes" USING btree ("livemode","code_key") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_promo_codes_active_idx" ON "__qzpay__"."billing_promo_codes" USING btree ("livemode","valid_until") WHERE active and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_promo_codes_list_idx" ON "__qzpay__"."billing_promo_codes" USING btree ("livemode","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_promo_codes_deleted_idx" ON "__qzpay__"."billing_promo_codes" USING btree ("livemode","deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "billing_refunds_succeeded_provider_refund_key" ON "__qzpay__"."billing_refunds" USING btree ("livemode","provider_refund_id") WHERE status = 'succeeded' and provider_refund_id is not null;--> statement-breakpoint
CREATE INDEX "billing_refunds_by_payment_idx" ON "__qzpay__"."billing_refunds" USING btree ("livemode","payment_id","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_refunds_pending_idx" ON "__qzpay__"."billing_refunds" USING btree ("livemode","created_at","id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "billing_subscription_addons_by_subscription_idx" ON "__qzpay__"."billing_subscription_addons" USING btree ("livemode","subscription_id","added_at","id");--> statement-breakpoint
CREATE INDEX "billing_subscription_addons_by_add_on_idx" ON "__qzpay__"."billing_subscription_addons" USING btree ("livemode","add_on_id");--> statement-breakpoint
CREATE INDEX "billing_subscription_addons_expiring_idx" ON "__qzpay__"."billing_subscription_addons" USING btree ("livemode","expires_at") WHERE expires_at is not null and status = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX "billing_subscription_polling_jobs_one_pending_key" ON "__qzpay__"."billing_subscription_polling_jobs" USING btree ("livemode","provider","provider_resource_id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "billing_subscription_polling_jobs_due_idx" ON "__qzpay__"."billing_subscription_polling_jobs" USING btree ("livemode","next_poll_at","id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "billing_subscription_polling_jobs_by_subscription_idx" ON "__qzpay__"."billing_subscription_polling_jobs" USING btree ("livemode","subscription_id","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_subscriptions_by_customer_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","customer_id","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_subscriptions_list_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_deleted_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_count_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_by_status_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","status","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_period_end_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","current_period_end","id") WHERE status in ('active', 'trialing') and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_trial_end_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","trial_end","id") WHERE status = 'trialing' and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_retry_due_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","next_retry_at","id") WHERE status = 'past_due' and next_retry_at is not null and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_grace_end_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","grace_period_ends_at","id") WHERE status = 'past_due' and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_cancel_at_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","cancel_at","id") WHERE cancel_at is not null and status in ('active', 'trialing', 'past_due', 'paused') and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_plan_change_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode",(scheduled_plan_change ->> 'applyAt')) WHERE scheduled_plan_change ->> 'status' = 'pending' and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_plan_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","plan_id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_price_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","price_id") WHERE price_id is not null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_promo_code_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","promo_code_id") WHERE promo_code_id is not null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_payment_method_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","default_payment_method_id") WHERE default_payment_method_id is not null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_sync_due_idx" ON "__qzpay__"."billing_subscriptions" USING btree ("livemode","provider_synced_at" NULLS FIRST) WHERE status in ('active', 'trialing', 'past_due', 'paused') and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_subscriptions_provider_ids_idx" ON "__qzpay__"."billing_subscriptions" USING gin ("provider_subscription_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "billing_usage_records_by_limit_idx" ON "__qzpay__"."billing_usage_records" USING btree ("livemode","customer_id","limit_key","occurred_at","id");--> statement-breakpoint
CREATE INDEX "billing_usage_records_last_set_idx" ON "__qzpay__"."billing_usage_records" USING btree ("livemode","customer_id","limit_key","occurred_at","id") WHERE action = 'set';--> statement-breakpoint
CREATE INDEX "billing_usage_records_occurred_at_idx" ON "__qzpay__"."billing_usage_records" USING brin ("occurred_at") WITH (autosummarize=true);--> statement-breakpoint
CREATE INDEX "billing_vendor_payouts_by_vendor_idx" ON "__qzpay__"."billing_vendor_payouts" USING btree ("livemode","vendor_id","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_vendor_payouts_open_idx" ON "__qzpay__"."billing_vendor_payouts" USING btree ("livemode","created_at","id") WHERE status in ('pending', 'processing');--> statement-breakpoint
CREATE INDEX "billing_vendor_payouts_provider_ids_idx" ON "__qzpay__"."billing_vendor_payouts" USING gin ("provider_payout_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE UNIQUE INDEX "billing_vendors_external_id_live_key" ON "__qzpay__"."billing_vendors" USING btree ("livemode","external_id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_vendors_by_status_idx" ON "__qzpay__"."billing_vendors" USING btree ("livemode","status","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_vendors_by_onboarding_idx" ON "__qzpay__"."billing_vendors" USING btree ("livemode","onboarding_status","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_vendors_payable_idx" ON "__qzpay__"."billing_vendors" USING btree ("livemode","created_at","id") WHERE can_receive_payments and deleted_at is null;--> statement-breakpoint
CREATE INDEX "billing_vendors_provider_ids_idx" ON "__qzpay__"."billing_vendors" USING gin ("provider_account_ids" jsonb_path_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "billing_webhook_dead_letter_unresolved_idx" ON "__qzpay__"."billing_webhook_dead_letter" USING btree ("livemode","created_at","id") WHERE resolved_at is null;--> statement-breakpoint
CREATE INDEX "billing_webhook_dead_letter_resolved_idx" ON "__qzpay__"."billing_webhook_dead_letter" USING btree ("livemode","resolved_at") WHERE resolved_at is not null;--> statement-breakpoint
CREATE INDEX "billing_webhook_dead_letter_customer_idx" ON "__qzpay__"."billing_webhook_dead_letter" USING btree ("livemode","customer_id") WHERE customer_id is not null;--> statement-breakpoint
CREATE INDEX "billing_webhook_events_due_idx" ON "__qzpay__"."billing_webhook_events" USING btree ("livemode","next_retry_at","id") WHERE status in ('pending', 'failed');--> statement-breakpoint
CREATE INDEX "billing_webhook_events_stale_idx" ON "__qzpay__"."billing_webhook_events" USING btree ("livemode","next_retry_at") WHERE status = 'processing';--> statement-breakpoint
CREATE INDEX "billing_webhook_events_by_type_idx" ON "__qzpay__"."billing_webhook_events" USING btree ("livemode","provider","type","created_at","id");--> statement-breakpoint
CREATE INDEX "billing_webhook_events_purge_idx" ON "__qzpay__"."billing_webhook_events" USING btree ("livemode","processed_at") WHERE status = 'processed';--> statement-breakpoint
CREATE INDEX "billing_webhook_events_dead_idx" ON "__qzpay__"."billing_webhook_events" USING btree ("livemode","created_at") WHERE status = 'dead_letter';--> statement-breakpoint
CREATE INDEX "billing_webhook_events_customer_idx" ON "__qzpay__"."billing_webhook_events" USING btree ("livemode","customer_id") WHERE customer_id is not null;