import {
  QZPAY_ADDON_BILLING_INTERVAL_VALUES,
  QZPAY_BILLING_INTERVAL_VALUES,
  QZPAY_PAYMENT_STATUS_VALUES,
} from '@qzpay/core';
import { describe, expect, it } from 'vitest';
import { describeTables } from './support.js';

const tables = describeTables();
const columns = tables.flatMap(({ name: table, columns, checks }) =>
  columns.map(([key, column]) => ({ at: `${table}.${column.name}`, key, column, checks })),
);

const checksOf = (at: string) => {
  const [table = '', column = ''] = at.split('.');
  const { checks = [] } = tables.find(({ name }) => name === table) ?? {};
  return checks.filter(({ sql }) => sql.includes(`"${column}"`)).map(({ sql }) => sql);
};

const having = (key: string) =>
  tables.filter(({ columns }) => columns.some(([name]) => name === key)).map(({ key }) => key);

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe('columns', () => {
  it('are named in snake case after their fields, apart from two words that SQL uses itself', () => {
    const renamed = columns.filter(({ key, column }) => column.name !== snakeCase(key)).map(({ at, key }) => [key, at]);
    expect(renamed).toEqual([
      ['interval', 'billing_subscriptions.billing_interval'],
      ['timestamp', 'billing_usage_records.occurred_at'],
    ]);
  });

  it('hold ids of any shape', () => {
    const ids = columns.filter(({ column }) => column.name === 'id' || column.name.endsWith('_id'));
    expect(ids.length).toBeGreaterThan(50);
    for (const { at, column } of ids) expect(column.getSQLType(), at).toBe('text');
  });

  it('hold instants to the millisecond, with a time zone', () => {
    const instants = columns.filter(({ column }) => column.dataType === 'date');
    expect(instants.length).toBeGreaterThan(80);
    for (const { at, column } of instants) expect(column.getSQLType(), at).toBe('timestamp (3) with time zone');
  });

  it('use few types, all of which every supported engine has', () => {
    expect([...new Set(columns.map(({ column }) => column.getSQLType()))].sort()).toEqual([
      'bigint',
      'boolean',
      'integer',
      'jsonb',
      'numeric',
      'smallint',
      'text',
      'text[]',
      'timestamp (3) with time zone',
      'uuid',
    ]);
  });

  it('keep fractions where the engine computes with them', () => {
    const fractional = columns.filter(({ column }) => column.getSQLType() === 'numeric').map(({ at }) => at);
    expect(fractional.sort()).toEqual([
      'billing_customer_limits.current_value',
      'billing_customer_limits.max_value',
      'billing_invoice_lines.amount',
      'billing_invoice_lines.quantity',
      'billing_invoice_lines.unit_amount',
      'billing_invoices.amount_due',
      'billing_invoices.amount_paid',
      'billing_invoices.discount',
      'billing_invoices.subtotal',
      'billing_invoices.tax',
      'billing_invoices.total',
      'billing_limits.default_value',
      'billing_payments.exchange_rate',
      'billing_promo_codes.discount_value',
      'billing_usage_records.quantity',
      'billing_usage_rollups.quantity',
      'billing_vendors.commission_rate',
    ]);
  });
});

describe('life cycle columns', () => {
  it('mark the tables with soft deletion', () => {
    expect(having('deletedAt').sort()).toEqual([
      'addons',
      'customers',
      'invoices',
      'paymentMethods',
      'payments',
      'plans',
      'prices',
      'promoCodes',
      'subscriptions',
      'vendors',
    ]);
  });

  it('mark the tables with optimistic locking, which all know when they were updated', () => {
    const locked = having('version');
    expect([...locked].sort()).toEqual([
      'addons',
      'checkouts',
      'customers',
      'invoices',
      'paymentMethods',
      'payments',
      'plans',
      'prices',
      'promoCodes',
      'subscriptionAddons',
      'subscriptionPollingJobs',
      'subscriptions',
      'vendorPayouts',
      'vendors',
    ]);
    expect(
      having('updatedAt')
        .filter((key) => !locked.includes(key))
        .sort(),
    ).toEqual([
      'customerEntitlements',
      'customerLimits',
      'entitlements',
      'invoiceSequences',
      'limits',
      'usageRollups',
      'webhookEvents',
    ]);
  });
});

describe('checks', () => {
  it('keep every bigint within what a JavaScript number holds', () => {
    const bigints = columns.filter(({ column }) => column.getSQLType() === 'bigint');
    expect(bigints.length).toBeGreaterThan(20);
    for (const { at, column } of bigints) {
      expect(checksOf(at), at).toEqual([`"${column.name}" between -9007199254740991 and 9007199254740991`]);
    }
  });

  it('list the members of every closed set', () => {
    const closed = columns.filter(
      ({ column }) => column.columnType === 'PgText' && (column.enumValues ?? []).length > 0,
    );
    expect(closed.length).toBeGreaterThan(20);
    for (const { at, column } of closed) {
      const members = (column.enumValues ?? []).map((value) => `'${value}'`).join(', ');
      expect(checksOf(at), at).toEqual([`"${column.name}" in (${members})`]);
    }
  });

  it('take their members from the engine', () => {
    const values = (at: string) => columns.find((column) => column.at === at)?.column.enumValues;
    expect(values('billing_payments.status')).toEqual(QZPAY_PAYMENT_STATUS_VALUES);
    expect(values('billing_subscriptions.billing_interval')).toEqual(QZPAY_BILLING_INTERVAL_VALUES);
    expect(values('billing_addons.billing_interval')).toEqual(QZPAY_ADDON_BILLING_INTERVAL_VALUES);
  });

  it('hold JSON to its kind, save the two bodies that others shape', () => {
    const unchecked = columns
      .filter(({ column }) => column.getSQLType() === 'jsonb')
      .filter(({ at }) => !/^jsonb_typeof\("\w+"\) = '(object|array)'$/.test(checksOf(at)[0] ?? ''))
      .map(({ at }) => at);
    expect(unchecked.sort()).toEqual([
      'billing_idempotency_keys.response',
      'billing_webhook_dead_letter.payload',
      'billing_webhook_events.payload',
    ]);
  });

  it('say nothing else: rules of billing are the engine’s', () => {
    const known = /^"\w+" (in \('|between -9007199254740991 and 9007199254740991$)|^jsonb_typeof\("\w+"\) = '/;
    for (const { checks } of tables) {
      for (const { name, sql } of checks) expect(sql, name).toMatch(known);
    }
  });

  it('leave open sets open', () => {
    for (const at of [
      'billing_payments.currency',
      'billing_prices.currency',
      'billing_payments.provider',
      'billing_invoice_lines.type',
      'billing_audit_logs.actor_type',
      'billing_promo_codes.code',
    ]) {
      expect(checksOf(at), at).toEqual([]);
    }
  });
});

describe('provider ids', () => {
  it('are a map that is never null and can be searched', () => {
    const searchable = tables
      .filter(({ indexes }) => indexes.some(({ method }) => method === 'gin'))
      .map(({ key, indexes }) => {
        const index = indexes.find(({ method }) => method === 'gin');
        expect(index?.with).toEqual({ fastupdate: false });
        expect(index?.columns).toHaveLength(1);
        return `${key}.${index?.columns[0]}`;
      });
    expect(searchable.sort()).toEqual([
      'checkouts.provider_session_ids',
      'customers.provider_customer_ids',
      'invoices.provider_invoice_ids',
      'paymentMethods.provider_payment_method_ids',
      'payments.provider_payment_ids',
      'prices.provider_price_ids',
      'subscriptions.provider_subscription_ids',
      'vendorPayouts.provider_payout_ids',
      'vendors.provider_account_ids',
    ]);
    for (const { at, column } of columns.filter(({ column }) => /^provider_\w+_ids$/.test(column.name))) {
      expect(column.notNull && column.hasDefault, at).toBe(true);
    }
  });
});
