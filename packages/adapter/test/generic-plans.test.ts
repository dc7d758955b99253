import { createQZPayStorage, type QZPayStorage } from '@qzpay/adapter';
import type { QZPayDrizzleDatabase } from '@qzpay/repositories';
import { createQZPayTestClock, createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres';
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { seedEveryCollection } from './support/every-method.js';

/** PostgreSQL chooses between plans only from the sixth execution on. */
const TIMES = 8;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const PREPARED_UPSERTS = `select name, generic_plans from pg_prepared_statements where statement like '%on conflict%'`;

type PlanCacheMode = 'force_custom_plan' | 'force_generic_plan';

interface Connection {
  readonly database: QZPayDrizzleDatabase;
  query(this: void, text: string): Promise<Record<string, unknown>[]>;
  end(this: void): Promise<void>;
}

/** One connection, so that each statement is prepared once. */
const DRIVERS: Readonly<Record<string, (url: string, mode: PlanCacheMode) => Connection>> = {
  'postgres.js': (url, mode) => {
    const client = postgres(url, { max: 1, onnotice: () => {}, connection: { plan_cache_mode: mode } });
    return {
      database: drizzlePostgresJs({ client }),
      query: async (text) => [...(await client.unsafe(text))],
      end: () => client.end(),
    };
  },
  'node-postgres': (url, mode) => {
    const client = new pg.Pool({ connectionString: url, max: 1, options: `-c plan_cache_mode=${mode}` });
    return {
      database: drizzleNodePostgres({ client }),
      query: async (text) => (await client.query<Record<string, unknown>>(text)).rows,
      end: () => client.end(),
    };
  },
};

/** Every statement that inserts or finds the row there already, called with a key of its own. */
function upserts(
  { invoices, repositories: all }: QZPayStorage,
  customerId: string,
  forgetEvents: () => Promise<unknown>,
) {
  const record = (idempotencyKey: string, movesLimit: boolean) =>
    all.usageRecords.record({ customerId, limitKey: 'seats', quantity: 1, idempotencyKey }, { movesLimit });
  return {
    'customers.upsertByExternalId': (key) =>
      all.customers.upsertByExternalId({ externalId: key, email: 'a@b.c', providerCustomerIds: { stripe: key } }),
    'refunds.append': (key) =>
      all.refunds.append({
        paymentId: 'pay',
        amount: 1,
        currency: 'EUR',
        status: 'succeeded',
        providerRefundId: key,
      }),
    'customerEntitlements.grant': (key) =>
      all.customerEntitlements.grant({ customerId, entitlementKey: key, expiresAt: new Date('2030-01-01') }),
    'customerLimits.set': (key) => all.customerLimits.set({ customerId, limitKey: key, maxValue: 1.5 }),
    'usageRecords.record': (key) => record(`still ${key}`, false),
    'usageRecords.record that moves a limit': (key) => record(`moving ${key}`, true),
    'idempotencyKeys.begin': (key) => all.idempotencyKeys.begin({ key, requestHash: 'x' }),
    'invoicePayments.record': async (key) => {
      if ((await invoices.findById(key)) === null) await invoices.create({ id: key, customerId, lines: [] });
      return all.invoicePayments.record({ invoiceId: key, paymentId: 'pay', amountApplied: 1, currency: 'EUR' });
    },
    'subscriptionPollingJobs.create': (key) =>
      all.subscriptionPollingJobs.create({
        subscriptionId: 'sub',
        provider: 'stripe',
        providerResourceId: key,
        nextPollAt: new Date('2030-01-01'),
      }),
    'webhookEvents.receive': (key) =>
      all.webhookEvents.receive({ provider: 'stripe', providerEventId: key, type: 'x', payload: {} }),
    'webhookEvents.moveToDeadLetter': async (key) => {
      await forgetEvents();
      await all.webhookEvents.receive({ provider: 'paypal', providerEventId: key, type: 'x', payload: {} });
      const [claim] = await all.webhookEvents.claim('worker', 1);
      if (claim === undefined) throw new Error('Nothing to claim');
      return all.webhookEvents.moveToDeadLetter(claim, 'x');
    },
  } satisfies Record<string, (key: string) => Promise<unknown>>;
}

describe.each(Object.entries(DRIVERS))('prepared upserts on %s', (_, open) => {
  /** What each upsert answers, first for new keys and then for a known one, with keys and ids made equal. */
  async function answersUnder(mode: PlanCacheMode) {
    const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer() });
    if (url === null) throw new Error('Statements are prepared on a server.');
    const { database, query, end } = open(url, mode);
    const storage = createQZPayStorage(database, { clock: createQZPayTestClock(), defaultCurrency: 'EUR' });
    const { customerId } = await seedEveryCollection(storage, false);
    const forgetEvents = () => query('delete from qzpay.billing_webhook_events');
    const answers: Record<string, string[]> = {};
    for (const [name, upsert] of Object.entries(upserts(storage, customerId, forgetEvents))) {
      const given: string[] = [];
      for (let call = 0; call < 2 * TIMES; call += 1) {
        const key = `key ${call < TIMES ? call : 0}`;
        const answer = await upsert(key).catch((error: unknown) => String(error));
        given.push(JSON.stringify(answer).replaceAll(key, 'key').replaceAll(UUID, 'id'));
      }
      answers[name] = given;
    }
    const prepared = await query(PREPARED_UPSERTS);
    await end();
    await drop();
    return { answers, prepared };
  }

  it('answer under generic plans as under plans made for their arguments', async () => {
    const generic = await answersUnder('force_generic_plan');
    const custom = await answersUnder('force_custom_plan');
    for (const [name, answers] of Object.entries(generic.answers)) {
      expect(answers, name).toEqual(custom.answers[name]);
      expect(answers[0], name).toContain('key"');
      expect(new Set(answers.slice(0, TIMES)).size, name).toBe(1);
      expect(new Set(answers.slice(TIMES)).size, name).toBe(1);
    }
    expect(generic.prepared).toHaveLength(Object.keys(generic.answers).length);
    expect(generic.prepared.every(({ generic_plans }) => Number(generic_plans) >= TIMES)).toBe(true);
    expect(custom.prepared.every(({ generic_plans }) => Number(generic_plans) === 0)).toBe(true);
  });
});
