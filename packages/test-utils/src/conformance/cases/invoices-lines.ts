import assert from 'node:assert/strict';
import type { QZPayInvoice, QZPayInvoiceLine, QZPayStorageAdapter } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { insertQZPayInvoice } from '../../fixtures/invoices.js';
import { defineCases } from '../case.js';
import { assertEntity, present, together } from '../expectations.js';

export const invoiceLineCases = defineCases('invoices', 1, {
  'lines-keep-their-order-and-amounts': [
    'Lines come back in the order in which they were given, each with quantity times unit amount, not rounded; the totals are their sum.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      // Multiples of 1/8, which binary and decimal arithmetic hold alike.
      const given = Array.from({ length: 20 }, (_, index) => ({
        description: `line ${(index * 7) % 20}`,
        quantity: index + 0.5,
        unitAmount: 100 * index + 10.25,
      }));
      await insertQZPayInvoice(storage, { customerId, lines: given });
      const found = present(await storage.invoices.findById('inv_test'));
      assert.deepEqual(
        found.lines.map(({ description, quantity, unitAmount }) => ({ description, quantity, unitAmount })),
        given,
      );
      const amounts = given.map(({ quantity, unitAmount }) => quantity * unitAmount);
      assert.deepEqual(
        found.lines.map(({ amount }) => amount),
        amounts,
      );
      const sum = amounts.reduce((total, amount) => total + amount, 0);
      assert.deepEqual([found.subtotal, found.total, found.amountDue], [sum, sum, sum]);
      assert.equal(new Set(found.lines.map(({ id }) => id)).size, 20);
      assertEntity((await storage.invoices.list()).data, [found]);
    },
  ],
  'an-invoice-is-stored-whole-or-not': [
    'The header and all lines are stored, or nothing, whatever a line is like.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const fine = { description: 'fine', quantity: 1, unitAmount: 100 };
      const broken = [
        { quantity: Number.NaN },
        { unitAmount: Infinity },
        { description: 'a\0b' },
        { description: null },
      ];
      for (const [index, values] of broken.entries()) {
        const id = `inv-${index}`;
        const lines = [fine, { ...fine, ...values } as typeof fine, fine];
        const { fulfilled } = await together(1, () => storage.invoices.create({ id, customerId, lines }));
        const found = await storage.invoices.findById(id);
        if (fulfilled.length === 1) assert.equal(found?.lines.length, 3);
        else assert.equal(found, null);
        const again = together(1, () => storage.invoices.create({ id, customerId, lines: [fine] }));
        if (found === null) assert.deepEqual((await again).rejected, []);
        else assert.equal((await again).rejected.length, 1);
      }
    },
  ],
  'a-refused-line-changes-nothing': [
    'An update whose lines are refused leaves the header and the lines as they were.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const created = await insertQZPayInvoice(storage, { customerId });
      const [first] = created.lines as [QZPayInvoiceLine];
      const lines = [
        { ...first, description: 'changed' },
        { ...first, id: 'other', quantity: Number.NaN },
      ];
      const { rejected } = await together(1, () => storage.invoices.update('inv_test', { total: 7, lines }));
      const found = await storage.invoices.findById('inv_test');
      if (rejected.length === 1) assertEntity(found, created);
      else assert.deepEqual([found?.total, found?.lines.length], [7, 2]);
    },
  ],
  'replacements-at-once-never-mix': [
    'Of several callers that replace the lines at once one comes last, with all of its lines and its header.',
    async ({ storage }) => {
      await insertConsistent(storage);
      const { rejected } = await together(6, (index) => replaceLines(storage, index + 1));
      assert.deepEqual(rejected, []);
      const found = present(await storage.invoices.findById('inv_test'));
      assertConsistent(found);
      assert.ok(found.lines.length > 0);
    },
  ],
  'header-and-lines-belong-together': [
    'Whoever reads an invoice while its lines are replaced gets a header and the lines that belong to it.',
    async ({ storage }) => {
      const customerId = await insertConsistent(storage);
      let writing = true;
      const write = async () => {
        for (let round = 1; round <= 20; round += 1) await replaceLines(storage, (round % 5) + 1);
      };
      const read = async (look: () => Promise<readonly (QZPayInvoice | null)[]>) => {
        do {
          for (const seen of await look()) assertConsistent(present(seen));
        } while (writing);
      };
      await Promise.all([
        write().finally(() => {
          writing = false;
        }),
        read(async () => [await storage.invoices.findById('inv_test')]),
        read(() => storage.invoices.findByCustomerId(customerId)),
        read(async () => (await storage.invoices.list()).data),
      ]);
    },
  ],
});

async function insertConsistent(storage: QZPayStorageAdapter): Promise<string> {
  const { id: customerId } = await insertQZPayCustomer(storage);
  await insertQZPayInvoice(storage, { customerId });
  return customerId;
}

/** As many lines as the number says, each of that amount, and the total beside them. */
async function replaceLines(storage: QZPayStorageAdapter, count: number): Promise<void> {
  const line = {
    invoiceId: 'inv_test',
    description: 'Pro',
    quantity: 1,
    unitAmount: count,
    amount: count,
    priceId: null,
    periodStart: null,
    periodEnd: null,
    metadata: {},
  };
  const lines = Array.from({ length: count }, (_, index) => ({ ...line, id: `${count}-${index}` }));
  await storage.invoices.update('inv_test', { total: count * count, lines });
}

function assertConsistent({ total, lines }: QZPayInvoice): void {
  assert.equal(
    lines.reduce((sum, { amount }) => sum + amount, 0),
    total,
  );
}
