import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createQZPayStorage, type QZPayStorage } from '@qzpay/adapter';
import { openQZPayStorage as openNodePostgres } from '@qzpay/adapter/node-postgres';
import { openQZPayStorage as openPostgresJs } from '@qzpay/adapter/postgres-js';
import { isQZPayError } from '@qzpay/core';
import { createQZPayTestDatabase, startQZPayTestServer } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import postgres, { type Sql } from 'postgres';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runChild } from './support/child.js';
import { startProxy } from './support/proxy.js';

const OPENERS = { 'postgres.js': openPostgresJs, 'node-postgres': openNodePostgres } as const;
type Opener = (typeof OPENERS)[keyof typeof OPENERS];

/** The part of a node-postgres client that its declarations lack. */
interface SocketHolder {
  readonly connection: { readonly stream: { destroy(): void } };
}

const customer = (externalId: string) => ({ externalId, email: 'a@b.c' });
const LOST = { name: 'QZPayStorageError', code: 'connection_lost' };
const UNKNOWN = { name: 'QZPayStorageError', code: 'outcome_unknown', retryable: false };

async function makeDatabase(): Promise<{ url: string; admin: Sql }> {
  const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer() });
  if (url === null) throw new Error('Faults are tested on a server.');
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(async () => {
    await admin.end();
    await drop();
  });
  return { url, admin };
}

async function opened(open: Opener, options: Parameters<Opener>[0]): Promise<QZPayStorage> {
  const storage = await open(options);
  onTestFinished(() => storage.close());
  return storage;
}

/** Ends the backend that waits for a lock, as soon as there is one. */
async function killTheWaiting(admin: Sql): Promise<void> {
  for (;;) {
    const killed = await admin`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    if (killed.length > 0) return;
    await sleep(5);
  }
}

describe.each(Object.entries(OPENERS))('on %s', (driver, open) => {
  it('a backend killed in the middle of a statement: the caller knows, nothing is written, the next call works', async () => {
    const { url, admin } = await makeDatabase();
    const storage = await opened(open, { url, poolSize: 3 });
    const { id } = await storage.customers.create(customer('a'));
    const locker = postgres(url, { max: 1 });
    onTestFinished(() => locker.end());
    await locker.begin(async (sql) => {
      await sql`select from qzpay.billing_customers for update`;
      // postgres.js drops the last word of a killed backend, and so cannot tell whether the statement was kept.
      const update = expect(storage.customers.update(id, { name: 'written' })).rejects.toMatchObject(
        driver === 'postgres.js' ? UNKNOWN : LOST,
      );
      await killTheWaiting(admin);
      await update;
    });
    expect((await storage.customers.findById(id))?.name).toBeNull();
    expect((await storage.customers.update(id, { name: 'again' })).name).toBe('again');
  });

  it('a connection cut during COMMIT: the outcome is unknown, and the caller is told so', async () => {
    const { url } = await makeDatabase();
    const proxy = await startProxy(url);
    onTestFinished(() => proxy.close());
    const storage = await opened(open, { url: proxy.url, poolSize: 2 });
    const attempt = storage.transaction(async () => {
      await storage.customers.create(customer('a'));
      proxy.cutAfter('commit');
    });
    await expect(attempt).rejects.toMatchObject(UNKNOWN);
    expect((await storage.customers.list()).total).toBeLessThanOrEqual(1);
  });

  it('a connection cut under a single statement: unknown where it writes, and worth another try where it reads', async () => {
    const { url } = await makeDatabase();
    const proxy = await startProxy(url);
    onTestFinished(() => proxy.close());
    const storage = await opened(open, { url: proxy.url, poolSize: 2 });
    const { id: customerId } = await storage.customers.create(customer('a'));
    await storage.limits.set({ customerId, limitKey: 'seats', maxValue: 10 });
    proxy.cutAfter(customerId);
    await expect(storage.limits.increment({ customerId, limitKey: 'seats' })).rejects.toMatchObject(UNKNOWN);
    expect((await storage.limits.check(customerId, 'seats'))?.currentValue).toBe(1);
    proxy.cutAfter(customerId);
    await expect(storage.customers.findById(customerId)).rejects.toMatchObject({ ...LOST, retryable: true });
  });

  it('a server that has no connection left: pool_exhausted, and it passes', async () => {
    const { url, admin } = await makeDatabase();
    const role = `qzpay_limited_${Math.random().toString(36).slice(2)}`;
    await admin.unsafe(`create role ${role} login password 'x' connection limit 1`);
    await admin.unsafe(`grant usage on schema qzpay to ${role}; grant all on all tables in schema qzpay to ${role}`);
    onTestFinished(async () => {
      await admin.unsafe(`drop owned by ${role}; drop role ${role}`);
    });
    const limited = new URL(url);
    limited.username = role;
    limited.password = 'x';
    const storage = await open({ url: limited.href, poolSize: 2 });
    try {
      await storage.transaction(async () => {
        await storage.customers.create(customer('a'));
        const other = open({ url: limited.href, migrations: 'check' });
        await expect(other).rejects.toMatchObject({ code: 'pool_exhausted', retryable: true });
      });
      expect((await storage.customers.list()).total).toBe(1);
    } finally {
      await storage.close();
    }
  });

  it('no server at all: connection_lost, without the address', async () => {
    const { url } = await makeDatabase();
    const nowhere = new URL(url);
    nowhere.port = '1';
    const error: unknown = await open({ url: nowhere.href, connectTimeout: 1000 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject(LOST);
    expect(String(error)).not.toContain('127.0.0.1');
  });

  it('a wrong password and an unknown database: connection_lost, and not worth another try', async () => {
    const { url } = await makeDatabase();
    const refused = { ...LOST, retryable: false };
    const stranger = new URL(url);
    stranger.password = 'wrong';
    await expect(open({ url: stranger.href })).rejects.toMatchObject(refused);
    const elsewhere = new URL(url);
    elsewhere.pathname = '/no_such_database';
    await expect(open({ url: elsewhere.href })).rejects.toMatchObject(refused);
  });

  it('an empty database: schema_outdated, before anything is handed out; `migrations: run` mends it', async () => {
    const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer(), migrated: false });
    onTestFinished(drop);
    await expect(open({ url: url ?? '' })).rejects.toMatchObject({
      name: 'QZPayStorageError',
      code: 'schema_outdated',
    });
    const storage = await opened(open, { url: url ?? '', migrations: 'run' });
    expect((await storage.customers.list()).total).toBe(0);
  });

  it('a storage after close: connection_lost', async () => {
    const { url } = await makeDatabase();
    const storage = await open({ url });
    await storage.close();
    await expect(storage.customers.list()).rejects.toMatchObject(LOST);
    expect(await storage.health()).toMatchObject({ ok: false, errorCode: 'connection_lost' });
  });

  it('settings reach the server', async () => {
    const { url, admin } = await makeDatabase();
    const storage = await opened(open, { url, poolSize: 2, applicationName: 'billing-1', statementTimeout: 100 });
    const { id } = await storage.customers.create(customer('a'));
    const names = await admin`select distinct application_name as name from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    expect(names).toEqual([{ name: 'billing-1' }]);
    await admin.begin(async (sql) => {
      await sql`select from qzpay.billing_customers for update`;
      await expect(storage.customers.update(id, { name: 'x' })).rejects.toMatchObject({ code: 'statement_timeout' });
    });
    expect(driver).toBeDefined();
  });

  it('a server that crashes under load: what was acknowledged is there, and nothing is half there', async () => {
    // The harness's servers acknowledge before they write; this one may not.
    const settings = { synchronous_commit: 'on' };
    const server = await startQZPayTestServer({ engine: 'embedded', log: () => {}, settings });
    onTestFinished(() => server.stop());
    const { url } = await createQZPayTestDatabase({ server });
    const storage = await opened(open, { url: url ?? '', poolSize: 4, connectTimeout: 5000 });
    const { id: customerId } = await storage.customers.create(customer('a'));
    const acknowledged: string[] = [];
    const codes = new Set<string>();
    let running = true;
    const lines = [1, 2, 3].map((unitAmount) => ({ description: 'line', quantity: 1, unitAmount }));
    const work = async (worker: number) => {
      for (let count = 0; running; count += 1) {
        const id = `${worker}-${count}`;
        try {
          await storage.invoices.create({ id, customerId, lines });
          acknowledged.push(id);
        } catch (error) {
          if (!isQZPayError(error, 'storage')) throw error;
          codes.add(error.code);
          await sleep(20);
        }
      }
    };
    const workers = [1, 2, 3, 4].map(work);
    await sleep(200);
    const control = postgres(url ?? '', { max: 1, onnotice: () => {} });
    const [victim] = await control`select pg_backend_pid() as pid`;
    process.kill(Number(victim?.['pid']), 'SIGKILL');
    await control.end({ timeout: 1 }).catch(() => {});
    const before = acknowledged.length;
    for (let waited = 0; acknowledged.length < before + 20 && waited < 20_000; waited += 50) await sleep(50);
    running = false;
    await Promise.all(workers);
    expect(acknowledged.length).toBeGreaterThan(before);
    expect(codes.size).toBeGreaterThan(0);
    expect([...codes].filter((code) => !['connection_lost', 'outcome_unknown'].includes(code))).toEqual([]);
    const stored = await storage.repositories.invoices.findByIds(acknowledged);
    expect(stored).toHaveLength(acknowledged.length);
    const all = await storage.invoices.list({ limit: 10_000 });
    expect(all.data.every((invoice) => invoice.lines.length === 3)).toBe(true);
  });
});

/** Ends the backend of a transaction that sends nothing at that moment: the caller knows, and nothing is written. */
async function breakWhileIdle(storage: QZPayStorage, admin: Sql): Promise<void> {
  const attempt = storage.transaction(async () => {
    await storage.customers.create(customer('a'));
    await admin`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    await sleep(100);
  });
  await expect(attempt).rejects.toSatisfy((error) => isQZPayError(error, 'storage'));
  expect((await storage.customers.list()).total).toBe(0);
}

describe('a backend killed inside a transaction', () => {
  it('on node-postgres: the caller knows, nothing is half written, the next call works', async () => {
    const { url, admin } = await makeDatabase();
    const storage = await opened(openNodePostgres, { url, poolSize: 2 });
    const attempt = storage.transaction(async () => {
      await storage.customers.create(customer('a'));
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
      await storage.customers.create(customer('b'));
    });
    await expect(attempt).rejects.toMatchObject(LOST);
    expect((await storage.customers.list()).total).toBe(0);
    await expect(storage.customers.create(customer('c'))).resolves.toMatchObject({ externalId: 'c' });
  });

  it('on node-postgres: also while nothing is being sent', async () => {
    const { url, admin } = await makeDatabase();
    await breakWhileIdle(await opened(openNodePostgres, { url, poolSize: 2 }), admin);
  });

  describe("on a host's pool of node-postgres", () => {
    async function onPool(options: pg.PoolConfig = {}) {
      const { url, admin } = await makeDatabase();
      const pool = new pg.Pool({ connectionString: url, max: 1, ...options });
      pool.on('error', () => {});
      onTestFinished(() => pool.end());
      return { admin, pool, storage: createQZPayStorage(drizzle({ client: pool })) };
    }

    it('before its BEGIN: the pool gets its connection back', async () => {
      const { pool, storage } = await onPool();
      pool.once('acquire', (connection) => (connection as unknown as SocketHolder).connection.stream.destroy());
      await expect(storage.transaction(async () => {})).rejects.toMatchObject(LOST);
      await expect(storage.transaction(() => storage.customers.create(customer('a')))).resolves.toBeTruthy();
      expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    });

    it('that stops waiting for an answer: a transaction cannot commit what it has swallowed, nothing is quoted', async () => {
      const { admin, storage } = await onPool({ query_timeout: 150 });
      await storage.customers.create({ ...customer('other'), email: 'secret@b.c' });
      let swallowed: unknown;
      const swallowing = () =>
        storage.transaction(async () => {
          await storage.customers.create(customer('kept'));
          await storage.customers.create({ ...customer('taken'), email: 'secret@b.c' }).catch((error) => {
            swallowed = error;
          });
        });
      const rejected = { name: 'QZPayStorageError', code: 'statement_timeout' };
      const { refusal } = await admin.begin(async (sql) => {
        await sql`insert into qzpay.billing_customers (id, livemode, external_id, email, email_key)
          values ('x', false, 'taken', 'a@b.c', 'a@b.c')`;
        const refusal = expect(swallowing()).rejects.toMatchObject(rejected);
        await sleep(300);
        return { refusal };
      });
      await refusal;
      expect(inspect(swallowed)).not.toContain('secret');
      expect((await storage.customers.list()).data.map(({ externalId }) => externalId).sort()).toEqual([
        'other',
        'taken',
      ]);
    });

    it('whose ROLLBACK gets no answer: nobody else writes into the open transaction', async () => {
      const { admin, pool, storage } = await onPool({ query_timeout: 150 });
      await storage.customers.create(customer('a'));
      await admin.begin(async (sql) => {
        await sql`select from qzpay.billing_customers for update`;
        const waiting = storage.transaction(async () => {
          await storage.customers.create(customer('undone'));
          await storage.customers.update((await storage.customers.findByExternalId('a'))?.id ?? '', { name: 'undone' });
        });
        await expect(waiting).rejects.toMatchObject({ code: 'statement_timeout' });
      });
      await storage.customers.create(customer('b'));
      const stored = await admin`select external_id, name from qzpay.billing_customers order by 1`;
      expect([...stored]).toEqual(['a', 'b'].map((external_id) => ({ external_id, name: null })));
      expect(pool.totalCount).toBe(1);
    });

    it('while nothing is being sent: the process goes on', async () => {
      const { admin, storage } = await onPool();
      await breakWhileIdle(storage, admin);
    });
  });

  it('on postgres.js: the process may end, but nothing is half written and a new one starts cleanly', async () => {
    const { url } = await makeDatabase();
    const ended = await runChild(
      `
      import { openQZPayStorage } from '@qzpay/adapter/postgres-js';
      import postgres from 'postgres';
      const url = process.env.URL;
      const storage = await openQZPayStorage({ url, poolSize: 2 });
      const admin = postgres(url, { max: 1 });
      await storage.transaction(async () => {
        await storage.customers.create({ externalId: 'a', email: 'a@b.c' });
        await admin\`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()\`;
        await storage.customers.create({ externalId: 'b', email: 'a@b.c' });
      });`,
      { URL: url },
    );
    expect(ended.code).not.toBe(0);
    const storage = await opened(openPostgresJs, { url });
    expect((await storage.customers.list()).total).toBe(0);
    await expect(storage.customers.create(customer('c'))).resolves.toMatchObject({ externalId: 'c' });
  });

  it('on postgres.js: a pool filled with statements does not swallow a transaction', async () => {
    const { url } = await makeDatabase();
    const ended = await runChild(
      `
      import { openQZPayStorage } from '@qzpay/adapter/postgres-js';
      const storage = await openQZPayStorage({ url: process.env.URL, poolSize: 2 });
      await storage.customers.list();
      const flood = Array.from({ length: 200 }, () => storage.customers.list());
      const work = Array.from({ length: 5 }, (_, index) => storage.transaction(async () => {
        await storage.customers.create({ externalId: 'a' + index, email: 'a@b.c' });
        if (index % 2 === 1) throw new Error('undo');
      }).catch(() => {}));
      await Promise.all([...flood, ...work]);
      const { total } = await storage.customers.list();
      await storage.close();
      console.log(total);`,
      { URL: url },
    );
    expect(ended).toMatchObject({ code: 0, output: '3\n' });
  });
});
