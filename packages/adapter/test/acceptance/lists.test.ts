import { insertQZPayPayment } from '@qzpay/test-utils';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, type StorageSetup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

async function manyCustomers({ storage }: StorageSetup, count: number) {
  for (let index = 0; index < count; index += 1) {
    await storage.customers.create({ externalId: `user-${index}`, email: `user-${index}@example.org` });
  }
}

describeOnEveryDriver('lists', (setup) => {
  it('A-63 pages through rows of one instant without losing or repeating any', async () => {
    const made = await setup();
    await manyCustomers(made, 25);
    const seen: string[] = [];
    for (let offset = 0; ; offset += 7) {
      const page = await made.storage.customers.list({ limit: 7, offset });
      seen.push(...page.data.map(({ externalId }) => externalId));
      expect(page).toMatchObject({ total: 25, limit: 7, offset });
      expect(page.hasMore).toBe(offset + 7 < 25);
      if (!page.hasMore) break;
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  it('A-63 pages by cursor in both directions, also while rows are added', async () => {
    const made = await setup();
    await manyCustomers(made, 23);
    const { customers } = made.storage.repositories;
    for (const orderDirection of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      let after: string | undefined;
      for (let more = true; more; ) {
        const page = await customers.page({ first: 5, after, orderDirection });
        seen.push(...page.data.map(({ id }) => id));
        more = page.hasNextPage;
        after = page.endCursor ?? undefined;
      }
      expect(seen).toHaveLength(23);
      expect(new Set(seen).size).toBe(23);
      expect(seen).toEqual(orderDirection === 'asc' ? seen.toSorted() : seen.toSorted().toReversed());
    }
    const first = await customers.page({ first: 5 });
    made.clock.advance(1);
    await made.storage.customers.create({ externalId: 'newest', email: 'n@b.c' });
    const second = await customers.page({ first: 5, after: first.endCursor ?? undefined });
    expect(second.data.some(({ id }) => first.data.some((other) => other.id === id))).toBe(false);
  });

  it('refuses a page of no rows, from which no loop would get on', async () => {
    const { storage } = await setup();
    await expect(storage.repositories.customers.page({ first: 0 })).rejects.toMatchObject({ field: 'first' });
    await expect(storage.audit.list({ first: 0 })).rejects.toMatchObject({ field: 'first' });
    expect(await storage.webhooks.deadLetters(0)).toEqual([]);
  });

  it('says the total also where the page is empty', async () => {
    const made = await setup();
    await manyCustomers(made, 3);
    const { list } = made.storage.customers;
    const page = (options: object) => list.call(made.storage.customers, options);
    expect(await page({ offset: 10 })).toEqual({ data: [], total: 3, limit: 100, offset: 10, hasMore: false });
    expect(await page({ limit: 0 })).toEqual({ data: [], total: 3, limit: 0, offset: 0, hasMore: true });
    expect(await page({ limit: 3 })).toMatchObject({ total: 3, hasMore: false });
  });

  it('A-62 filters by core fields, any of several values, absence, and amounts', async () => {
    const made = await setup();
    await manyCustomers(made, 3);
    const { storage } = made;
    const [first] = (await storage.customers.list({ filters: { email: 'USER-1@example.org' } })).data;
    expect(first?.externalId).toBe('user-1');
    const total = async (filters: Record<string, unknown>) => (await storage.customers.list({ filters })).total;
    expect(await total({})).toBe(3);
    expect(await total({ externalId: undefined })).toBe(3);
    expect(await total({ externalId: ['user-0', 'user-2', 'nobody'] })).toBe(2);
    expect(await total({ externalId: [] })).toBe(0);
    expect(await total({ name: null })).toBe(3);
    expect(await total({ name: ['Ada', null] })).toBe(3);
    expect(await total({ externalId: 'nul \0' })).toBe(0);
    expect(await total({ externalId: "'; drop table customers; --" })).toBe(0);
    for (const [index, amount] of [100, 200, 300].entries()) {
      await insertQZPayPayment(storage, {
        id: `pay-${index}`,
        customerId: first?.id ?? '',
        amount,
        status: index === 0 ? 'failed' : 'succeeded',
        createdAt: made.clock(),
        updatedAt: made.clock(),
      });
    }
    const payments = async (filters: Record<string, unknown>) => (await storage.payments.list({ filters })).total;
    expect(await payments({ minAmount: 200 })).toBe(2);
    expect(await payments({ minAmount: 200, maxAmount: 200 })).toBe(1);
    expect(await payments({ status: 'succeeded', customerId: first?.id })).toBe(2);
    expect(await payments({ status: 'no such status' })).toBe(0);
  });

  it('A-62 refuses unknown filters and orders, naming those that there are', async () => {
    const { storage } = await setup();
    const refusal = (field: string) => ({ name: 'QZPayValidationError', field });
    for (const filters of [
      { nonsense: 1 },
      { 'email; drop': 1 },
      JSON.parse('{"__proto__":1}') as object,
      { email_key: 1 },
    ]) {
      await expect(storage.customers.list({ filters: untyped(filters) })).rejects.toMatchObject(refusal('filters'));
    }
    await expect(storage.customers.list({ orderBy: 'email desc' })).rejects.toMatchObject(refusal('orderBy'));
    await expect(storage.customers.list({ orderDirection: untyped('up') })).rejects.toMatchObject(
      refusal('orderDirection'),
    );
    for (const limit of [-1, 1.5, Number.NaN, 10_001]) {
      await expect(storage.customers.list({ limit })).rejects.toMatchObject(refusal('limit'));
    }
    await expect(storage.customers.list({ offset: -1 })).rejects.toMatchObject(refusal('offset'));
    for (const after of ['', 'nonsense', Buffer.from('[1,"x",0,"a"]').toString('base64url')]) {
      await expect(storage.repositories.customers.page({ after })).rejects.toMatchObject(refusal('after'));
    }
  });

  it('orders by the asked field in either direction', async () => {
    const made = await setup();
    await manyCustomers(made, 3);
    const ordered = async (orderDirection: 'asc' | 'desc') =>
      (await made.storage.customers.list({ orderBy: 'externalId', orderDirection })).data.map(
        ({ externalId }) => externalId,
      );
    expect(await ordered('asc')).toEqual(['user-0', 'user-1', 'user-2']);
    expect(await ordered('desc')).toEqual(['user-2', 'user-1', 'user-0']);
  });
});
