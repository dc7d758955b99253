import assert from 'node:assert/strict';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { insertQZPayPaymentMethod } from '../../fixtures/payment-methods.js';
import { defineCases, type QZPayConformanceStorage } from '../case.js';
import { assertEntity, idsOf, present, rejectsNotFound, together } from '../expectations.js';

export const paymentMethodDefaultCases = defineCases('payment-methods', 1, {
  'first-method-becomes-the-default': [
    'A method becomes the default when the customer has no other one, deleted ones and those of others not counted.',
    async ({ storage }) => {
      const { customerId } = await customerWithMethods(storage, ['pm_1', 'pm_2']);
      assert.deepEqual(await defaultsOf(storage, customerId), ['pm_1']);
      await storage.paymentMethods.delete('pm_1');
      await storage.paymentMethods.delete('pm_2');
      await insertQZPayPaymentMethod(storage, { id: 'pm_3', customerId, setAsDefault: false });
      assert.deepEqual(await defaultsOf(storage, customerId), ['pm_3']);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPayPaymentMethod(storage, { id: 'pm_4', customerId: other.id });
      assert.deepEqual(await defaultsOf(storage, other.id), ['pm_4']);
    },
  ],
  'set-as-default-ends-the-previous-default': [
    'A method created with `setAsDefault` takes the place of the previous default, of this customer only.',
    async ({ storage }) => {
      const { customerId } = await customerWithMethods(storage, ['pm_1']);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPayPaymentMethod(storage, { id: 'pm_other', customerId: other.id });
      await insertQZPayPaymentMethod(storage, { id: 'pm_2', customerId, setAsDefault: true });
      await insertQZPayPaymentMethod(storage, { id: 'pm_3', customerId, setAsDefault: false });
      assert.deepEqual(await defaultsOf(storage, customerId), ['pm_2']);
      assert.deepEqual(await defaultsOf(storage, other.id), ['pm_other']);
    },
  ],
  'one-default-of-methods-created-at-once': [
    'However many methods are created at once, all are stored and one is the default, whether they ask for it or not.',
    async ({ storage }) => {
      for (const setAsDefault of [true, false]) {
        const { customerId } = await customerWithMethods(storage, []);
        const { fulfilled } = await together(8, (index) =>
          insertQZPayPaymentMethod(storage, { id: `pm_${setAsDefault}_${index}`, customerId, setAsDefault }),
        );
        assert.equal(fulfilled.length, 8);
        assert.equal((await storage.paymentMethods.findByCustomerId(customerId)).length, 8);
        assert.equal((await defaultsOf(storage, customerId)).length, 1);
      }
    },
  ],
  'deleted-default-leaves-none': [
    'A customer whose default is deleted has no default afterwards; no other method takes its place.',
    async ({ storage }) => {
      const { customerId } = await customerWithMethods(storage, ['pm_1', 'pm_2']);
      await storage.paymentMethods.delete('pm_1');
      assert.deepEqual(await defaultsOf(storage, customerId), []);
      await insertQZPayPaymentMethod(storage, { id: 'pm_3', customerId });
      assert.deepEqual(await defaultsOf(storage, customerId), []);
    },
  ],
  'set-default-moves-the-default': [
    '`setDefault` makes the method the customer’s only default, also when it is the default already.',
    async ({ storage }) => {
      const { customerId } = await customerWithMethods(storage, ['pm_1', 'pm_2', 'pm_3']);
      const before = present(await storage.paymentMethods.findById('pm_2'));
      for (const id of ['pm_2', 'pm_2', 'pm_3', 'pm_2']) {
        await storage.paymentMethods.setDefault(customerId, id);
        assert.deepEqual(await defaultsOf(storage, customerId), [id]);
      }
      const after = await storage.paymentMethods.findById('pm_2');
      assertEntity(after, { ...before, isDefault: true });
    },
  ],
  'set-default-refuses-what-is-not-there': [
    '`setDefault` with an unknown, a deleted or somebody else’s method rejects with `not_found` and changes nothing.',
    async ({ storage, clock }) => {
      const { customerId } = await customerWithMethods(storage, ['pm_1', 'pm_2', 'pm_deleted']);
      await storage.paymentMethods.delete('pm_deleted');
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPayPaymentMethod(storage, { id: 'pm_other', customerId: other.id });
      await insertQZPayPaymentMethod(storage, { id: 'pm_other_2', customerId: other.id });
      const before = (await storage.paymentMethods.list()).data;
      clock.advance(1);
      for (const [owner, method] of [
        [customerId, 'unknown'],
        [customerId, '\0'],
        [customerId, 'pm_deleted'],
        [customerId, 'pm_other_2'],
        ['unknown', 'pm_2'],
      ] as const) {
        await rejectsNotFound(storage.paymentMethods.setDefault(owner, method));
      }
      assert.deepEqual((await storage.paymentMethods.list()).data, before);
    },
  ],
  'one-default-of-choices-at-once': [
    'Several callers who choose different defaults at once leave exactly one, and nobody sees the customer without one.',
    async ({ storage }) => {
      const ids = Array.from({ length: 6 }, (_, index) => `pm_${index}`);
      const { customerId } = await customerWithMethods(storage, ids);
      for (let round = 0; round < 3; round += 1) {
        const [chosen, seen] = await Promise.all([
          together(ids.length, (index) => storage.paymentMethods.setDefault(customerId, ids[index] as string)),
          together(ids.length, () => storage.paymentMethods.findDefaultByCustomerId(customerId)),
        ]);
        assert.deepEqual([chosen.rejected, seen.rejected], [[], []]);
        for (const method of seen.fulfilled) assert.ok(ids.includes(present(method).id));
        assert.equal((await defaultsOf(storage, customerId)).length, 1);
      }
    },
  ],
});

async function customerWithMethods(storage: QZPayConformanceStorage, ids: readonly string[]) {
  const { total } = await storage.customers.list();
  const { id: customerId } = await insertQZPayCustomer(storage, { externalId: `user ${total}` });
  for (const id of ids) await insertQZPayPaymentMethod(storage, { id, customerId });
  return { customerId };
}

/** Ids of the customer's default methods; the one that `findDefaultByCustomerId` gives has to be among them. */
async function defaultsOf(storage: QZPayConformanceStorage, customerId: string): Promise<string[]> {
  const methods = await storage.paymentMethods.findByCustomerId(customerId);
  const defaults = idsOf(methods.filter(({ isDefault }) => isDefault));
  const found = await storage.paymentMethods.findDefaultByCustomerId(customerId);
  assert.equal(found?.id, defaults[0]);
  return defaults;
}
