import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayStorageAdapter } from '@qzpay/core';
import type { QZPayStartedTestServer } from '@qzpay/test-utils';
import type { BenchOptions } from './options.js';
import type { Section } from './report/section.js';
import { assertEqualResults, type Comparison, interleave, type Measured } from './support/comparison.js';
import { fillTables } from './support/fill.js';
import { type OpenStorage, openStorage } from './support/our-storage.js';
import { profile } from './support/profile.js';
import { openDrizzle, openRaw, type RawClient } from './support/raw.js';
import { createDatabase } from './support/server.js';

/** Connections of each contender's pool. */
const POOL = 10;
/** Rounds of a comparison: more spread less, and make a contender's slice shorter. */
const ROUNDS = 10;
/** Customers in the database that most groups work on. */
const SMALL = 10_000;

/** A database and every contender's connections to it. */
export interface OpenDatabase {
  readonly url: string;
  readonly customers: number;
  readonly storage: QZPayStorageAdapter;
  /** The storage's own repositories, where it is ours: what the contract does not have is not measured elsewhere. */
  readonly ours: QZPayStorage | undefined;
  /** By hand, on the driver that the storage is on. */
  readonly raw: RawClient;
  /** By hand, on the other driver. */
  readonly otherRaw: RawClient;
  readonly drizzle: ReturnType<typeof openDrizzle>['drizzle'];
}

/** What groups measure with: databases, which are made once and kept, and a section of the report for each group. */
export class Bench {
  readonly options: BenchOptions;
  readonly server: QZPayStartedTestServer;
  readonly sections: Section[] = [];
  readonly #open: OpenStorage;
  readonly #databases = new Map<number, Promise<OpenDatabase>>();
  readonly #closers: (() => Promise<unknown>)[] = [];

  private constructor(options: BenchOptions, server: QZPayStartedTestServer, open: OpenStorage) {
    this.options = options;
    this.server = server;
    this.#open = open;
  }

  static async on(server: QZPayStartedTestServer, options: BenchOptions): Promise<Bench> {
    return new Bench(options, server, await openStorage(options.storage));
  }

  get section(): Section {
    const section = this.sections.at(-1);
    if (section === undefined) throw new Error('No group is running');
    return section;
  }

  small(): Promise<OpenDatabase> {
    return this.#database(Math.min(SMALL, this.options.rows / 2));
  }

  large(): Promise<OpenDatabase> {
    return this.#database(this.options.rows);
  }

  /** A database without rows, for what needs its own. */
  async empty(): Promise<OpenDatabase> {
    return this.#connect(await createDatabase(this.server), 0);
  }

  /** Shows that results are equal, then measures and adds to the report; explains with a profile what misses its target. */
  async compare(comparison: Comparison): Promise<Measured[]> {
    await assertEqualResults(comparison);
    const allowed = this.options.seconds * (comparison.longer ?? 1);
    const measured = await interleave(comparison, allowed, this.options.smoke ? 1 : ROUNDS);
    const missed = this.section.add(comparison, measured);
    if (missed === undefined || this.options.smoke) return measured;
    const seconds = Math.min(3, this.options.seconds / 2);
    for (const { contender } of measured.filter(({ contender: { name } }) => [missed.of, missed.over].includes(name))) {
      this.section.addProfile(comparison, contender.name, await profile(contender, comparison.callers, seconds));
    }
    return measured;
  }

  async close(): Promise<void> {
    for (const close of this.#closers) await close();
  }

  #database(customers: number): Promise<OpenDatabase> {
    let database = this.#databases.get(customers);
    if (database === undefined) {
      database = this.#filled(customers);
      this.#databases.set(customers, database);
    }
    return database;
  }

  async #filled(customers: number): Promise<OpenDatabase> {
    console.info(`Filling a database with ${customers} customers.`);
    const database = await this.#connect(await createDatabase(this.server), customers);
    await fillTables(database.raw, customers);
    return database;
  }

  async #connect(url: string, customers: number): Promise<OpenDatabase> {
    const { driver } = this.options;
    const { storage, close } = await this.#open({ url, driver, connections: POOL });
    const raw = openRaw(driver, url, POOL);
    const otherRaw = openRaw(driver === 'postgres-js' ? 'node-postgres' : 'postgres-js', url, POOL);
    const { drizzle, close: closeDrizzle } = openDrizzle(driver, url, POOL);
    this.#closers.push(close, raw.close, otherRaw.close, closeDrizzle);
    const ours = 'repositories' in storage ? (storage as QZPayStorage) : undefined;
    return { url, customers, storage, ours, raw, otherRaw, drizzle };
  }
}
