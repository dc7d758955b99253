import type { QZPayStorage } from '@qzpay/adapter';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers } from '../support/drivers.js';

const LINES = [{ description: 'Pro', quantity: 2, unitAmount: 1450 }];
const VALID = { valid: true, missing: 0, gaps: [], duplicates: [], beyond: 0 };

/** Drafts of one customer, with the ids `inv_0` and so on. */
async function drafts(storage: QZPayStorage, count: number): Promise<string[]> {
  const { id: customerId } = await storage.customers.create({ externalId: crypto.randomUUID(), email: 'a@b.c' });
  const ids = Array.from({ length: count }, (_, index) => `inv_${index}`);
  await Promise.all(ids.map((id) => storage.invoices.create({ id, customerId, lines: LINES })));
  return ids;
}

async function finalizeAll(storage: QZPayStorage, ids: readonly string[], options = {}): Promise<string[]> {
  const numbers: string[] = [];
  for (const id of ids) numbers.push((await storage.invoices.finalize(id, options)).number);
  return numbers;
}

const WAITS = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

const expected = (count: number) =>
  Array.from({ length: count }, (_, index) => `INV-2026-${String(index + 1).padStart(6, '0')}`);

describeOnEveryDriver('finalizing an invoice', (setup) => {
  it('opens the draft and gives it the next number of the year, with its lines untouched', async () => {
    const { storage, clock } = await setup();
    const [first = '', second = ''] = await drafts(storage, 2);
    const draft = await storage.invoices.findById(first);
    clock.advance(1000);
    const finalized = await storage.invoices.finalize(first);
    expect(finalized).toStrictEqual({
      ...draft,
      status: 'open',
      number: 'INV-2026-000001',
      updatedAt: clock(),
      version: expect.any(String),
    });
    expect(finalized.version).not.toBe(draft?.['version' as keyof typeof draft]);
    expect(await storage.invoices.findById(first)).toStrictEqual(finalized);
    expect(await storage.repositories.invoices.findById(first)).toMatchObject({ finalizedAt: clock() });
    expect((await storage.invoices.finalize(second)).number).toBe('INV-2026-000002');
    expect(await storage.invoices.verifyNumbers()).toEqual({
      ...VALID,
      series: 'INV',
      period: '2026',
      lastValue: 2,
      invoices: 2,
    });
  });

  it('keeps the number of an invoice that has one, whatever is asked', async () => {
    const { storage, clock } = await setup();
    const [id = ''] = await drafts(storage, 1);
    const first = await storage.invoices.finalize(id);
    clock.advance(1000);
    expect(await storage.invoices.finalize(id, { series: 'OTHER' })).toStrictEqual(first);
    expect(await storage.invoices.verifyNumbers({ series: 'OTHER' })).toMatchObject({ ...VALID, lastValue: 0 });
    await storage.invoices.update(id, { status: 'void' });
    expect((await storage.invoices.finalize(id)).number).toBe(first.number);
  });

  it('numbers what the engine has opened or paid without, and leaves its state alone', async () => {
    const { storage } = await setup();
    const [paid = '', open = ''] = await drafts(storage, 2);
    await storage.invoices.update(paid, { status: 'paid' });
    await storage.invoices.update(open, { status: 'open' });
    expect(await storage.invoices.findById(paid)).toMatchObject({ number: null });
    expect(await storage.invoices.finalize(paid)).toMatchObject({ status: 'paid', number: 'INV-2026-000001' });
    expect(await storage.invoices.finalize(open)).toMatchObject({ status: 'open', number: 'INV-2026-000002' });
  });

  it('refuses a void draft, an unknown and a deleted invoice, and one of the other mode, without taking a number', async () => {
    const { storage, reopen } = await setup();
    const [voided = '', deleted = '', other = ''] = await drafts(storage, 3);
    await storage.invoices.update(voided, { status: 'void' });
    await storage.repositories.invoices.delete(deleted);
    const refused = { name: 'QZPayConflictError', conflictType: 'incompatible' };
    await expect(storage.invoices.finalize(voided)).rejects.toMatchObject(refused);
    const unknown = { name: 'QZPayNotFoundError', entityType: 'Invoice' };
    for (const id of [deleted, 'unknown', '\0']) {
      await expect(storage.invoices.finalize(id)).rejects.toMatchObject(unknown);
    }
    await expect(reopen({ livemode: true }).invoices.finalize(other)).rejects.toMatchObject(unknown);
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ ...VALID, lastValue: 0, invoices: 0 });
  });

  it('counts live and test invoices apart', async () => {
    const { storage, reopen } = await setup();
    const live = reopen({ livemode: true });
    expect(await finalizeAll(storage, await drafts(storage, 2))).toEqual(expected(2));
    expect(await finalizeAll(live, await drafts(live, 1))).toEqual(expected(1));
    expect(await live.invoices.verifyNumbers()).toMatchObject({ ...VALID, lastValue: 1, invoices: 1 });
  });

  it.each([
    [{}, 'INV-2026-000001'],
    [{ series: 'ACME' }, 'ACME-2026-000001'],
    [{ prefix: 'FV', width: 3 }, 'FV-2026-001'],
    [{ period: 'all' }, 'INV-000001'],
    [{ period: '1999', width: 1 }, 'INV-1999-1'],
  ])('writes numbers as %o says', async (options, number) => {
    const { storage, reopen } = await setup();
    const [one = '', other = ''] = await drafts(storage, 2);
    expect((await storage.invoices.finalize(one, options)).number).toBe(number);
    expect(await storage.invoices.verifyNumbers(options)).toMatchObject({ ...VALID, invoices: 1 });
    const next = await reopen({ invoiceNumbers: options }).invoices.finalize(other);
    expect(next.number).toBe(number.replace(/1$/, '2'));
  });

  it('does not lend the prefix of the storage to another series', async () => {
    const { storage } = await setup({ invoiceNumbers: { prefix: 'FV', width: 2 } });
    const [one = '', other = ''] = await drafts(storage, 2);
    expect((await storage.invoices.finalize(one)).number).toBe('FV-2026-01');
    expect((await storage.invoices.finalize(other, { series: 'CREDIT' })).number).toBe('CREDIT-2026-01');
  });

  it('goes on with more digits when the width is used up', async () => {
    const { storage, query } = await setup();
    const ids = await drafts(storage, 2);
    await query("insert into billing_invoice_sequences values (false, 'INV', '2026', 98)");
    expect(await finalizeAll(storage, ids, { width: 2 })).toEqual(['INV-2026-99', 'INV-2026-100']);
  });

  it('begins anew with the year of the time zone', async () => {
    const { storage, reopen, clock } = await setup();
    const [utc = '', tokyo = '', next = ''] = await drafts(storage, 3);
    clock.set('2026-12-31T20:00:00.000Z');
    expect((await storage.invoices.finalize(utc)).number).toBe('INV-2026-000001');
    expect((await reopen({ timeZone: 'Asia/Tokyo' }).invoices.finalize(tokyo)).number).toBe('INV-2027-000001');
    clock.set('2027-01-01T00:00:00.000Z');
    expect((await storage.invoices.finalize(next)).number).toBe('INV-2027-000002');
  });

  it('refuses options that make no number', async () => {
    const { storage, reopen } = await setup();
    const [id = ''] = await drafts(storage, 1);
    const refusals = [{ series: '' }, { prefix: 'x'.repeat(65) }, { period: '26' }, { width: 0 }, { width: 1.5 }];
    for (const options of refusals) {
      const refusal = { name: 'QZPayValidationError', field: Object.keys(options)[0] };
      await expect(storage.invoices.finalize(id, options)).rejects.toMatchObject(refusal);
    }
    expect(() => reopen({ timeZone: 'Mars/Olympus' })).toThrow(expect.objectContaining({ field: 'timeZone' }));
    await expect(storage.invoices.finalize(id, { series: '\0' })).rejects.toMatchObject({
      name: 'QZPayValidationError',
    });
  });

  it('gives the number back with a rollback', async () => {
    const { storage } = await setup();
    const [one = '', other = ''] = await drafts(storage, 2);
    const undone = storage.transaction(async () => {
      expect((await storage.invoices.finalize(one)).number).toBe('INV-2026-000001');
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await storage.invoices.findById(one)).toMatchObject({ status: 'draft', number: null });
    expect((await storage.invoices.finalize(other)).number).toBe('INV-2026-000001');
  });

  it('refuses a number that another invoice carries already, and keeps it free', async () => {
    const { storage, query } = await setup();
    const [imported = '', id = ''] = await drafts(storage, 2);
    await query(`update billing_invoices set number = 'INV-2026-000001' where id = '${imported}'`);
    const taken = { name: 'QZPayConflictError', conflictType: 'already_exists' };
    await expect(storage.invoices.finalize(id)).rejects.toMatchObject(taken);
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ valid: false, lastValue: 0, beyond: 1 });
    await query("insert into billing_invoice_sequences values (false, 'INV', '2026', 1)");
    expect((await storage.invoices.finalize(id)).number).toBe('INV-2026-000002');
  });

  it('never numbers in an update', async () => {
    const { storage } = await setup();
    const [id = ''] = await drafts(storage, 1);
    const patch = { status: 'open', number: 'INV-2026-000007' } as Parameters<QZPayStorage['invoices']['update']>[1];
    expect(await storage.invoices.update(id, patch)).toMatchObject({ status: 'open', number: null });
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ lastValue: 0, invoices: 0 });
  });
});

describeOnEveryDriver('verifying invoice numbers', (setup) => {
  it('counts deleted and void invoices as carriers of their number', async () => {
    const { storage } = await setup();
    const ids = await drafts(storage, 3);
    await finalizeAll(storage, ids);
    await storage.repositories.invoices.delete('inv_0');
    await storage.invoices.update('inv_1', { status: 'void' });
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ ...VALID, lastValue: 3, invoices: 3 });
  });

  it('finds runs of missing numbers, also the first and the last ones', async () => {
    const { storage, query } = await setup();
    await finalizeAll(storage, await drafts(storage, 9));
    await query("update billing_invoices set number = null where number ~ '[13459]$'");
    expect(await storage.invoices.verifyNumbers()).toMatchObject({
      valid: false,
      lastValue: 9,
      invoices: 4,
      missing: 5,
      gaps: [
        { from: 1, to: 1 },
        { from: 3, to: 5 },
        { from: 9, to: 9 },
      ],
    });
  });

  it('finds a number that two invoices carry in different writing, and one beyond the counter', async () => {
    const { storage, query } = await setup();
    const ids = await drafts(storage, 4);
    await finalizeAll(storage, ids.slice(0, 2));
    await query("update billing_invoices set number = 'INV-2026-2' where id = 'inv_2'");
    await query("update billing_invoices set number = 'INV-2026-000008' where id = 'inv_3'");
    expect(await storage.invoices.verifyNumbers()).toEqual({
      series: 'INV',
      period: '2026',
      valid: false,
      lastValue: 2,
      invoices: 4,
      missing: 0,
      gaps: [],
      duplicates: [2],
      beyond: 1,
    });
  });

  it('looks at no other series, and at no number of another form', async () => {
    const { storage, query } = await setup();
    const ids = await drafts(storage, 5);
    await finalizeAll(storage, ids.slice(0, 1));
    await finalizeAll(storage, ids.slice(1, 2), { series: 'INV-2' });
    await finalizeAll(storage, ids.slice(2, 3), { period: 'all' });
    await query("update billing_invoices set number = 'INV-2026-1x' where id = 'inv_3'");
    await query("update billing_invoices set number = 'INV-2026-' where id = 'inv_4'");
    for (const options of [{}, { series: 'INV-2' }, { period: 'all' }]) {
      expect(await storage.invoices.verifyNumbers(options)).toMatchObject({ ...VALID, lastValue: 1, invoices: 1 });
    }
  });

  it('names a hundred gaps and counts them all', async () => {
    const { storage, query } = await setup();
    await drafts(storage, 1);
    await query("insert into billing_invoice_sequences values (false, 'INV', '2026', 300)");
    await query(`insert into billing_invoices (id, customer_id, number, currency, livemode)
      select 'i' || n, customer_id, 'INV-2026-' || n, 'USD', false from billing_invoices, generate_series(2, 300, 2) n`);
    const report = await storage.invoices.verifyNumbers();
    expect(report).toMatchObject({ missing: 150, invoices: 150 });
    expect(report.gaps).toHaveLength(100);
    expect(report.gaps[99]).toEqual({ from: 199, to: 199 });
  });

  it('reads in one statement', async () => {
    const statements: string[] = [];
    const { storage } = await setup({ onQuery: ({ name }) => statements.push(name) });
    await storage.invoices.verifyNumbers();
    expect(statements).toEqual(['invoiceSequences.verify']);
  });
});

describeOnServers('finalizing invoices of many clients at once', (setup) => {
  it('numbers one series without gap or duplicate, also when transactions roll back', async () => {
    const { storage, reopen } = await setup();
    const ids = await drafts(storage, 160);
    const clients = Array.from({ length: 16 }, () => reopen());
    await Promise.all(
      clients.map(async (client, index) => {
        for (const [turn, id] of ids.entries()) {
          if (turn % 16 !== index) continue;
          if (turn % 3 !== 0) await client.invoices.finalize(id);
          else {
            const undone = client.transaction(async () => {
              await client.invoices.finalize(id);
              throw new Error('undo');
            });
            await expect(undone).rejects.toThrow('undo');
          }
        }
      }),
    );
    const finalized = ids.filter((_, turn) => turn % 3 !== 0);
    expect(await storage.invoices.verifyNumbers()).toMatchObject({
      ...VALID,
      lastValue: finalized.length,
      invoices: finalized.length,
    });
    const stored = await storage.repositories.invoices.findByIds(finalized);
    expect(new Set(stored.map(({ number }) => number))).toEqual(new Set(expected(finalized.length)));
  });

  it('takes one number for an invoice that sixteen clients finalize', async () => {
    const { storage } = await setup();
    for (const id of await drafts(storage, 10)) {
      const results = await Promise.all(Array.from({ length: 16 }, () => storage.invoices.finalize(id)));
      expect(new Set(results.map(({ number }) => number)).size).toBe(1);
    }
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ ...VALID, lastValue: 10, invoices: 10 });
  });

  it('lets either an update or the number come first, and loses neither', async () => {
    const { storage } = await setup();
    for (const id of await drafts(storage, 10)) {
      await Promise.all([storage.invoices.finalize(id), storage.invoices.update(id, { metadata: { seen: true } })]);
      expect(await storage.invoices.findById(id)).toMatchObject({ status: 'open', metadata: { seen: true } });
    }
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ ...VALID, lastValue: 10 });
  });

  it.each([
    ['finalize', (storage: QZPayStorage, id: string) => storage.invoices.finalize(id)],
    ['update', (storage: QZPayStorage, id: string) => storage.invoices.update(id, { metadata: { seen: true } })],
    ['update', (storage: QZPayStorage, id: string) => storage.invoices.update(id, { lines: [] })],
  ])('returns from %s the lines that the invoice has, also when they changed while it waited', async (_, change) => {
    const { storage, reopen, query } = await setup();
    const elsewhere = reopen();
    const [id = ''] = await drafts(storage, 1);
    const draft = await storage.invoices.findById(id);
    const lines = draft?.lines.map((line) => ({ ...line, id: 'line', description: 'Basic', amount: 500 })) ?? [];
    const { changing } = await storage.transaction(async () => {
      await storage.invoices.update(id, { lines, total: 500 });
      const changing = change(elsewhere, id);
      while ((await query(WAITS)).length === 0);
      return { changing };
    });
    expect(await changing).toStrictEqual(await storage.invoices.findById(id));
  });

  it('numbers a draft that came back from deletion while it looked why it could not', async () => {
    let looked = (): void => {};
    const { storage, reopen } = await setup({ onQuery: ({ name }) => name === 'invoices.finalize' && looked() });
    const elsewhere = reopen({ onQuery: () => {} });
    const [id = ''] = await drafts(storage, 1);
    await storage.repositories.invoices.delete(id);
    const finalizing = storage.transaction(() => {
      looked = () => {
        looked = () => {};
        // The next statement of the transaction waits for this savepoint.
        void storage.transaction(() => elsewhere.repositories.invoices.restore(id));
      };
      return storage.invoices.finalize(id);
    });
    expect((await finalizing).number).toBe('INV-2026-000001');
  });

  it.each([
    ['changed', { metadata: { seen: true } }, { number: 'INV-2026-000001', metadata: { seen: true } }, 1],
    ['voided', { status: 'void' }, { name: 'QZPayConflictError', conflictType: 'incompatible' }, 0],
    ['finalized', null, { number: 'INV-2026-000001' }, 1],
  ] as const)(
    'takes a number only then, when the draft was %s while it waited',
    async (_, patch, outcome, lastValue) => {
      const { storage, reopen, query } = await setup();
      const elsewhere = reopen();
      const [id = ''] = await drafts(storage, 1);
      const finalizing = await storage.transaction(async () => {
        await (patch === null ? storage.invoices.finalize(id) : storage.invoices.update(id, patch));
        const other = elsewhere.invoices.finalize(id).catch((error: unknown) => error);
        while ((await query(WAITS)).length === 0);
        return { other };
      });
      expect(await finalizing.other).toMatchObject(outcome);
      expect(await storage.invoices.verifyNumbers()).toMatchObject({ ...VALID, lastValue, invoices: lastValue });
    },
  );
});
