import { describe, expect, it } from 'vitest';
import { describeTables } from './support.js';

const tables = describeTables();
const WITHOUT_MODE = ['billing_currencies', 'billing_migrations'];
const inModes = tables.filter(({ name }) => !WITHOUT_MODE.includes(name));

const NATURAL_KEYS: Record<string, string[]> = {
  billing_currencies: ['code'],
  billing_migrations: ['id'],
  billing_customer_limits: ['livemode', 'customer_id', 'limit_key'],
  billing_idempotency_keys: ['livemode', 'key'],
  billing_invoice_sequences: ['livemode', 'series', 'period'],
  billing_usage_rollups: ['livemode', 'customer_id', 'limit_key', 'hour'],
  billing_audit_blocks: ['livemode', 'block_seq'],
};

describe('modes', () => {
  it('are asked for by every table but the reference data and the ledger, and never assumed', () => {
    for (const { name, columns } of tables) {
      const livemode = columns.find(([key]) => key === 'livemode')?.[1];
      if (WITHOUT_MODE.includes(name)) {
        expect(livemode, name).toBeUndefined();
      } else {
        expect(livemode?.notNull, name).toBe(true);
        expect(livemode?.hasDefault, name).toBe(false);
      }
    }
  });

  it('have their own ids: every primary key contains the mode', () => {
    for (const { name, primaryKeys } of inModes) {
      expect(primaryKeys, name).toHaveLength(1);
      expect(primaryKeys[0]?.columns, name).toContain('livemode');
    }
  });

  it('are part of every foreign key and every unique key', () => {
    for (const { name, foreignKeys, uniques } of tables) {
      for (const { columns, references } of foreignKeys) {
        expect(columns[1], name).toBe('livemode');
        expect(references, name).toMatch(/\(id, livemode\)$/);
      }
      for (const { columns } of uniques) expect(columns[0], name).toBe('livemode');
    }
  });

  it('lead every B-tree, so that a query in one mode never walks the other', () => {
    for (const { indexes } of inModes) {
      for (const { name, columns, method } of indexes) {
        if (method !== 'btree') continue;
        expect(columns[0], name).toBe('livemode');
      }
    }
  });
});

describe('primary keys', () => {
  it('are the id and the mode, or the natural key', () => {
    const keys = Object.fromEntries(tables.map(({ name, primaryKeys }) => [name, primaryKeys[0]?.columns]));
    for (const { name } of tables) {
      expect(keys[name], name).toEqual(NATURAL_KEYS[name] ?? ['id', 'livemode']);
    }
  });
});

describe('foreign keys', () => {
  const found = tables.flatMap(({ name, foreignKeys }) =>
    foreignKeys.map(({ columns, references }) => `${name}.${columns[0]} -> ${references.split('(')[0]}`),
  );

  it('tie exactly what cannot exist alone', () => {
    expect(found.sort()).toEqual([
      'billing_customer_entitlements.customer_id -> billing_customers',
      'billing_customer_limits.customer_id -> billing_customers',
      'billing_invoice_lines.invoice_id -> billing_invoices',
      'billing_invoice_payments.invoice_id -> billing_invoices',
      'billing_invoice_payments.payment_id -> billing_payments',
      'billing_invoices.customer_id -> billing_customers',
      'billing_payment_methods.customer_id -> billing_customers',
      'billing_payments.customer_id -> billing_customers',
      'billing_prices.plan_id -> billing_plans',
      'billing_promo_code_usage.customer_id -> billing_customers',
      'billing_promo_code_usage.promo_code_id -> billing_promo_codes',
      'billing_refunds.payment_id -> billing_payments',
      'billing_subscription_addons.add_on_id -> billing_addons',
      'billing_subscription_addons.subscription_id -> billing_subscriptions',
      'billing_subscription_polling_jobs.subscription_id -> billing_subscriptions',
      'billing_subscriptions.customer_id -> billing_customers',
      'billing_vendor_payouts.vendor_id -> billing_vendors',
    ]);
  });

  it('refuse to delete a parent that has children', () => {
    for (const { foreignKeys } of tables) {
      for (const { name, onDelete } of foreignKeys) expect(onDelete, name).toBe('restrict');
    }
  });

  it('are served by an index over all rows, so that deleting a parent reads no whole table', () => {
    for (const { foreignKeys, indexes, uniques, primaryKeys } of tables) {
      const whole = [...indexes, ...uniques].filter(({ where }) => where === undefined);
      const leading = [...whole, ...primaryKeys].map((key) => key.columns.slice(0, 2));
      for (const { name, columns } of foreignKeys) {
        expect(
          leading.some((pair) => columns.every((column) => pair.includes(column))),
          name,
        ).toBe(true);
      }
    }
  });
});

describe('unique keys', () => {
  it('refuse exactly what must not exist twice', () => {
    const found = tables.flatMap(({ uniques }) =>
      uniques.map(({ name, columns, where, nullsNotDistinct }) =>
        [name, columns.join(', '), where ?? '', nullsNotDistinct ? 'nulls not distinct' : ''].join(' | '),
      ),
    );
    expect(found.sort()).toEqual([
      'billing_customer_entitlements_grant_key | livemode, customer_id, entitlement_key, source, source_id |  | nulls not distinct',
      'billing_customers_external_id_live_key | livemode, external_id | deleted_at is null | ',
      'billing_entitlements_key_key | livemode, key |  | ',
      'billing_invoice_lines_position_key | livemode, invoice_id, position |  | ',
      'billing_invoice_payments_invoice_payment_key | livemode, invoice_id, payment_id |  | ',
      'billing_invoices_number_key | livemode, number |  | ',
      'billing_limits_key_key | livemode, key |  | ',
      'billing_payment_methods_one_default_key | livemode, customer_id | is_default and deleted_at is null | ',
      'billing_promo_code_usage_redemption_key | livemode, promo_code_id, customer_id, redemption_no |  | ',
      'billing_promo_codes_code_live_key | livemode, code_key | deleted_at is null | ',
      "billing_refunds_succeeded_provider_refund_key | livemode, provider_refund_id | status = 'succeeded' and provider_refund_id is not null | ",
      "billing_subscription_polling_jobs_one_pending_key | livemode, provider, provider_resource_id | status = 'pending' | ",
      'billing_usage_records_idempotency_key | livemode, customer_id, idempotency_key |  | ',
      'billing_vendors_external_id_live_key | livemode, external_id | deleted_at is null | ',
      'billing_webhook_dead_letter_provider_event_key | livemode, provider, provider_event_id |  | ',
      'billing_webhook_events_provider_event_key | livemode, provider, provider_event_id |  | ',
    ]);
  });
});
