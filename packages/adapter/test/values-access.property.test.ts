import { QZPAY_SOURCE_TYPE_VALUES, QZPAY_USAGE_ACTION_VALUES } from '@qzpay/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  finite,
  instant,
  key,
  longText,
  metadata,
  NUM_RUNS,
  nullable,
  optional,
  unique,
} from './support/arbitraries.js';
import { describeOnEveryDriver } from './support/drivers.js';

const definition = { name: longText, description: nullable(longText), createdAt: instant, updatedAt: instant };
const source = { source: fc.constantFrom(...QZPAY_SOURCE_TYPE_VALUES), sourceId: key };

describeOnEveryDriver('whatever the type allows comes back as it was', (setup) => {
  it('definitions of entitlements', async () => {
    const { storage, clock } = await setup();
    const patch = fc.record({ name: longText, description: nullable(longText) });
    await fc.assert(
      fc.asyncProperty(key, fc.record(definition), patch, async (prefix, given, changes) => {
        const id = unique();
        const entitlement = { ...given, id, key: `${prefix}${id}` };
        expect(await storage.entitlements.createDefinition(entitlement)).toEqual(entitlement);
        expect(await storage.entitlements.findDefinitionByKey(entitlement.key)).toEqual(entitlement);
        await storage.repositories.entitlements.update(id, changes);
        const updated = { ...entitlement, ...changes, updatedAt: clock() };
        expect(await storage.entitlements.findDefinitionByKey(entitlement.key)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('grants', async () => {
    const { storage, clock } = await setup();
    const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
    await fc.assert(
      fc.asyncProperty(key, optional({ ...source, expiresAt: instant }), async (prefix, given) => {
        const entitlementKey = `${prefix}${unique()}`;
        const granted = await storage.entitlements.grant({ ...given, customerId, entitlementKey });
        expect(granted).toEqual({
          expiresAt: null,
          source: 'manual',
          sourceId: null,
          ...given,
          customerId,
          entitlementKey,
          grantedAt: clock(),
        });
        const found = await storage.repositories.customerEntitlements.findByCustomerId(customerId);
        expect(found.find((grant) => grant.entitlementKey === entitlementKey)).toMatchObject(granted);
        const lasts = granted.expiresAt === null || granted.expiresAt > clock();
        expect(await storage.entitlements.check(customerId, entitlementKey)).toBe(lasts);
      }),
      NUM_RUNS,
    );
  });

  it('definitions of limits', async () => {
    const { storage, clock } = await setup();
    const patch = fc.record({ name: longText, description: nullable(longText), defaultValue: finite });
    const whole = fc.record({ ...definition, defaultValue: finite });
    await fc.assert(
      fc.asyncProperty(key, whole, patch, async (prefix, given, changes) => {
        const id = unique();
        const limit = { ...given, id, key: `${prefix}${id}` };
        expect(await storage.limits.createDefinition(limit)).toEqual(limit);
        expect(await storage.limits.findDefinitionByKey(limit.key)).toEqual(limit);
        await storage.repositories.limits.update(id, changes);
        const updated = { ...limit, ...changes, updatedAt: clock() };
        expect(await storage.limits.findDefinitionByKey(limit.key)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('limits of customers', async () => {
    const { storage } = await setup();
    const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
    const cap = fc.tuple(fc.record({ maxValue: finite }), optional({ ...source, resetAt: instant }));
    await fc.assert(
      fc.asyncProperty(key, cap, cap, finite, async (prefix, first, second, used) => {
        const limitKey = `${prefix}${unique()}`;
        const complete = ([given, others]: typeof first, currentValue: number) => ({
          resetAt: null,
          source: 'manual',
          sourceId: null,
          ...given,
          ...others,
          customerId,
          limitKey,
          currentValue,
        });
        const set = (given: typeof first) => storage.limits.set({ ...given[0], ...given[1], customerId, limitKey });
        expect(await set(first)).toEqual(complete(first, 0));
        expect(await storage.limits.check(customerId, limitKey)).toEqual(complete(first, 0));
        await storage.limits.increment({ customerId, limitKey, incrementBy: used });
        expect(await set(second)).toEqual(complete(second, used));
        expect(await storage.limits.check(customerId, limitKey)).toEqual(complete(second, used));
      }),
      NUM_RUNS,
    );
  });

  it('usage records', async () => {
    const { storage } = await setup();
    const usage = fc.record({
      customerId: key,
      limitKey: key,
      quantity: finite,
      action: fc.constantFrom(...QZPAY_USAGE_ACTION_VALUES),
      timestamp: instant,
      metadata,
    });
    await fc.assert(
      fc.asyncProperty(usage, async (given) => {
        const record = { ...given, id: unique() };
        expect(await storage.limits.recordUsage(record)).toEqual(record);
        expect(await storage.repositories.usageRecords.findById(record.id)).toMatchObject(record);
        expect((await storage.repositories.usageRecords.findById(record.id))?.metadata).toEqual(given.metadata);
      }),
      NUM_RUNS,
    );
  });
});
