import { type QZPayStorage, withQZPayActor } from '@qzpay/adapter';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers } from '../support/drivers.js';

/** Drafts of one customer, with the ids `inv_1` and so on. */
async function drafts(storage: QZPayStorage, count: number): Promise<string[]> {
  const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
  const ids = Array.from({ length: count }, (_, index) => `inv_${index + 1}`);
  for (const id of ids) await storage.invoices.create({ id, customerId, lines: [] });
  return ids;
}

const numberOf = (count: number, series = 'INV') => `${series}-2026-${String(count).padStart(6, '0')}`;
const expected = (count: number) => Array.from({ length: count }, (_, index) => numberOf(index + 1));

describeOnEveryDriver('finalizing many invoices at once', (setup) => {
  it('numbers in one statement all that wait for the counter, in the order of the calls', async () => {
    const statements: string[] = [];
    const { storage } = await setup({ onQuery: ({ name }) => statements.push(name) });
    const ids = await drafts(storage, 30);
    statements.length = 0;
    const finalized = await Promise.all(ids.map((id) => storage.invoices.finalize(id)));
    expect(finalized.map(({ id, number }) => [id, number])).toEqual(
      expected(30).map((number, index) => [ids[index], number]),
    );
    expect(statements).toEqual(['invoices.finalize_many', 'invoices.finalize_many']);
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ valid: true, lastValue: 30, invoices: 30 });
  });

  it('answers each call for itself', async () => {
    const { storage } = await setup();
    const [first = '', voided = '', numbered = '', last = ''] = await drafts(storage, 4);
    await storage.invoices.finalize(numbered);
    await storage.invoices.update(voided, { status: 'void' });
    const ids = [first, voided, numbered, 'unknown', last, last];
    const answers = await Promise.allSettled(ids.map((id) => storage.invoices.finalize(id)));
    const told = answers.map((answer) =>
      answer.status === 'fulfilled' ? answer.value.number : (answer.reason as Error).name,
    );
    const [one, two, three] = expected(3);
    expect(told).toEqual([two, 'QZPayConflictError', one, 'QZPayNotFoundError', three, three]);
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ valid: true, lastValue: 3 });
  });

  it('lets one that the database refuses spoil no other', async () => {
    const { storage, query } = await setup();
    const ids = await drafts(storage, 5);
    await query("alter table billing_invoices add constraint refusal check (id <> 'inv_3' or number is null)");
    try {
      const answers = await Promise.allSettled(ids.map((id) => storage.invoices.finalize(id)));
      expect(answers.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true]);
    } finally {
      await query('alter table billing_invoices drop constraint refusal');
    }
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ valid: true, lastValue: 4, invoices: 4 });
  });

  it('counts every series for itself', async () => {
    const { storage } = await setup();
    const ids = await drafts(storage, 12);
    const series = ['INV', 'ACME', 'CREDIT'];
    const seriesOf = (index: number) => series[index % 3] ?? '';
    const finalized = await Promise.all(
      ids.map((id, index) => storage.invoices.finalize(id, { series: seriesOf(index) })),
    );
    expect(finalized.map(({ number }) => number)).toEqual(
      ids.map((_, index) => numberOf(Math.floor(index / 3) + 1, seriesOf(index))),
    );
  });

  it('names the actor of each call in the audit trail', async () => {
    const { storage } = await setup({ audit: true });
    const ids = await drafts(storage, 8);
    await Promise.all(
      ids.map((id, index) =>
        withQZPayActor({ type: 'admin', id: `admin_${index % 2}` }, () => storage.invoices.finalize(id)),
      ),
    );
    const { data } = await storage.audit.list({ action: 'finalize' });
    const actors = new Map(data.map(({ entityId, actorId }) => [entityId, actorId]));
    expect(ids.map((id) => actors.get(id))).toEqual(ids.map((_, index) => `admin_${index % 2}`));
  });
});

describeOnServers('finalizing many invoices at once', (setup) => {
  it('waits for the locked row of no other call', async () => {
    const { storage, reopen } = await setup();
    const ids = await drafts(storage, 5);
    const elsewhere = reopen();
    const { locked } = await storage.transaction(async () => {
      await storage.invoices.update('inv_2', { metadata: { seen: true } });
      const [first, locked, ...others] = ids.map((id) => elsewhere.invoices.finalize(id));
      const finalized = await Promise.all([first, ...others]);
      expect(finalized.map((invoice) => invoice?.number)).toEqual(expected(4));
      return { locked };
    });
    expect(await locked).toMatchObject({ number: numberOf(5), metadata: { seen: true } });
  });

  it('leaves calls inside a transaction to it', async () => {
    const { storage } = await setup();
    const ids = await drafts(storage, 6);
    const undone = storage.transaction(async () => {
      await Promise.all(ids.slice(0, 3).map((id) => storage.invoices.finalize(id)));
      throw new Error('undo');
    });
    const outside = Promise.all(ids.slice(3).map((id) => storage.invoices.finalize(id)));
    await expect(undone).rejects.toThrow('undo');
    expect((await outside).map(({ number }) => number)).toEqual(expected(3));
    expect(await storage.invoices.findById('inv_1')).toMatchObject({ status: 'draft', number: null });
  });
});
