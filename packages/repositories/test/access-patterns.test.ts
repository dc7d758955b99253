import { expect, it } from 'vitest';
import { retryQZPayVersionMismatch } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, tenAtOnce } from './support/repositories.js';

const DAY = 86_400_000;

describeOnEveryDriver('subscriptions for jobs', (setup) => {
  async function subscriptions() {
    const made = await setup();
    const { repositories, clock } = made;
    const now = clock();
    const later = (days: number) => new Date(now.getTime() + days * DAY);
    const { id: customerId } = await repositories.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    const subscribe = (id: string, fields: Partial<Parameters<typeof repositories.subscriptions.create>[0]> = {}) =>
      repositories.subscriptions.create({
        id,
        customerId,
        planId: 'pro',
        status: 'active',
        interval: 'month',
        currentPeriodStart: later(-30),
        currentPeriodEnd: later(1),
        ...fields,
      });
    return { ...made, subscriptions: repositories.subscriptions, customerId, now, later, subscribe };
  }
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

  it('finds what is due for renewal, longest due first, and not what ends', async () => {
    const { subscriptions: repository, subscribe, later, now } = await subscriptions();
    await subscribe('b', { currentPeriodEnd: now });
    await subscribe('a', { currentPeriodEnd: later(-1) });
    await subscribe('not yet');
    await subscribe('ending', { currentPeriodEnd: later(-1), cancelAtPeriodEnd: true });
    await subscribe('trial', { currentPeriodEnd: later(-1), status: 'trialing', trialEnd: later(-1) });
    await subscribe('gone', { currentPeriodEnd: later(-1) });
    await repository.delete('gone');
    expect(ids(await repository.findRenewalsDue(now))).toEqual(['a', 'b']);
    expect(ids(await repository.findRenewalsDue(now, 1))).toEqual(['a']);
    expect(ids(await repository.findPeriodEndCancellationsDue(now))).toEqual(['ending']);
    expect(ids(await repository.findPeriodsEnding(later(-1), now))).toEqual(['a', 'ending', 'trial']);
    expect(ids(await repository.findTrialsEnding(new Date(0), now))).toEqual(['trial']);
    await expect(repository.findRenewalsDue(now, -1)).rejects.toMatchObject({ field: 'limit' });
  });

  it('finds scheduled cancellations, plan changes and comparisons with the provider', async () => {
    const { subscriptions: repository, subscribe, later, now } = await subscriptions();
    const change = (applyAt: Date, status: 'pending' | 'applied') => ({
      newPlanId: 'max',
      newPriceId: 'max-month',
      targetTransactionAmountMajor: 10,
      applyAt: applyAt.toISOString(),
      requestedAt: now.toISOString(),
      status,
      attemptCount: 0,
    });
    await subscribe('cancel', { cancelAt: now, providerSyncedAt: later(-3) });
    await subscribe('cancel later', { cancelAt: later(1), providerSyncedAt: now });
    await subscribe('canceled', { cancelAt: later(-1), status: 'canceled', providerSyncedAt: later(-9) });
    await subscribe('change', { scheduledPlanChange: change(now, 'pending'), providerSyncedAt: later(-2) });
    await subscribe('change later', { scheduledPlanChange: change(later(1), 'pending') });
    await subscribe('changed', { scheduledPlanChange: change(later(-1), 'applied'), providerSyncedAt: now });
    expect(ids(await repository.findScheduledCancellationsDue(now))).toEqual(['cancel']);
    expect(ids(await repository.findPlanChangesDue(now))).toEqual(['change']);
    expect(ids(await repository.findSyncsDue(later(-1)))).toEqual(['change later', 'cancel', 'change']);
  });

  it('finds past-due subscriptions to charge again, and those whose grace is over', async () => {
    const { subscriptions: repository, subscribe, later, now } = await subscriptions();
    const pastDue = { status: 'past_due', nextRetryAt: later(-1) } as const;
    await subscribe('retry', { ...pastDue, gracePeriodEndsAt: later(1), retryCount: 3 });
    await subscribe('no grace set', { ...pastDue, nextRetryAt: later(-2) });
    await subscribe('too often', { ...pastDue, retryCount: 4 });
    await subscribe('grace over', { ...pastDue, gracePeriodEndsAt: now });
    await subscribe('not yet', { ...pastDue, nextRetryAt: later(1) });
    expect(ids(await repository.findRetriesDue(now, 4))).toEqual(['no grace set', 'retry']);
    expect(ids(await repository.findGraceExpired(now))).toEqual(['grace over']);
    const charged = await repository.recordRetry('retry', now, later(2));
    expect(charged).toMatchObject({ retryCount: 4, lastRetryAt: now, nextRetryAt: later(2) });
    await expect(repository.recordRetry('unknown', now, null)).rejects.toMatchObject({ entityType: 'Subscription' });
  });

  it('finds those that give a customer access, by promo code and by payment method, and counts by status', async () => {
    const { subscriptions: repository, subscribe, customerId, clock } = await subscriptions();
    for (const [id, fields] of Object.entries({
      old: { promoCodeId: 'promo' },
      trial: { status: 'trialing', defaultPaymentMethodId: 'pm' },
      gone: { status: 'canceled' },
    } as const)) {
      clock.advance(1);
      await subscribe(id, { ...fields, createdAt: clock() });
    }
    expect(ids(await repository.findActiveByCustomerId(customerId))).toEqual(['trial', 'old']);
    expect(ids(await repository.findActiveByCustomerExternalId('user-1'))).toEqual(['trial', 'old']);
    expect(await repository.findActiveByCustomerExternalId('nobody')).toEqual([]);
    expect(await repository.findActiveByCustomerId('\0')).toEqual([]);
    expect(ids(await repository.findByPromoCodeId('promo'))).toEqual(['old']);
    expect(ids(await repository.findByDefaultPaymentMethodId('pm'))).toEqual(['trial']);
    expect(await repository.countByStatus()).toEqual({ active: 1, trialing: 1, canceled: 1 });
  });
});

describeOnEveryDriver('customers, payments and invoices', (setup) => {
  it('searches with the characters of patterns taken as they are', async () => {
    const { repositories } = await setup();
    await repositories.customers.create({ externalId: 'a', email: '100%@b.c', name: 'Ada_L' });
    await repositories.customers.create({ externalId: 'b', email: 'x@b.c', name: 'AdaxL\\' });
    const found = async (text: string) =>
      (await repositories.customers.search(text)).map(({ externalId }) => externalId);
    expect((await found('ADA')).toSorted()).toEqual(['a', 'b']);
    expect(await found('a_l')).toEqual(['a']);
    expect(await found('0%')).toEqual(['a']);
    expect(await found('\\')).toEqual(['b']);
    expect(await found('\0')).toEqual([]);
    expect(await repositories.customers.existsByExternalId('a')).toBe(true);
    expect(await repositories.customers.existsByExternalId('c')).toBe(false);
  });

  it('creates or updates a customer by external id, field by field', async () => {
    const { repositories } = await setup();
    const first = await repositories.customers.upsertByExternalId({
      externalId: 'a',
      email: 'a@b.c',
      phone: '1',
      providerCustomerIds: { stripe: 's' },
    });
    const second = await repositories.customers.upsertByExternalId({
      externalId: 'a',
      email: 'New@b.c',
      providerCustomerIds: { paypal: 'p' },
    });
    expect(second).toMatchObject({
      id: first.id,
      email: 'New@b.c',
      phone: '1',
      providerCustomerIds: { stripe: 's', paypal: 'p' },
      createdAt: first.createdAt,
    });
    expect(second.version).not.toBe(first.version);
    expect((await repositories.customers.findByEmail('new@b.c'))?.id).toBe(first.id);
  });

  it('finds payments by what they are for, the unsettled ones, and sums per currency', async () => {
    const { repositories, clock } = await setup();
    const { id: customerId } = await repositories.customers.create({ externalId: 'a', email: 'a@b.c' });
    const start = clock();
    const rows = await repositories.payments.createMany(
      (['succeeded', 'pending', 'failed', 'refunded'] as const).map((status, index) => ({
        id: status,
        customerId,
        subscriptionId: index === 0 ? 'sub' : null,
        invoiceId: index === 0 ? 'inv' : null,
        amount: 2_000_000_000 + index,
        currency: index === 3 ? ('USD' as const) : ('EUR' as const),
        status,
      })),
    );
    expect(rows.map(({ id }) => id)).toEqual(['succeeded', 'pending', 'failed', 'refunded']);
    await repositories.refunds.append({
      paymentId: 'refunded',
      amount: 7,
      currency: 'USD',
      status: 'succeeded',
      providerRefundId: 're',
    });
    await repositories.refunds.append({ paymentId: 'succeeded', amount: 5, currency: 'EUR', status: 'pending' });
    const until = clock.advance(DAY);
    expect(await repositories.payments.findBySubscriptionId('sub')).toMatchObject([{ id: 'succeeded' }]);
    expect(await repositories.payments.findByInvoiceId('inv')).toMatchObject([{ id: 'succeeded' }]);
    expect(await repositories.payments.findUnsettled(until)).toMatchObject([{ id: 'pending' }]);
    expect(await repositories.payments.findUnsettled(start)).toEqual([]);
    expect(await repositories.refunds.findPending(until)).toMatchObject([{ amount: 5 }]);
    expect(await repositories.refunds.findByProviderRefundId('re')).toMatchObject({ amount: 7 });
    expect(await repositories.refunds.findByProviderRefundId('none')).toBeNull();
    expect(await repositories.payments.totals(start, until)).toEqual([
      { currency: 'EUR', count: 1, amount: 2_000_000_000, refunded: 0 },
      { currency: 'USD', count: 1, amount: 2_000_000_003, refunded: 7 },
    ]);
    expect(await repositories.payments.totals(until, until)).toEqual([]);
  });

  it('finds invoices that are due and overdue, with their lines', async () => {
    const { repositories, clock } = await setup();
    const { id: customerId } = await repositories.customers.create({ externalId: 'a', email: 'a@b.c' });
    const now = clock();
    const due = (days: number) => new Date(now.getTime() + days * DAY);
    const amounts = { subtotal: 1, tax: 0, discount: 0, total: 1, amountPaid: 0, amountDue: 1 };
    const line = { description: 'line', quantity: 1, unitAmount: 1, amount: 1 };
    const bill = (id: string, status: 'draft' | 'open' | 'paid', days: number) =>
      repositories.invoices.create({ id, customerId, subscriptionId: 'sub', status, dueDate: due(days), ...amounts }, [
        line,
      ]);
    await bill('late', 'open', -2);
    await bill('later', 'open', -1);
    await bill('draft', 'draft', -3);
    await bill('soon', 'open', 1);
    await bill('paid', 'paid', -1);
    const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
    const overdue = await repositories.invoices.findOverdue(now);
    expect(ids(overdue)).toEqual(['late', 'later']);
    expect(overdue[0]?.lines).toMatchObject([line]);
    expect(ids(await repositories.invoices.findDue(due(-3), due(2)))).toEqual(['draft', 'late', 'later', 'soon']);
    expect(await repositories.invoices.findBySubscriptionId('sub')).toHaveLength(5);
  });
});

describeOnEveryDriver('many at once, restoring and purging', (setup) => {
  it('creates many rows or none', async () => {
    const { repositories } = await setup();
    const customers = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ externalId: `u${from + index}`, email: 'A@b.c' }));
    const rows = await repositories.customers.createMany(customers(0, 500));
    expect(rows.map(({ externalId }) => externalId)).toEqual(customers(0, 500).map(({ externalId }) => externalId));
    expect(await repositories.customers.findByIds(rows.map(({ id }) => id))).toHaveLength(500);
    await expect(repositories.customers.createMany(customers(499, 2))).rejects.toMatchObject({
      conflictType: 'already_exists',
    });
    expect(await repositories.customers.count()).toBe(500);
    expect(await repositories.customers.createMany([])).toEqual([]);
    await expect(repositories.customers.createMany(customers(1000, 10_001))).rejects.toMatchObject({ field: 'rows' });
  });

  it('restores a deleted row, unless its key has been taken', async () => {
    const { repositories } = await setup();
    const first = await repositories.customers.create({ externalId: 'a', email: 'a@b.c' });
    await repositories.customers.delete(first.id);
    expect(await repositories.customers.restore(first.id)).toMatchObject({ id: first.id, deletedAt: null });
    expect(await repositories.customers.restore(first.id)).toBeNull();
    await repositories.customers.delete(first.id);
    await repositories.customers.create({ externalId: 'a', email: 'a@b.c' });
    await expect(repositories.customers.restore(first.id)).rejects.toMatchObject({ conflictType: 'already_exists' });
  });

  it('purges what was deleted long enough ago and is not referred to', async () => {
    const { repositories, clock, reopen } = await setup();
    const live = reopen({ livemode: true });
    const create = (externalId: string) => repositories.customers.create({ externalId, email: 'a@b.c' });
    const [kept, used, gone, also] = [
      await create('kept'),
      await create('used'),
      await create('gone'),
      await create('also'),
    ];
    const other = await live.customers.create({ externalId: 'gone', email: 'a@b.c' });
    await repositories.payments.create({ customerId: used.id, amount: 1, currency: 'EUR', status: 'failed' });
    for (const { id } of [used, gone, also]) await repositories.customers.delete(id);
    await live.customers.delete(other.id);
    expect(await repositories.customers.purge(clock())).toBe(0);
    const later = clock.advance(DAY);
    expect(await repositories.customers.purge(later, 1)).toBe(1);
    expect(await repositories.customers.purge(later)).toBe(1);
    expect(await repositories.customers.purge(later)).toBe(0);
    expect(await repositories.customers.restore(gone.id)).toBeNull();
    expect(await repositories.customers.restore(used.id)).not.toBeNull();
    expect(await live.customers.restore(other.id)).not.toBeNull();
    expect(await repositories.customers.findById(kept.id)).not.toBeNull();
  });
});

describeOnServers('simultaneous callers', (setup) => {
  it('meet in one customer', async () => {
    const { repositories } = await setup();
    const rows = await tenAtOnce((index) =>
      repositories.customers.upsertByExternalId({ externalId: 'a', email: `${index}@b.c` }),
    );
    expect(rows.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await repositories.customers.count()).toBe(1);
  });

  it('count every failed attempt to charge', async () => {
    const { repositories, clock } = await setup();
    const { id: customerId } = await repositories.customers.create({ externalId: 'a', email: 'a@b.c' });
    await repositories.subscriptions.create({
      id: 'sub',
      customerId,
      planId: 'pro',
      status: 'past_due',
      interval: 'month',
      currentPeriodStart: clock(),
      currentPeriodEnd: new Date(clock().getTime() + DAY),
    });
    await tenAtOnce(() => repositories.subscriptions.recordRetry('sub', clock(), null));
    expect((await repositories.subscriptions.findById('sub'))?.retryCount).toBe(10);
  });

  it('all succeed with the retry helper, which repeats for a stale version only', async () => {
    const { repositories } = await setup();
    const { id } = await repositories.customers.create({ externalId: 'a', email: 'a@b.c', metadata: { count: 0 } });
    const increment = async () => {
      const row = await repositories.customers.findById(id);
      const metadata = { count: Number(row?.metadata['count']) + 1 };
      return repositories.customers.update(id, { metadata }, { expectedVersion: row?.version });
    };
    await tenAtOnce(() => retryQZPayVersionMismatch(increment, 100));
    expect((await repositories.customers.findById(id))?.metadata).toEqual({ count: 10 });
    let attempts = 0;
    const duplicate = () => {
      attempts += 1;
      return repositories.customers.create({ externalId: 'a', email: 'a@b.c' });
    };
    await expect(retryQZPayVersionMismatch(duplicate)).rejects.toMatchObject({ conflictType: 'already_exists' });
    expect(attempts).toBe(1);
  });
});
