import assert from 'node:assert/strict';
import type { QZPayStorageAdapter, QZPayWebhookEvent } from '@qzpay/core';
import type { OperationsStorage } from '../conformance/operations.js';
import { buildQZPayPayment } from '../fixtures/index.js';
import { fixtureDate } from '../fixtures/instant.js';
import { RolledBack } from './rolled-back.js';

export const OPERATION_KINDS = ['meter', 'receive', 'handle', 'once', 'finalize'] as const;

/** A piece of work that a storage may not know; then nothing is done. */
export interface OperationWork {
  readonly kind: (typeof OPERATION_KINDS)[number];
  readonly n: number;
  readonly fails: boolean;
}

/** A storage with some of the operations beside the contract, or none. */
type Storage = QZPayStorageAdapter & Partial<Pick<OperationsStorage, 'usage' | 'webhooks' | 'idempotent'>>;

const METERED = { limitKey: 'metered', timestamp: fixtureDate(1) };

/** The part of the load that goes to the operations beside the contract. */
export class OperationsWorkload {
  readonly #storage: Storage;
  readonly #customerId: string;

  /** What counts, by key. */
  readonly #usage = new Map<string, number>();
  readonly #received = new Set<string>();
  readonly #handled: string[] = [];
  readonly #passes = { processed: 0, failed: 0 };
  readonly #results = new Map<string, string>();
  readonly #numbers = new Map<string, string | null>();
  /** Payments made on the way, and whether they are to stay. */
  readonly #payments = new Map<string, boolean>();

  constructor(storage: QZPayStorageAdapter, customerId: string) {
    this.#storage = storage;
    this.#customerId = customerId;
  }

  async carryOut({ kind, n, fails }: OperationWork, caller: number, serial: number): Promise<void> {
    switch (kind) {
      case 'meter':
        return this.#meter(caller % 2 === 0 ? [n, n + 1, n + 2] : [n + 2, n + 1, n], caller + 1, fails);
      case 'receive':
        return this.#receive(`evt_${serial % 2 === 0 ? n : serial}`);
      case 'handle':
        return this.#handle(n, fails);
      case 'once':
        return this.#once(`once_${n}`, serial, fails);
      case 'finalize':
        return this.#finalize(n, fails);
    }
  }

  async verify(): Promise<void> {
    const { usage, webhooks, payments } = this.#storage;
    const query = { ...METERED, customerId: this.#customerId, start: fixtureDate(), end: fixtureDate(31) };
    const total = [...this.#usage.values()].reduce((sum, quantity) => sum + quantity, 0);
    if (usage !== undefined) {
      assert.deepEqual(await usage.total(query), { total, records: this.#usage.size }, 'usage counted once per key');
      assert.ok((await usage.verify()).agrees, 'sums of usage agree with its records');
    }
    if (webhooks !== undefined) {
      const { counts } = await webhooks.statistics();
      const { processed, failed } = this.#passes;
      const pending = this.#received.size - processed - failed;
      assert.deepEqual(counts, { pending, processing: 0, processed, failed, dead_letter: 0 }, 'webhook events');
      assert.equal(new Set(this.#handled).size, this.#handled.length, 'an event is handled by one worker');
      assert.equal(this.#handled.length, processed + failed, 'handled events');
    }
    for (const [id, stays] of this.#payments) {
      assert.equal((await payments.findById(id)) !== null, stays, 'work and its completion are one');
    }
    const { invoices } = this.#storage as Partial<OperationsStorage>;
    if (invoices?.verifyNumbers !== undefined) {
      const { valid, lastValue } = await invoices.verifyNumbers();
      assert.deepEqual([valid, lastValue], [true, this.#numbers.size], 'invoice numbers without gaps or duplicates');
    }
  }

  async #meter(keys: readonly number[], quantity: number, fails: boolean): Promise<void> {
    const { usage } = this.#storage;
    if (usage === undefined) return;
    const customerId = this.#customerId;
    const events = keys.map((key) => ({ ...METERED, customerId, quantity, idempotencyKey: `use_${key}` }));
    const { verdicts } = await this.#maybe(fails, () => usage.ingest(events));
    for (const [index, { idempotencyKey }] of events.entries()) {
      if (verdicts[index]?.status !== 'accepted') continue;
      assert.ok(!this.#usage.has(idempotencyKey), 'usage counted once per key');
      this.#usage.set(idempotencyKey, quantity);
    }
  }

  async #receive(providerEventId: string): Promise<void> {
    const { webhooks } = this.#storage;
    const event = { provider: 'stripe', providerEventId, type: 'invoice.paid', payload: {} };
    const received = await webhooks?.receive(event);
    if (received === undefined || received.duplicate) return;
    assert.ok(!this.#received.has(providerEventId), 'one delivery of an event is new');
    this.#received.add(providerEventId);
  }

  async #handle(batch: number, fails: boolean): Promise<void> {
    const { webhooks } = this.#storage;
    const atomic = batch % 2 === 0;
    const handler = async ({ id }: QZPayWebhookEvent) => {
      this.#handled.push(id);
      this.#payments.set(`paid_${id}`, !(atomic && fails));
      await this.#pay(`paid_${id}`);
      if (fails) throw new RolledBack();
    };
    const pass = await webhooks?.process(handler, { batch, atomic });
    this.#passes.processed += pass?.processed ?? 0;
    this.#passes.failed += pass?.failed ?? 0;
  }

  async #once(key: string, serial: number, fails: boolean): Promise<void> {
    const id = `${key}_${serial}`;
    const result = await this.#storage.idempotent?.(key, { key }, async () => {
      this.#payments.set(id, false);
      await this.#pay(id);
      if (fails) throw new RolledBack();
      return id;
    });
    if (result === undefined) return;
    assert.equal(result, this.#results.get(key) ?? result, 'one result per key');
    this.#results.set(key, result);
    this.#payments.set(result, true);
  }

  async #finalize(n: number, fails: boolean): Promise<void> {
    const { invoices } = this.#storage as QZPayStorageAdapter & Pick<OperationsStorage, 'invoices'>;
    if (invoices.finalize === undefined) return;
    const found = (await invoices.findByCustomerId(this.#customerId))[n];
    if (found === undefined) return;
    const { number } = await this.#maybe(fails, () => invoices.finalize(found.id));
    assert.equal(number, this.#numbers.get(found.id) ?? number, 'an invoice is numbered once');
    this.#numbers.set(found.id, number);
  }

  #pay(id: string): Promise<unknown> {
    return this.#storage.payments.create(buildQZPayPayment({ id, customerId: this.#customerId }));
  }

  /** Does the work, or does it in a transaction that rolls back. */
  #maybe<Result>(fails: boolean, work: () => Promise<Result>): Promise<Result> {
    if (!fails) return work();
    return this.#storage.transaction(async () => {
      await work();
      throw new RolledBack();
    });
  }
}
