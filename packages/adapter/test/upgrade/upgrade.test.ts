import { createQZPayStorage, type QZPayStorage } from '@qzpay/adapter';
import { openQZPayStorage as openNodePostgres } from '@qzpay/adapter/node-postgres';
import { openQZPayStorage as openPostgresJs } from '@qzpay/adapter/postgres-js';
import { drizzle } from 'drizzle-orm/postgres-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LATER_STEPS, makeEarlierDatabase, RECORDED_ROWS } from './earlier-release.js';

const OPENERS = { 'postgres.js': openPostgresJs, 'node-postgres': openNodePostgres } as const;
type Opener = (typeof OPENERS)[keyof typeof OPENERS];

const CUSTOMERS = RECORDED_ROWS.filter(({ table }) => table === 'billing_customers').length;
const NEWCOMER = { externalId: 'newcomer', email: 'new@example.org' };

async function opened(open: Opener, options: Parameters<Opener>[0]): Promise<QZPayStorage> {
  const storage = await open(options);
  onTestFinished(() => storage.close());
  return storage;
}

describe.each(Object.entries(OPENERS))('a database of an earlier release on %s', (_driver, open) => {
  it('is refused with the step that is missing and what to do, and nothing is written', async () => {
    const { url, appliedSteps, storedRows } = await makeEarlierDatabase();
    const before = await appliedSteps();
    await expect(open({ url })).rejects.toMatchObject({
      name: 'QZPayStorageError',
      code: 'schema_outdated',
      retryable: false,
      message: expect.stringMatching(`Step ${LATER_STEPS[0]} is missing .*: run \`qzpay-migrate up\``),
      cause: { code: 'pending', step: LATER_STEPS[0] },
    });
    expect(await appliedSteps()).toEqual(before);
    expect(await storedRows()).toEqual(RECORDED_ROWS);
  });

  it('is upgraded with `migrations: run`: every row stays as it was, and the storage serves old and new ones', async () => {
    const { url, appliedSteps, storedRows } = await makeEarlierDatabase();
    const storage = await opened(open, { url, migrations: 'run' });
    expect(await appliedSteps()).toEqual(expect.arrayContaining(LATER_STEPS));
    expect(await storedRows()).toEqual(RECORDED_ROWS);
    expect((await storage.customers.list()).total).toBe(CUSTOMERS);
    await storage.customers.create(NEWCOMER);
    expect((await storage.invoices.verifyNumbers()).valid).toBe(true);
    expect((await storage.usage.verify()).agrees).toBe(true);
    const next = await opened(open, { url });
    expect((await next.customers.list()).total).toBe(CUSTOMERS + 1);
  });

  it('is upgraded once by many instances that start together', async () => {
    const { url, appliedSteps, storedRows } = await makeEarlierDatabase();
    const before = await appliedSteps();
    const starts = Array.from({ length: 6 }, () => opened(open, { url, poolSize: 2, migrations: 'run' }));
    for (const storage of await Promise.all(starts)) {
      expect((await storage.customers.list()).total).toBe(CUSTOMERS);
    }
    expect(await appliedSteps()).toEqual([...before, ...LATER_STEPS].sort());
    expect(await storedRows()).toEqual(RECORDED_ROWS);
  });

  it('is reported by the health of a storage that was opened all the same, until somebody upgrades it', async () => {
    const { url } = await makeEarlierDatabase();
    const running = await opened(open, { url, migrations: 'skip' });
    const pending = async () =>
      (await running.health()).migrations?.steps.filter(({ state }) => state === 'pending').map(({ id }) => id);
    expect(await running.health()).toMatchObject({ ok: false, errorCode: null, migrations: { problem: null } });
    expect(await pending()).toEqual(LATER_STEPS);
    await opened(open, { url, migrations: 'run' });
    expect(await running.health()).toMatchObject({ ok: true });
    expect(await pending()).toEqual([]);
    expect((await running.customers.list()).total).toBe(CUSTOMERS);
  });

  it('is served by an instance that runs already, before, while and after another one upgrades it', async () => {
    const { url } = await makeEarlierDatabase();
    const running = await opened(open, { url, migrations: 'skip' });
    await running.customers.list();
    const upgrade = opened(open, { url, migrations: 'run' });
    const during = Promise.all(Array.from({ length: 50 }, () => running.customers.list()));
    await upgrade;
    expect((await during).map(({ total }) => total)).toEqual(Array(50).fill(CUSTOMERS));
    await running.customers.create(NEWCOMER);
  });
});

describe.each(Object.entries(OPENERS))('a database of a later release on %s', (_driver, open) => {
  const setup = async (breaking: boolean) => {
    const database = await makeEarlierDatabase();
    await opened(open, { url: database.url, migrations: 'run' });
    const { sql, url } = database;
    await sql`alter table qzpay.billing_customers add column shade text not null default 'red'`;
    await sql`insert into qzpay.billing_migrations (id, checksum, library_version, breaking)
      values ('9000_shades', 'c', '9.0.0', ${breaking})`;
    const host = createQZPayStorage(drizzle({ client: sql }));
    return { url, host };
  };

  it('is served where that release broke nothing', async () => {
    const { url, host } = await setup(false);
    const storage = await opened(open, { url, migrations: 'run' });
    await storage.customers.create(NEWCOMER);
    expect((await storage.customers.list()).total).toBe(CUSTOMERS + 1);
    expect(await host.health()).toMatchObject({ ok: true, migrations: { unknown: [{ id: '9000_shades' }] } });
  });

  it('is refused where it did, whatever `migrations` says about pending steps', async () => {
    const { url, host } = await setup(true);
    const refusal = {
      name: 'QZPayStorageError',
      code: 'schema_outdated',
      message: expect.stringContaining('Upgrade the @qzpay packages.'),
      cause: { code: 'newer_database', step: '9000_shades' },
    };
    await expect(open({ url })).rejects.toMatchObject(refusal);
    await expect(open({ url, migrations: 'run' })).rejects.toMatchObject(refusal);
    expect(await host.health()).toMatchObject({ ok: false, migrations: { problem: { code: 'newer_database' } } });
  });
});
