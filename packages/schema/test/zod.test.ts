import { createQZPayTables, type QZPayCustomerInsert, type QZPayInvoiceRow } from '@qzpay/schema';
import * as zodSchemas from '@qzpay/schema/zod';
import {
  createQZPayZodSchemas,
  qzpayAddonInsertSchema,
  qzpayAuditLogInsertSchema,
  qzpayCustomerInsertSchema,
  qzpayCustomerSelectSchema,
  qzpayCustomerUpdateSchema,
  qzpayInvoiceLineInsertSchema,
  type qzpayInvoiceSelectSchema,
  qzpayPaymentInsertSchema,
  qzpayPaymentMethodInsertSchema,
  qzpayPlanInsertSchema,
  qzpayPriceInsertSchema,
  qzpayPromoCodeInsertSchema,
  qzpaySubscriptionUpdateSchema,
  qzpayUsageRecordInsertSchema,
  qzpayVendorInsertSchema,
  qzpayWebhookEventInsertSchema,
} from '@qzpay/schema/zod';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod/v4';
import { describeTables } from './support.js';

const customer = {
  id: 'cus_1',
  externalId: 'user-1',
  email: 'Ada@example.com',
  emailKey: 'ada@example.com',
  livemode: false,
};
const payment = { id: 'pay_1', customerId: 'cus_1', amount: 1999, currency: 'USD', status: 'pending', livemode: false };
const line = {
  id: 'l',
  invoiceId: 'i',
  position: 0,
  description: 'Seats',
  unitAmount: 0.5,
  amount: 1.5,
  livemode: true,
};

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe('insert validators', () => {
  it('accept a row without the columns that have a default or may be null', () => {
    expect(qzpayCustomerInsertSchema.parse(customer)).toEqual(customer);
    expect(accepts(qzpayPaymentInsertSchema, payment)).toBe(true);
    expect(accepts(qzpayInvoiceLineInsertSchema, line)).toBe(true);
  });

  it.each(['id', 'externalId', 'email', 'emailKey', 'livemode'])('ask for %s', (key) => {
    expect(accepts(qzpayCustomerInsertSchema, { ...customer, [key]: undefined })).toBe(false);
    expect(accepts(qzpayCustomerInsertSchema, { ...customer, [key]: null })).toBe(false);
  });

  it('refuse money that is no safe integer, and know no other rule about it', () => {
    const withAmount = (amount: unknown) => accepts(qzpayPaymentInsertSchema, { ...payment, amount });
    expect([3_000_000_000, 0, -5, Number.MAX_SAFE_INTEGER].map(withAmount)).toEqual([true, true, true, true]);
    expect([0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '100', null].map(withAmount)).toEqual(
      Array<boolean>(6).fill(false),
    );
  });

  it('accept every finite number where fractions are kept', () => {
    const withQuantity = (quantity: unknown) => accepts(qzpayInvoiceLineInsertSchema, { ...line, quantity });
    expect([1.5, -2, 1e20, 0.1].map(withQuantity)).toEqual([true, true, true, true]);
    expect([Number.NaN, Number.POSITIVE_INFINITY, '1.5'].map(withQuantity)).toEqual([false, false, false]);
  });

  it('hold closed sets closed and leave open sets open', () => {
    expect(accepts(qzpayPaymentInsertSchema, { ...payment, status: 'lost' })).toBe(false);
    expect(accepts(qzpayPaymentInsertSchema, { ...payment, currency: 'clp' })).toBe(true);
    expect(accepts(qzpayPaymentInsertSchema, { ...payment, provider: 'some-bank' })).toBe(true);
  });

  it('refuse ids that are empty, too long to be indexed or not storable', () => {
    const withId = (id: unknown) => accepts(qzpayCustomerInsertSchema, { ...customer, id });
    expect(['pro', 'po_1', '018f3c', 'x'.repeat(512), 'ñ'.repeat(256)].map(withId)).toEqual(Array(5).fill(true));
    expect(['', 'x'.repeat(513), 'ñ'.repeat(257), 'a\0b', '\ud800', 7].map(withId)).toEqual(Array(6).fill(false));
  });

  it('hold other indexed text to the same length, but not to a content', () => {
    const withKey = (emailKey: string) => accepts(qzpayCustomerInsertSchema, { ...customer, emailKey });
    expect(withKey('')).toBe(true);
    expect(withKey('x'.repeat(513))).toBe(false);
  });

  it('take long text and emoji where nothing is indexed', () => {
    expect(accepts(qzpayCustomerInsertSchema, { ...customer, name: '🦊'.repeat(1000), phone: '+'.repeat(60) })).toBe(
      true,
    );
    expect(accepts(qzpayCustomerInsertSchema, { ...customer, name: 'a\0b' })).toBe(false);
  });

  it('take flat metadata of any size', () => {
    const withMetadata = (metadata: unknown) => accepts(qzpayCustomerInsertSchema, { ...customer, metadata });
    expect(withMetadata({ a: 'x'.repeat(100_000), b: 1.5, c: true, d: null, e: undefined })).toBe(true);
    for (const bad of [null, [], 'text', { a: {} }, { a: [1] }, { a: Number.NaN }, { a: new Date() }, { a: 'a\0b' }]) {
      expect(withMetadata(bad)).toBe(false);
    }
  });

  it('take provider ids as a map from text to text', () => {
    const withIds = (providerCustomerIds: unknown) =>
      accepts(qzpayCustomerInsertSchema, { ...customer, providerCustomerIds });
    expect(withIds({ stripe: 'cus_9', 'some-bank': '42' })).toBe(true);
    for (const bad of [null, [], { stripe: 42 }, { stripe: null }, { stripe: 'a\0b' }])
      expect(withIds(bad)).toBe(false);
  });

  it('know the shape of the other JSON columns', () => {
    const card = { brand: 'visa', last4: '4242', expMonth: 1, expYear: 2030, funding: 'credit', country: null };
    const method = { id: 'pm', customerId: 'cus_1', type: 'card', livemode: false };
    expect(accepts(qzpayPaymentMethodInsertSchema, { ...method, card })).toBe(true);
    expect(accepts(qzpayPaymentMethodInsertSchema, { ...method, card: { ...card, brand: 'maestro' } })).toBe(false);
    expect(accepts(qzpayPaymentMethodInsertSchema, { ...method, card: { last4: '4242' } })).toBe(false);

    const plan = { id: 'pro', name: 'Pro', livemode: false };
    expect(
      accepts(qzpayPlanInsertSchema, { ...plan, features: [{ name: 'SSO', included: true }], limits: { seats: -1 } }),
    ).toBe(true);
    expect(accepts(qzpayPlanInsertSchema, { ...plan, features: [{ name: 'SSO' }] })).toBe(false);
    expect(accepts(qzpayPlanInsertSchema, { ...plan, limits: { seats: '5' } })).toBe(false);

    const addon = { id: 'a', name: 'A', unitAmount: 1, currency: 'usd', billingInterval: 'one_time', livemode: false };
    expect(accepts(qzpayAddonInsertSchema, { ...addon, limits: [{ key: 'seats', value: 1.5, action: 'set' }] })).toBe(
      true,
    );
    expect(accepts(qzpayAddonInsertSchema, { ...addon, limits: { seats: 1 } })).toBe(false);

    const vendor = { id: 'v', externalId: 'e', name: 'V', email: 'v@example.com', livemode: false };
    expect(
      accepts(qzpayVendorInsertSchema, { ...vendor, payoutSchedule: { interval: 'monthly', dayOfMonth: 1 } }),
    ).toBe(true);
    expect(accepts(qzpayVendorInsertSchema, { ...vendor, payoutSchedule: { interval: 'yearly' } })).toBe(false);
  });

  it('take conditions of kinds that only the host knows', () => {
    const promoCode = {
      id: 'p',
      code: 'X',
      codeKey: 'x',
      discountType: 'percentage',
      discountValue: 12.5,
      livemode: false,
    };
    const conditions = [
      { type: 'birthday', value: { month: 3, names: ['Ada', null] } },
      { type: 'min_amount', value: 5 },
    ];
    expect(qzpayPromoCodeInsertSchema.parse({ ...promoCode, conditions }).conditions).toEqual(conditions);
    expect(accepts(qzpayPromoCodeInsertSchema, { ...promoCode, conditions: [{ value: 1 }] })).toBe(false);
    expect(accepts(qzpayPromoCodeInsertSchema, { ...promoCode, conditions: [{ type: 'x', value: () => 1 }] })).toBe(
      false,
    );
  });

  it('keep fields of JSON objects that they do not know', () => {
    const savedCard = {
      id: 'c',
      provider: 'stripe',
      lastFourDigits: '4242',
      expirationMonth: 1,
      expirationYear: 2030,
      createdAt: '2025-01-02T03:04:05.678Z',
      wallet: 'phone',
    };
    expect(qzpayCustomerInsertSchema.parse({ ...customer, savedCards: [savedCard] }).savedCards).toEqual([savedCard]);
    expect(
      accepts(qzpayCustomerInsertSchema, { ...customer, savedCards: [{ ...savedCard, createdAt: 'today' }] }),
    ).toBe(false);
  });

  it('take any JSON as the body of a webhook and an object as the change of an audit entry', () => {
    const event = { id: 'w', provider: 'p', providerEventId: 'e', type: 't', livemode: false };
    for (const payload of [{ a: [1, { b: null }] }, [1], 'text', 0, false]) {
      expect(accepts(qzpayWebhookEventInsertSchema, { ...event, payload })).toBe(true);
    }
    for (const payload of [undefined, { a: 'x\0' }, { a: Number.NaN }, { a: 1n }]) {
      expect(accepts(qzpayWebhookEventInsertSchema, { ...event, payload })).toBe(false);
    }
    const entry = {
      id: 'a',
      entityType: 'customer',
      entityId: 'c',
      action: 'update',
      payloadHash: 'h',
      livemode: false,
    };
    expect(accepts(qzpayAuditLogInsertSchema, { ...entry, changes: { name: 'Ada' } })).toBe(true);
    expect(accepts(qzpayAuditLogInsertSchema, { ...entry, changes: ['name'] })).toBe(false);
  });

  it('refuse invalid dates, and texts in the place of dates', () => {
    const usage = { id: 'u', customerId: 'c', limitKey: 'calls', quantity: 0.25, livemode: true };
    expect(accepts(qzpayUsageRecordInsertSchema, { ...usage, timestamp: new Date(0) })).toBe(true);
    expect(accepts(qzpayUsageRecordInsertSchema, { ...usage, timestamp: new Date(Number.NaN) })).toBe(false);
    expect(accepts(qzpayUsageRecordInsertSchema, { ...usage, timestamp: '2025-01-01' })).toBe(false);
  });

  it('hold lists of text to text', () => {
    const plan = { id: 'pro', name: 'Pro', livemode: false };
    expect(accepts(qzpayPlanInsertSchema, { ...plan, entitlements: ['sso', ''] })).toBe(true);
    expect(accepts(qzpayPlanInsertSchema, { ...plan, entitlements: ['a\0'] })).toBe(false);
    expect(accepts(qzpayPlanInsertSchema, { ...plan, entitlements: [1] })).toBe(false);
  });

  it('hold counts to safe integers', () => {
    const price = { id: 'p', planId: 'pro', currency: 'USD', unitAmount: 5, billingInterval: 'month', livemode: false };
    expect(accepts(qzpayPriceInsertSchema, { ...price, trialDays: 5_000_000_000 })).toBe(true);
    expect(accepts(qzpayPriceInsertSchema, { ...price, trialDays: 1.5 })).toBe(false);
  });
});

describe('update validators', () => {
  it('accept any part of a row, null only where the column may be null', () => {
    expect(qzpayCustomerUpdateSchema.parse({})).toEqual({});
    expect(qzpayCustomerUpdateSchema.parse({ name: null, email: 'x' })).toEqual({ name: null, email: 'x' });
    expect(accepts(qzpayCustomerUpdateSchema, { email: null })).toBe(false);
    expect(accepts(qzpayCustomerUpdateSchema, { metadata: { nested: {} } })).toBe(false);
  });

  it('clear and replace a scheduled plan change', () => {
    const change = {
      newPlanId: 'pro',
      newPriceId: 'price',
      targetTransactionAmountMajor: 12.5,
      applyAt: '2025-02-01T00:00:00.000Z',
      requestedAt: '2025-01-01T00:00:00.000Z',
      status: 'pending',
      attemptCount: 0,
    };
    expect(accepts(qzpaySubscriptionUpdateSchema, { scheduledPlanChange: null })).toBe(true);
    expect(qzpaySubscriptionUpdateSchema.parse({ scheduledPlanChange: change }).scheduledPlanChange).toEqual(change);
    expect(accepts(qzpaySubscriptionUpdateSchema, { scheduledPlanChange: { ...change, status: 'canceled' } })).toBe(
      false,
    );
  });
});

describe('select validators', () => {
  it('ask for every column', () => {
    const row = {
      ...customer,
      name: null,
      phone: null,
      providerCustomerIds: {},
      savedCards: null,
      preferredLanguage: null,
      segment: null,
      tier: null,
      billingAddress: { line1: 'Main Street 1', companyName: 'ACME' },
      shippingAddress: null,
      taxId: null,
      taxIdType: null,
      anonymizedAt: null,
      metadata: {},
      version: '018f3c1e-8f5b-7c3a-9d2e-3b1f6a7c8d9e',
      createdAt: new Date(0),
      updatedAt: new Date(0),
      deletedAt: null,
    };
    expect(qzpayCustomerSelectSchema.parse(row)).toEqual(row);
    expect(accepts(qzpayCustomerSelectSchema, customer)).toBe(false);
    expect(accepts(qzpayCustomerSelectSchema, { ...row, version: 'not a uuid' })).toBe(false);
  });
});

describe('the set of validators', () => {
  it('has three for every table, each an export of its own', () => {
    const schemas = createQZPayZodSchemas();
    expect(Object.keys(schemas).sort()).toEqual(
      describeTables()
        .map(({ key }) => key)
        .sort(),
    );
    const exported = Object.entries(zodSchemas).filter(([name]) => /^qzpay\w+(Select|Insert|Update)Schema$/.test(name));
    expect(exported).toHaveLength(96);
  });

  it('has a validator for every column of every table', () => {
    const schemas = createQZPayZodSchemas(createQZPayTables({ schema: 'other' }));
    for (const { key, columns } of describeTables()) {
      expect(Object.keys(schemas[key].select.shape), key).toEqual(columns.map(([column]) => column));
    }
  });

  it('has the types of the rows', () => {
    expectTypeOf<z.infer<typeof qzpayCustomerInsertSchema>>().toExtend<QZPayCustomerInsert>();
    expectTypeOf<z.infer<typeof qzpayInvoiceSelectSchema>['total']>().toEqualTypeOf<QZPayInvoiceRow['total']>();
    expectTypeOf<z.infer<typeof qzpayInvoiceSelectSchema>['status']>().toEqualTypeOf<QZPayInvoiceRow['status']>();
  });
});
