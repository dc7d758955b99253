import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { QZPayStorage } from '@qzpay/adapter';
import { isQZPayError, type QZPayErrorKind } from '@qzpay/core';
import type { QZPayQueryEvent } from '@qzpay/repositories';
import { expect, it, onTestFinished, vi } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type StorageSetup } from './support/drivers.js';
import { everyMethod, seedEveryCollection } from './support/every-method.js';
import { untyped } from './support/untyped.js';

const SECRET = 's3cr3t-4711';
const WHOLE = { depth: 9, maxArrayLength: null, maxStringLength: null };
const customer = { externalId: 'user-1', email: 'a@b.c' };

/** Makes a write of a customer named `raise <SQLSTATE>` fail with that state, at once or only at COMMIT. */
async function raiseOnDemand({ query }: StorageSetup, when: 'now' | 'at commit'): Promise<void> {
  await query(`create or replace function raise_on_demand() returns trigger language plpgsql as $$ begin
    if new.name like 'raise %' then raise exception using errcode = substr(new.name, 7), message = new.email; end if;
    return new; end $$`);
  await query('drop trigger if exists raise_on_demand on billing_customers');
  await query(
    when === 'now'
      ? 'create trigger raise_on_demand before insert or update on billing_customers for each row execute function raise_on_demand()'
      : 'create constraint trigger raise_on_demand after insert or update on billing_customers deferrable initially deferred for each row execute function raise_on_demand()',
  );
}

async function stopRaising({ query }: StorageSetup): Promise<void> {
  await query('drop trigger raise_on_demand on billing_customers');
}

/** What is printed by whatever means until the test is finished; nothing of it comes out. */
function watchPrinted(): () => Promise<unknown[]> {
  const printed: unknown[] = [];
  const note = (...values: unknown[]) => {
    printed.push(...values.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value)));
    return true;
  };
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const) {
    vi.spyOn(console, method).mockImplementation(note);
  }
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(note);
  process.on('warning', note);
  onTestFinished(() => {
    vi.restoreAllMocks();
    process.off('warning', note);
  });
  return async () => {
    // A warning is told of in the next turn of the event loop.
    await setImmediate();
    return printed;
  };
}

const ANSWERS: readonly (readonly [state: string, kind: QZPayErrorKind, detail: object])[] = [
  ['23505', 'conflict', { conflictType: 'already_exists' }],
  ['23503', 'not_found', {}],
  ['23502', 'validation', {}],
  ['23514', 'validation', {}],
  ['23P01', 'validation', {}],
  ['22003', 'validation', {}],
  ['22021', 'validation', {}],
  ['22P02', 'validation', {}],
  ['40001', 'storage', { code: 'serialization_failure', retryable: true }],
  ['40P01', 'storage', { code: 'deadlock', retryable: true }],
  ['55P03', 'storage', { code: 'lock_timeout', retryable: true }],
  ['57014', 'storage', { code: 'statement_timeout', retryable: false }],
  ['53300', 'storage', { code: 'pool_exhausted', retryable: true }],
  ['57P01', 'storage', { code: 'connection_lost', retryable: true }],
  ['57P02', 'storage', { code: 'connection_lost' }],
  ['57P03', 'storage', { code: 'connection_lost' }],
  // A pooler's word for a server that went away, perhaps after the statement.
  ['08006', 'storage', { code: 'outcome_unknown', retryable: false }],
  ['3F000', 'storage', { code: 'schema_outdated', retryable: false }],
  ['42P01', 'storage', { code: 'schema_outdated' }],
  ['42703', 'storage', { code: 'schema_outdated' }],
  ['QZ001', 'storage', { code: 'unsupported_operation' }],
  ['53100', 'storage', { code: 'database_error', retryable: false }],
  ['XX001', 'storage', { code: 'database_error' }],
];

describeOnEveryDriver('the answer of a failing statement', (setup) => {
  it('is an error of core for every SQLSTATE, and the next call works', async () => {
    const made = await setup();
    await raiseOnDemand(made, 'now');
    for (const [state, kind, detail] of ANSWERS) {
      const attempt = made.storage.customers.create({ ...customer, email: SECRET, name: `raise ${state}` });
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(isQZPayError(error, kind), state).toBe(true);
      expect(error).toMatchObject({ ...detail, cause: { sqlState: state } });
      expect(inspect(error)).not.toContain(SECRET);
    }
    expect(await made.storage.customers.list()).toMatchObject({ total: 0 });
    await stopRaising(made);
  });

  it('is the same at COMMIT', async () => {
    const made = await setup();
    await raiseOnDemand(made, 'at commit');
    for (const [state, kind, detail] of ANSWERS) {
      const attempt = made.storage.transaction(() =>
        made.storage.customers.create({ ...customer, email: SECRET, name: `raise ${state}` }),
      );
      const error: unknown = await attempt.catch((reason: unknown) => reason);
      expect(isQZPayError(error, kind), state).toBe(true);
      expect(error).toMatchObject(detail);
      expect(inspect(error)).not.toContain(SECRET);
    }
    expect(await made.storage.customers.list()).toMatchObject({ total: 0 });
    await stopRaising(made);
  });

  it('says that the schema is outdated where a table or a column is missing', async () => {
    const made = await setup();
    const elsewhere = made.reopen({ schema: 'nowhere' });
    const outdated = { name: 'QZPayStorageError', code: 'schema_outdated' };
    await expect(elsewhere.customers.list()).rejects.toMatchObject(outdated);
    await expect(elsewhere.customers.create(customer)).rejects.toMatchObject(outdated);
    await made.query('alter table billing_customers rename column segment to renamed');
    await expect(made.reopen().customers.list()).rejects.toMatchObject(outdated);
    await made.query('alter table billing_customers rename column renamed to segment');
  });

  it('names the field that a check guards', async () => {
    const { storage } = await setup();
    await storage.plans.create({ id: 'pro', name: 'Pro' });
    await expect(
      storage.prices.create({
        id: 'p',
        planId: 'pro',
        currency: 'EUR',
        unitAmount: 1,
        billingInterval: untyped('fortnight'),
      }),
    ).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'billingInterval' });
  });

  it('names the field that the caller gave, not the column that is made of it', async () => {
    const { storage } = await setup();
    const email = `${'a'.repeat(512)}@b.c`;
    await expect(storage.customers.create({ ...customer, email })).rejects.toMatchObject({ field: 'email' });
    const code = { id: 'x', code: 'a'.repeat(513), discountType: 'percentage', discountValue: 1 } as const;
    await expect(storage.promoCodes.create(code)).rejects.toMatchObject({ field: 'code' });
  });

  it('shows no value and no SQL anywhere: message, stack, cause, console, query events', async () => {
    const printed = watchPrinted();
    const events: QZPayQueryEvent[] = [];
    const made = await setup({ onQuery: (event) => events.push(event) });
    const { storage } = made;
    const first = await storage.customers.create({ ...customer, externalId: SECRET });
    const errors: unknown[] = [];
    const attempt = (work: Promise<unknown>) =>
      work.then(
        () => expect.unreachable(),
        (error: unknown) => errors.push(error),
      );
    const date = made.clock();
    await attempt(storage.customers.create({ externalId: SECRET, email: SECRET, name: SECRET }));
    await attempt(storage.customers.create({ externalId: `${SECRET}\0`, email: SECRET }));
    await attempt(storage.customers.create({ externalId: 'x', email: untyped({ [SECRET]: SECRET }) }));
    await attempt(storage.customers.create({ externalId: 'x', email: 'e', metadata: { [`${SECRET}\0`]: SECRET } }));
    await attempt(storage.customers.update(`${SECRET}-unknown`, { name: SECRET }));
    await attempt(storage.customers.update(first.id, { name: SECRET }, { expectedVersion: SECRET }));
    await attempt(storage.customers.update(first.id, { savedCards: untyped([{ id: SECRET, createdAt: SECRET }]) }));
    await attempt(storage.customers.update(first.id, { savedCards: untyped(SECRET) }));
    await attempt(storage.invoices.create({ id: 'x', customerId: first.id, lines: untyped(SECRET) }));
    await attempt(storage.customers.list({ filters: { [SECRET]: SECRET } }));
    await attempt(storage.customers.list({ orderBy: SECRET }));
    await attempt(storage.customers.list({ orderDirection: untyped(SECRET) }));
    await attempt(storage.repositories.customers.page({ after: SECRET }));
    await attempt(storage.subscriptions.create({ id: SECRET, customerId: SECRET, planId: SECRET }));
    await attempt(
      storage.payments.create({
        id: SECRET,
        customerId: first.id,
        subscriptionId: SECRET,
        invoiceId: SECRET,
        amount: 1,
        currency: untyped(SECRET),
        status: untyped(SECRET),
        paymentMethodId: SECRET,
        providerPaymentIds: { [SECRET]: SECRET },
        failureCode: SECRET,
        failureMessage: SECRET,
        metadata: {},
        livemode: false,
        createdAt: date,
        updatedAt: date,
      }),
    );
    await attempt(
      storage.invoices.create({
        id: SECRET,
        customerId: SECRET,
        lines: [{ description: SECRET, quantity: 1, unitAmount: 1 }],
      }),
    );
    await attempt(
      storage.payments.createRefund({
        paymentId: SECRET,
        amount: 1,
        currency: 'EUR',
        status: 'succeeded',
        livemode: false,
        reason: SECRET,
        providerRefundId: SECRET,
      }),
    );
    for (const error of errors) {
      const { message, stack, cause } = error as Error;
      for (const text of [message, stack, inspect(cause, { depth: 9 }), JSON.stringify(cause)]) {
        expect(text ?? '').not.toContain(SECRET);
        expect(text ?? '').not.toMatch(/\b(select|insert into|update "|where)\b/i);
      }
      expect(isQZPayError(error), message).toBe(true);
    }
    expect(inspect([await printed(), events], WHOLE)).not.toContain(SECRET);
    expect(events.length).toBeGreaterThan(5);
  });
});

/** The storage with every text of every argument replaced. */
function poisoned(storage: QZPayStorage, text: string): QZPayStorage {
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string') return text;
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (Array.isArray(value)) return value.map(replace);
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, replace(entry)]));
  };
  const collection = (target: object) =>
    new Proxy(target, {
      get: (methods, name) => {
        const method = untyped<(...values: unknown[]) => unknown>(Reflect.get(methods, name));
        return (...values: unknown[]) => method.apply(methods, values.map(replace));
      },
    });
  return new Proxy(storage, { get: (collections, name) => collection(untyped(Reflect.get(collections, name))) });
}

describeOnEveryDriver('whatever method fails', (setup) => {
  it.each([
    ['a text that is stored nowhere', SECRET],
    ['a text that cannot be stored', `${SECRET}\0`],
    ['a text that is too long for an index', SECRET.repeat(100)],
  ])('shows no value: %s', async (_, text) => {
    const printed = watchPrinted();
    const events: QZPayQueryEvent[] = [];
    const { storage } = await setup({ onQuery: (event) => events.push(event) });
    const seeded = await seedEveryCollection(storage, false);
    let failures = 0;
    for (const [method, [, call]] of Object.entries(everyMethod(poisoned(storage, text), seeded))) {
      const error: unknown = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) continue;
      failures += 1;
      expect(isQZPayError(error), `${method}: ${inspect(error)}`).toBe(true);
      const { message, stack, cause } = error as Error;
      expect(`${message}${stack}${inspect(cause, { depth: 9 })}`, method).not.toContain(SECRET);
    }
    expect(failures).toBeGreaterThan(20);
    expect(inspect([await printed(), events], WHOLE)).not.toContain(SECRET);
  });
});

describeOnEveryDriver('what is observed of a statement', (setup) => {
  it('is its name, its duration, its rows and the code of its failure, under OpenTelemetry names too', async () => {
    const events: QZPayQueryEvent[] = [];
    const { storage } = await setup({ onQuery: (event) => events.push(event) });
    await storage.customers.create(customer);
    await storage.customers.create(customer).catch(() => {});
    await storage.customers.list({ filters: { email: 'a@b.c' } });
    expect(events).toMatchObject([
      { name: 'customers.create', rows: 1, errorCode: undefined },
      { name: 'customers.create', rows: 0, errorCode: '23505' },
      { rows: 1 },
    ]);
    expect(events.every(({ durationMs }) => durationMs > 0)).toBe(true);
    expect(events[1]?.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.collection.name': 'customers',
      'db.operation.name': 'create',
      'db.query.summary': 'customers.create',
      'db.response.returned_rows': 0,
      'db.response.status_code': '23505',
      'error.type': '23505',
    });
    expect(events[2]?.attributes).toMatchObject({ 'db.operation.name': 'list_with_total' });
  });

  it('cannot be disturbed by an observer that throws', async () => {
    const { storage } = await setup({
      onQuery: () => {
        throw new Error('observer');
      },
    });
    await expect(storage.customers.create(customer)).resolves.toMatchObject(customer);
  });
});

describeOnServers('health', (setup) => {
  it('tells the version of the server and the state of the migrations', async () => {
    const made = await setup();
    const health = await made.storage.health();
    expect(health).toMatchObject({ ok: true, serverVersion: expect.stringMatching(/^\d+/), errorCode: null });
    expect(health.latencyMs).toBeGreaterThan(0);
    expect(health.migrations?.steps.every(({ state }) => state === 'applied')).toBe(true);
    expect(await made.reopen({ schema: 'nowhere' }).health()).toMatchObject({ ok: false, errorCode: null });
  });
});
