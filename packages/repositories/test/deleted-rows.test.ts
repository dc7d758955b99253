import { expect, it } from 'vitest';
import { describeOnEveryDriver } from './support/repositories.js';

describeOnEveryDriver('deleted rows', (setup) => {
  /** Vendors a to e in both modes, of which b and d are deleted. */
  async function vendors() {
    const made = await setup();
    for (const { vendors: repository } of [made.repositories, made.reopen({ livemode: true })]) {
      for (const id of ['a', 'b', 'c', 'd', 'e']) {
        await repository.create({ id, externalId: id, name: id, email: `${id}@b.c`, paymentMode: 'manual' });
      }
      await repository.delete('b');
      await repository.delete('d');
    }
    return made.repositories.vendors;
  }
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

  it('are listed, paged and counted only where asked for', async () => {
    const repository = await vendors();
    for (const [deleted, expected] of [
      [undefined, ['a', 'c', 'e']],
      ['exclude', ['a', 'c', 'e']],
      ['include', ['a', 'b', 'c', 'd', 'e']],
      ['only', ['b', 'd']],
    ] as const) {
      const query = { deleted, orderDirection: 'asc' } as const;
      const listed = await repository.list(query);
      expect(ids(listed.data)).toEqual(expected);
      expect(listed.total).toBe(expected.length);
      expect(ids((await repository.list({ ...query, total: 'none' })).data)).toEqual(expected);
      expect(ids((await repository.page(query)).data)).toEqual(expected);
      expect(await repository.count(undefined, { deleted })).toBe(expected.length);
    }
  });

  it('pass filters, and are paged by cursor and offset like others', async () => {
    const repository = await vendors();
    const query = { deleted: 'only', orderDirection: 'asc', filters: { paymentMode: 'manual' } } as const;
    expect(await repository.list({ ...query, limit: 1 })).toMatchObject({ total: 2, hasMore: true });
    expect(await repository.list({ ...query, offset: 5 })).toMatchObject({ data: [], total: 2, hasMore: false });
    const first = await repository.page({ ...query, first: 1 });
    expect(ids(first.data)).toEqual(['b']);
    const next = await repository.page({ ...query, first: 1, after: first.endCursor ?? '' });
    expect(ids(next.data)).toEqual(['d']);
    expect(next.hasNextPage).toBe(false);
    expect(await repository.count({ externalId: 'b' }, query)).toBe(1);
    expect(await repository.count({ externalId: 'a' }, query)).toBe(0);
  });

  it('cannot be asked for where there are none, nor with another word', async () => {
    const { repositories } = await setup();
    const refused = { name: 'QZPayValidationError', field: 'deleted' };
    await expect(repositories.checkouts.list({ deleted: 'only' })).rejects.toMatchObject(refused);
    await expect(repositories.checkouts.page({ deleted: 'include' })).rejects.toMatchObject(refused);
    await expect(repositories.vendors.count(undefined, { deleted: 'all' as 'only' })).rejects.toMatchObject(refused);
  });
});
