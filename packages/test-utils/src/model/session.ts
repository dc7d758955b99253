import assert from 'node:assert/strict';
import {
  isQZPayError,
  type QZPayConflictError,
  type QZPayNotFoundError,
  type QZPayStorageAdapter,
  type QZPayStorageError,
} from '@qzpay/core';
import type { QZPayTestClock } from '../clock.js';
import type { Command } from './command.js';
import { RolledBack } from './rolled-back.js';

/** What a call came to, comparable between storages. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

type Method = (this: unknown, ...args: unknown[]) => Promise<unknown>;

const PLACEHOLDER = /^\$(customer|job|version):(\d)$/;

/**
 * One storage in the course of a sequence. It makes ids of its own, so commands name them by the order of their making,
 * and outcomes are told with these names.
 */
export class Session {
  readonly #storage: QZPayStorageAdapter;
  readonly #clock: QZPayTestClock;
  readonly #customers: string[] = [];
  readonly #jobs: string[] = [];
  /** The last version seen of each job. */
  readonly #versions = new Map<string, string>();

  constructor(storage: QZPayStorageAdapter, clock: QZPayTestClock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** Carries out a command; returns what its calls came to, in order. */
  async perform(command: Command): Promise<Outcome[]> {
    // An instant for each command: storages order what is equally old by ids, and these are their own.
    this.#clock.advance(1);
    if ('advance' in command) {
      this.#clock.advance(command.advance);
      return [];
    }
    if ('call' in command) return [await this.#call(command.call, command.args)];
    return this.#transaction(command.transaction, command.fails);
  }

  /** Everything that the storage holds, as far as its lists and finders tell. */
  async everything(): Promise<Record<string, Outcome>> {
    const all = { limit: 10_000 };
    const lists = [
      ...['customers', 'subscriptions', 'payments', 'paymentMethods', 'invoices', 'plans', 'prices'],
      ...['promoCodes', 'vendors', 'addons', 'checkouts'],
    ].map((collection): [string, unknown[]] => [`${collection}.list`, [all]]);
    const ofCustomers = this.#customers.flatMap((_, index): [string, unknown[]][] => [
      ['entitlements.findByCustomerId', [`$customer:${index}`]],
      ['limits.findByCustomerId', [`$customer:${index}`]],
    ]);
    const ofParents = [1, 2, 3].flatMap((n): [string, unknown[]][] => [
      ['payments.getTotalRefundedAmount', [`pay_${n}`]],
      ['vendors.findPayoutsByVendorId', [`vendor_${n}`]],
      ['addons.findBySubscriptionId', [`sub_${n}`]],
    ]);
    const definitions: [string, unknown[]][] = [
      ['entitlements.listDefinitions', []],
      ['limits.listDefinitions', []],
    ];
    const jobs = this.#jobs.map((_, index): [string, unknown[]] => [
      'subscriptionPollingJobs.findById',
      [`$job:${index}`],
    ]);
    const found: Record<string, Outcome> = {};
    for (const [call, args] of [...lists, ...ofCustomers, ...ofParents, ...definitions, ...jobs]) {
      found[`${call} ${args.map(String).join()}`] = await this.#call(call, args);
    }
    return found;
  }

  async #transaction(commands: readonly Command[], fails: boolean): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    try {
      await this.#storage.transaction(async () => {
        for (const command of commands) {
          const inner = await this.perform(command);
          outcomes.push(...inner);
          // What fails ends the callback: a storage need not go on in a transaction that has seen an error. A nested
          // transaction that was rolled back ends nothing: it has given back its own changes.
          if ('call' in command && inner.some((outcome) => 'error' in outcome)) throw new RolledBack();
        }
        if (fails) throw new RolledBack();
      });
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
    }
    return outcomes;
  }

  async #call(call: string, given: readonly unknown[]): Promise<Outcome> {
    const [collection = '', method = ''] = call.split('.');
    const target = (this.#storage as unknown as Record<string, Record<string, Method>>)[collection];
    assert.ok(target?.[method] !== undefined, `The storage has no ${call}.`);
    try {
      const value = await target[method](...(this.#resolve(given) as unknown[]));
      this.#learn(call, value);
      return { value: this.#name(value) };
    } catch (error) {
      if (!isQZPayError(error)) throw error;
      return { error: kindOf(error) };
    }
  }

  #learn(call: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const { id, version } = value as { id?: string; version?: string };
    if (call === 'customers.create' && id !== undefined) this.#customers.push(id);
    if (!call.startsWith('subscriptionPollingJobs.') || id === undefined) return;
    if (call === 'subscriptionPollingJobs.create') this.#jobs.push(id);
    if (version !== undefined) this.#versions.set(id, version);
  }

  /** The storage's own ids for the placeholders of a command. */
  #resolve(value: unknown): unknown {
    if (typeof value === 'string') {
      const [, kind, index] = PLACEHOLDER.exec(value) ?? [];
      if (kind === undefined) return value;
      const job = this.#jobs[Number(index)] ?? 'unknown';
      if (kind === 'customer') return this.#customers[Number(index)] ?? 'unknown';
      return kind === 'job' ? job : (this.#versions.get(job) ?? 'unknown');
    }
    return mapDeep(value, (inner) => this.#resolve(inner));
  }

  /** The value with placeholders for the storage's own ids, without what a storage may add to the contract's types. */
  #name(value: unknown): unknown {
    if (typeof value === 'string') {
      const customer = this.#customers.indexOf(value);
      if (customer >= 0) return `$customer:${customer}`;
      const job = this.#jobs.indexOf(value);
      return job >= 0 ? `$job:${job}` : value;
    }
    if (isLine(value)) return { ...(mapDeep(value, (inner) => this.#name(inner)) as object), id: '$line' };
    return mapDeep(value, (inner) => this.#name(inner), EXTRA_KEYS);
  }
}

const EXTRA_KEYS = ['version', 'number'];

function isLine(value: unknown): value is { id: string } {
  return typeof value === 'object' && value !== null && 'invoiceId' in value && 'unitAmount' in value;
}

function mapDeep(value: unknown, map: (inner: unknown) => unknown, without: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).filter(([name]) => !without.includes(name));
  return Object.fromEntries(entries.map(([name, inner]) => [name, map(inner)]));
}

/** Which error it was, as far as the contract says. */
function kindOf(error: Error): string {
  if (isQZPayError(error, 'not_found')) return `not_found ${(error as QZPayNotFoundError).entityType}`;
  if (isQZPayError(error, 'conflict')) return `conflict ${(error as QZPayConflictError).conflictType}`;
  if (isQZPayError(error, 'storage')) return `storage ${(error as QZPayStorageError).code}`;
  return 'validation';
}
