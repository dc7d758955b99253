import assert from 'node:assert/strict';
import { isQZPayError, type QZPayInvoiceLine, type QZPayStorageAdapter } from '@qzpay/core';
import fc from 'fast-check';
import {
  buildQZPayPayment,
  buildQZPayPaymentMethod,
  buildQZPayRefund,
  insertQZPayCustomer,
  insertQZPayCustomerLimit,
  insertQZPayPayment,
  insertQZPayPlan,
  insertQZPayPromoCode,
  insertQZPaySubscription,
} from '../fixtures/index.js';
import { OPERATION_KINDS, OperationsWorkload } from './operations-workload.js';
import { RolledBack } from './rolled-back.js';

/** One piece of work of one caller. `n` chooses among the few things that all callers share. */
export interface Work {
  readonly kind: (typeof KINDS)[number];
  readonly n: number;
  readonly fails: boolean;
}

const KINDS = [
  'sign up',
  'link',
  'use',
  'claim',
  'redeem',
  'add method',
  'default method',
  'remove method',
  'refund',
  'poll',
  'finish poll',
  'bill',
  'rebill',
  'read bills',
  'transaction',
  ...OPERATION_KINDS,
] as const;

export const work: fc.Arbitrary<Work> = fc.record({
  kind: fc.constantFrom(...KINDS),
  n: fc.nat({ max: 3 }),
  fails: fc.boolean(),
});

const CAP = 5;
const AMOUNT = 100;

/** Carries work out, keeps count of what the storage has acknowledged, and compares the two. */
export class Workload {
  readonly #storage: QZPayStorageAdapter;
  readonly #customerId: string;
  readonly #operations: OperationsWorkload;
  #serial = 0;

  #used = 0;
  #claimed = 0;
  #redeemed = 0;
  #bills = 0;
  readonly #signedUp = new Map<string, string>();
  readonly #links = new Map<string, string>();
  readonly #refunds = new Set<string>();
  /** Started minus finished, by resource. */
  readonly #polls = new Map<string, number>();
  readonly #committed: string[] = [];
  readonly #rolledBack: string[] = [];

  private constructor(storage: QZPayStorageAdapter, customerId: string) {
    this.#storage = storage;
    this.#customerId = customerId;
    this.#operations = new OperationsWorkload(storage, customerId);
  }

  static async prepare(storage: QZPayStorageAdapter): Promise<Workload> {
    const { id: customerId } = await insertQZPayCustomer(storage, { externalId: 'shared' });
    await insertQZPayPlan(storage);
    await insertQZPaySubscription(storage, { customerId });
    await insertQZPayPayment(storage, { customerId, amount: 1_000_000 });
    await insertQZPayCustomerLimit(storage, { customerId });
    await insertQZPayPromoCode(storage, { id: 'capped', code: 'CAPPED', maxRedemptions: CAP });
    await insertQZPayPromoCode(storage, { id: 'free', code: 'FREE' });
    return new Workload(storage, customerId);
  }

  /** One caller's work, piece after piece. What the storage refuses with an error of the contract counts as not done. */
  async carryOut(list: readonly Work[], caller: number): Promise<void> {
    for (const piece of list) {
      try {
        await this.#piece(piece, caller);
      } catch (error) {
        if (!isQZPayError(error) && !(error instanceof RolledBack)) throw error;
      }
    }
  }

  async verify(): Promise<void> {
    const { customers, limits, promoCodes, payments, paymentMethods } = this.#storage;
    assert.equal((await limits.check(this.#customerId, 'api_calls'))?.currentValue, this.#used, 'limit counted');
    assert.ok(this.#claimed <= CAP, 'cap of the promo code');
    assert.equal((await promoCodes.findById('capped'))?.currentRedemptions, this.#claimed, 'claims counted');
    assert.equal((await promoCodes.findById('free'))?.currentRedemptions, this.#redeemed, 'redemptions counted');
    assert.equal(await payments.getTotalRefundedAmount('pay_test'), this.#refunds.size * AMOUNT, 'refunds counted');
    for (const [externalId, id] of this.#signedUp) {
      assert.equal((await customers.findByExternalId(externalId))?.id, id, 'one customer per external id');
    }
    const linked = (await customers.findById(this.#customerId))?.providerCustomerIds;
    assert.deepEqual(linked, Object.fromEntries(this.#links), 'linked providers');
    const methods = await paymentMethods.findByCustomerId(this.#customerId);
    assert.ok(methods.filter((method) => method.isDefault).length <= 1, 'one default payment method');
    for (const [resource, running] of this.#polls) {
      const active = await this.#storage.subscriptionPollingJobs?.findActiveByProviderResourceId('stripe', resource);
      assert.equal(active ? 1 : 0, running, 'one pending polling job per resource');
    }
    assert.equal((await this.#storage.invoices.findByCustomerId(this.#customerId)).length, this.#bills, 'invoices');
    await this.#readBills();
    for (const id of this.#committed) assert.notEqual(await payments.findById(id), null, 'committed work is there');
    for (const id of this.#rolledBack) assert.equal(await payments.findById(id), null, 'rolled-back work is not');
    await this.#operations.verify();
  }

  async #piece({ kind, n, fails }: Work, caller: number): Promise<void> {
    const { customers, limits, promoCodes, payments, paymentMethods, invoices } = this.#storage;
    const customerId = this.#customerId;
    const serial = ++this.#serial;
    switch (kind) {
      case 'sign up': {
        const { id, externalId } = await insertQZPayCustomer(this.#storage, { externalId: `user_${n}` });
        assert.ok(!this.#signedUp.has(externalId), 'one customer per external id');
        this.#signedUp.set(externalId, id);
        return;
      }
      case 'link': {
        const provider = `provider_${caller}`;
        await customers.update(customerId, { providerCustomerIds: { [provider]: `id_${serial}` } });
        this.#links.set(provider, `id_${serial}`);
        return;
      }
      case 'use':
        await limits.increment({ customerId, limitKey: 'api_calls', incrementBy: n });
        this.#used += n;
        return;
      case 'claim':
        if ((await promoCodes.atomicIncrementRedemptions('capped')) !== null) this.#claimed += 1;
        return;
      case 'redeem':
        await promoCodes.incrementRedemptions('free');
        this.#redeemed += 1;
        return;
      case 'add method':
        await paymentMethods.create(buildQZPayPaymentMethod({ id: `pm_${n}`, customerId, setAsDefault: fails }));
        return;
      case 'default method':
        return paymentMethods.setDefault(customerId, `pm_${n}`);
      case 'remove method':
        return paymentMethods.delete(`pm_${n}`);
      case 'refund':
        await payments.createRefund(buildQZPayRefund({ providerRefundId: `re_${n}`, amount: AMOUNT }));
        this.#refunds.add(`re_${n}`);
        return;
      case 'poll':
        return this.#poll(`resource_${n}`);
      case 'finish poll':
        return this.#finishPoll(`resource_${n}`);
      case 'bill':
        await invoices.create({ id: `inv_${serial}`, customerId, lines: [line(n), line(1)] });
        this.#bills += 1;
        return;
      case 'rebill':
        return this.#rebill(n);
      case 'read bills':
        return this.#readBills();
      case 'transaction':
        return this.#transaction(`pay_${serial}`, fails);
      default:
        return this.#operations.carryOut({ kind, n, fails }, caller, serial);
    }
  }

  async #poll(providerResourceId: string): Promise<void> {
    const jobs = this.#storage.subscriptionPollingJobs;
    const job = await jobs?.create({ subscriptionId: 'sub_test', provider: 'stripe', providerResourceId });
    if (job) this.#polls.set(providerResourceId, (this.#polls.get(providerResourceId) ?? 0) + 1);
  }

  async #finishPoll(resource: string): Promise<void> {
    const jobs = this.#storage.subscriptionPollingJobs;
    const job = await jobs?.findActiveByProviderResourceId('stripe', resource);
    if (!job) return;
    const finished = await jobs?.update({ id: job.id, expectedVersion: job.version, status: 'succeeded' });
    if (finished) this.#polls.set(resource, (this.#polls.get(resource) ?? 0) - 1);
  }

  /** Gives a stored invoice other lines and the total that goes with them. */
  async #rebill(n: number): Promise<void> {
    const invoice = (await this.#storage.invoices.findByCustomerId(this.#customerId))[n];
    if (invoice === undefined) return;
    const lines = Array.from(
      { length: n + 1 },
      (_, index): QZPayInvoiceLine => ({
        ...line(index + 1),
        id: `${invoice.id}_${index}`,
        invoiceId: invoice.id,
        amount: index + 1,
        priceId: null,
        periodStart: null,
        periodEnd: null,
        metadata: {},
      }),
    );
    await this.#storage.invoices.update(invoice.id, { lines, total: totalOf(lines) });
  }

  async #readBills(): Promise<void> {
    for (const { lines, total } of await this.#storage.invoices.findByCustomerId(this.#customerId)) {
      assert.equal(total, totalOf(lines), 'header and lines of an invoice belong together');
    }
  }

  async #transaction(id: string, fails: boolean): Promise<void> {
    const customerId = this.#customerId;
    if (fails) this.#rolledBack.push(id);
    await this.#storage.transaction(async () => {
      await this.#storage.payments.create(buildQZPayPayment({ id, customerId }));
      await this.#storage.limits.increment({ customerId, limitKey: 'api_calls' });
      if (fails) throw new RolledBack();
    });
    this.#used += 1;
    this.#committed.push(id);
  }
}

const line = (quantity: number) => ({ description: 'x', quantity, unitAmount: 1 });
const totalOf = (lines: readonly QZPayInvoiceLine[]) => lines.reduce((sum, { amount }) => sum + amount, 0);
