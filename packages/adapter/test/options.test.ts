import { createQZPayStorage } from '@qzpay/adapter';
import { openQZPayStorage as openNodePostgres } from '@qzpay/adapter/node-postgres';
import { openQZPayStorage as openPglite } from '@qzpay/adapter/pglite';
import { openQZPayStorage as openPostgresJs } from '@qzpay/adapter/postgres-js';
import { createQZPayRepositoryContext } from '@qzpay/repositories';
import { createQZPayTables } from '@qzpay/schema';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeOn } from './support/drivers.js';
import { untyped } from './support/untyped.js';

const NOWHERE = 'postgres://nobody@127.0.0.1:1/none';

/** A database that would refuse any connection: nothing here may ask it. */
function unreachable() {
  const client = postgres(NOWHERE);
  onTestFinished(() => client.end());
  return drizzle({ client });
}

const refusal = (field: string) => ({ name: 'QZPayValidationError', field });

describeOn('PGlite', 'options that do not exist', (setup) => {
  it('are refused by calls that cannot be undone, which do nothing', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
    const typo: object = { dryrun: true };
    await expect(storage.maintenance.purge(typo)).rejects.toMatchObject(refusal('dryrun'));
    await expect(storage.maintenance.eraseCustomer(id, typo)).rejects.toMatchObject(refusal('dryrun'));
    await expect(storage.maintenance.eraseGuest('ada@example.org', typo)).rejects.toMatchObject(refusal('dryrun'));
    await expect(storage.maintenance.purge({ dryRun: untyped('yes') })).rejects.toMatchObject(refusal('dryRun'));
    expect(await storage.customers.findById(id)).toMatchObject({ email: 'ada@example.org' });
  });

  it('are refused wherever there are options', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
    const { customers } = storage.repositories;
    const calls: readonly (readonly [string, (options: object) => Promise<unknown>])[] = [
      ['isolation', (options) => storage.transaction(async () => {}, options)],
      ['version', (options) => storage.customers.update(id, { name: 'Ada' }, options)],
      ['ttl', (options) => storage.idempotent('key', {}, async () => {}, options)],
      ['serie', (options) => storage.invoices.finalize('inv-1', options)],
      ['serie', (options) => storage.invoices.verifyNumbers(options)],
      ['customerId', (options) => storage.invoices.list(options)],
      ['where', (options) => storage.plans.list(options)],
      ['where', (options) => customers.list(options)],
      ['limit', (options) => customers.page(options)],
      ['onl', (options) => storage.verify(options)],
      ['batchsize', (options) => storage.usage.ingest([], options)],
      ['customer', (options) => storage.usage.verify(options)],
      ['limits', (options) => storage.audit.seal(options)],
      ['form', (options) => storage.audit.verify(options)],
      ['atomar', (options) => storage.webhooks.process(async () => {}, options)],
    ];
    for (const [name, call] of calls) {
      await expect(call({ [name]: 1 }), name).rejects.toMatchObject(refusal(name));
      await expect(call(untyped(null)), name).rejects.toMatchObject(refusal('options'));
    }
    expect(await storage.customers.findById(id)).toMatchObject({ name: null });
  });
});

describe('options of a storage that do not exist', () => {
  it('are refused before anything is opened', async () => {
    for (const open of [openPostgresJs, openNodePostgres]) {
      await expect(open(untyped({ url: NOWHERE, livmode: true }))).rejects.toMatchObject(refusal('livmode'));
    }
    await expect(openPglite(untyped({ livmode: true }))).rejects.toMatchObject(refusal('livmode'));
  });

  it('are told from a missing object of options', async () => {
    for (const given of ['postgres://localhost/none', null]) {
      await expect(openPostgresJs(untyped(given))).rejects.toMatchObject(refusal('options'));
      await expect(openPglite(untyped(given))).rejects.toMatchObject(refusal('options'));
    }
    await expect(openNodePostgres(untyped(undefined))).rejects.toMatchObject(refusal('url'));
  });

  it('are refused on a database of the host, those of opening included', () => {
    const make = (options: object) => () => createQZPayStorage(unreachable(), options);
    expect(make({ migrations: 'run' })).toThrow(expect.objectContaining(refusal('migrations')));
    expect(make({ webhooks: { maxAttempt: 3 } })).toThrow(expect.objectContaining(refusal('maxAttempt')));
    expect(() => createQZPayRepositoryContext(unreachable(), untyped({ livmode: true }))).toThrow(
      expect.objectContaining(refusal('livmode')),
    );
    expect(() => createQZPayTables(untyped({ shema: 'x' }))).toThrow(expect.objectContaining(refusal('shema')));
  });
});

describe('values that are none', () => {
  const ofStorages: Readonly<Record<string, readonly unknown[]>> = {
    livemode: ['true', 1, null],
    schema: ['', 5],
    clock: [new Date()],
    generateId: ['id'],
    metadataUpdates: ['deep'],
    preparedStatements: ['no'],
    audit: ['true'],
    onQuery: [true],
    defaultCurrency: ['', 978],
    defaultProvider: [''],
    usageMovesLimits: ['yes'],
    timeZone: ['Mars/Olympus', 2],
  };
  const ofTheirParts = [
    { invoiceNumbers: { width: 0 } },
    { invoiceNumbers: { series: '' } },
    { webhooks: { maxAttempts: 0 } },
    { webhooks: { retryDelayMs: Number.NaN } },
    { webhooks: { maxRetryDelayMs: -1 } },
    { idempotency: { ttlMs: 0 } },
    { idempotency: { leaseMs: 1.5 } },
    { idempotency: { waitMs: -1 } },
  ];
  const ofServers: Readonly<Record<string, readonly unknown[]>> = {
    poolSize: [0, -1, Number.NaN, '5'],
    connectTimeout: [-1, '1s'],
    statementTimeout: [-1, Number.NaN],
    applicationName: [''],
    ssl: ['yes', true],
    sslCertificateAuthority: [5],
    migrations: ['always'],
  };

  it('are refused when a storage is made', () => {
    for (const [name, values] of Object.entries(ofStorages)) {
      for (const value of values) {
        const make = () => createQZPayStorage(unreachable(), { [name]: value });
        expect(make, `${name}: ${String(value)}`).toThrow(expect.objectContaining(refusal(name)));
      }
    }
    for (const options of ofTheirParts) {
      const [name = ''] = Object.values(options).flatMap(Object.keys);
      expect(() => createQZPayStorage(unreachable(), options)).toThrow(expect.objectContaining(refusal(name)));
    }
  });

  it('are refused before anything is opened', async () => {
    for (const [name, values] of Object.entries({ ...ofStorages, ...ofServers })) {
      for (const value of values) {
        const opening = openPostgresJs(untyped({ url: NOWHERE, [name]: value }));
        await expect(opening, `${name}: ${String(value)}`).rejects.toMatchObject(refusal(name));
      }
    }
    await expect(openPglite({ dataDir: '' })).rejects.toMatchObject(refusal('dataDir'));
  });
});

describeOn('PGlite', 'values of options', (setup) => {
  it('of a transaction are checked, also where nobody would use them', async () => {
    const { storage } = await setup();
    for (const options of [{ isolationLevel: 'snapshot' }, { retries: -1 }, { lockTimeout: 0.5 }]) {
      const [name = ''] = Object.keys(options);
      await expect(storage.transaction(async () => {}, untyped(options))).rejects.toMatchObject(refusal(name));
    }
  });

  it('give the default currency in upper case', async () => {
    const { reopen } = await setup();
    const storage = reopen({ defaultCurrency: 'eur' });
    const { id: customerId } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
    expect(await storage.invoices.create({ id: 'inv-1', customerId, lines: [] })).toMatchObject({ currency: 'EUR' });
  });
});

describe.each([
  ['postgres.js', openPostgresJs],
  ['node-postgres', openNodePostgres],
])('the url of %s', (_name, open) => {
  it('may be missing by its type, and is asked for', async () => {
    for (const url of [process.env['QZPAY_NOBODY_SETS_THIS'], '']) {
      const missing = { ...refusal('url'), message: expect.stringContaining('is DATABASE_URL set?') };
      await expect(open({ url })).rejects.toMatchObject(missing);
    }
  });

  it('is refused unless it is one of PostgreSQL, without being shown', async () => {
    const others = [
      'foo',
      'mysql://ada:secret@localhost/db',
      'host=localhost dbname=db',
      'postgres://u:secret@h:99999/d',
      5,
    ];
    for (const url of others) {
      const error: unknown = await open(untyped({ url })).catch((reason: unknown) => reason);
      expect(error).toMatchObject(refusal('url'));
      expect(String(error)).not.toContain('secret');
    }
  });
});
