import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createQZPayStorage } from '@qzpay/adapter';
import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { expect, it, onTestFinished } from 'vitest';

/** `QZPAY_TEST_KILLS=200` for a long run. */
const KILLS = Number(process.env['QZPAY_TEST_KILLS'] ?? 12);
const DRIVERS = ['postgres-js', 'node-postgres', 'postgres-js', 'node-postgres'];

/** A process that ingests, and is started again where it left off whenever it was killed. */
class Worker {
  readonly name: string;
  readonly driver: string;
  /** The last step that it said was done. */
  done = -1;
  readonly #url: string;
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;

  constructor(name: string, driver: string, url: string) {
    this.name = name;
    this.driver = driver;
    this.#url = url;
  }

  start(): void {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../support/usage-worker.mjs')], {
      env: {
        ...process.env,
        DATABASE_URL: this.#url,
        DRIVER: this.driver,
        WORKER: this.name,
        FROM: String(this.done + 1),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface(child.stdout).on('line', (line) => {
      this.done = Number(line);
    });
    this.#child = child;
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended();
  }

  /** Lets it finish its step; its exit code. */
  async stop(): Promise<number | null> {
    this.#child?.stdin.end();
    return this.#ended();
  }

  async untilStepAfter(step: number): Promise<void> {
    while (this.done <= step) {
      if (this.#child?.exitCode != null) throw new Error(`Worker ${this.name} failed`);
      await sleep(5);
    }
  }

  async #ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }
}

it(
  'after random kills every event counts exactly once, and the sums are those of the records',
  async () => {
    const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer() });
    if (url === null) throw new Error('Crashes are tested on a server.');
    const admin = postgres(url, { max: 1, onnotice: () => {} });
    const storage = createQZPayStorage(drizzle({ client: admin }));
    const workers = DRIVERS.map((driver, index) => new Worker(String(index), driver, url));
    onTestFinished(async () => {
      await Promise.all(workers.map((worker) => worker.kill()));
      await admin.end();
      await drop();
    });
    for (const id of ['c0', 'c1', 'c2']) {
      await storage.repositories.customers.create({ id, externalId: id, email: 'a@b.c' });
    }

    for (const worker of workers) worker.start();
    let backends = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const worker = workers[kill % workers.length] as Worker;
      const { done } = worker;
      await worker.untilStepAfter(done);
      await sleep(Math.random() * 30);
      // With postgres.js a backend killed in a transaction takes its process along, which is the other kind of kill.
      if (worker.driver === 'node-postgres' && kill % 8 < 4) {
        const ended = await admin`select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = ${`worker ${worker.name}`}`;
        backends += ended.length;
      } else {
        await worker.kill();
        worker.start();
      }
    }
    await Promise.all(workers.map((worker) => worker.untilStepAfter(worker.done)));
    for (const worker of workers) expect([worker.driver, await worker.stop()]).toEqual([worker.driver, 0]);

    const stored = await admin<{ name: string; records: number; keys: number }[]>`
      select split_part(coalesce(idempotency_key, id), ':', 1) as name, count(*)::int as records,
        count(distinct (customer_id, coalesce(idempotency_key, id)))::int as keys
      from qzpay.billing_usage_records group by 1`;
    const steps = workers.map(({ done }) => done + 1);
    const expected = [
      ['shared', 20 * Math.max(...steps)],
      ...workers.flatMap(({ name, done }) => [
        [`own ${name}`, 50 * (done + 1)],
        [`together ${name}`, 5 * (done + 1)],
        [`apart ${name}`, 5 * (done + 1)],
        [`record ${name}`, done + 1],
      ]),
    ] as [string, number][];
    expect(Object.fromEntries(stored.map(({ name, records, keys }) => [name, [records, keys]]))).toEqual(
      Object.fromEntries(expected.map(([name, records]) => [name, [records, records]])),
    );
    const all = expected.reduce((sum, [, records]) => sum + records, 0);
    expect(await storage.usage.verify()).toMatchObject({ agrees: true, records: all });
    const day = { limitKey: 'calls', start: new Date(Date.UTC(2026, 0, 1)), end: new Date(Date.UTC(2026, 0, 2)) };
    const totals = await Promise.all(
      ['c0', 'c1', 'c2'].map((customerId) => storage.usage.total({ customerId, ...day })),
    );
    expect(totals.reduce((sum, { total }) => sum + total, 0)).toBe(all);
    console.info(`${KILLS} kills, ${backends} backends ended by them; ${all} events, each counted once.`);
  },
  60_000 + KILLS * 10_000,
);
