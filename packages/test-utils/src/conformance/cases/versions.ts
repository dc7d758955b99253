import assert from 'node:assert/strict';
import type { QZPayCustomer, QZPaySubscriptionAddOn } from '@qzpay/core';
import {
  insertQZPayAddOn,
  insertQZPayCustomer,
  insertQZPaySubscription,
  insertQZPaySubscriptionAddOn,
} from '../../fixtures/index.js';
import { AGGREGATES, type Aggregate, type Collection, dashed, type Entity, prepare } from '../aggregates.js';
import { Undone, undo } from '../barrier.js';
import {
  defineCases,
  type QZPayConformanceCase,
  type QZPayConformanceContext,
  type QZPayConformanceStorage,
} from '../case.js';
import { present, rejectsConflict, rejectsNotFound, together } from '../expectations.js';

/** What level 2 adds to an update: the version that the caller has read. */
interface Versioned {
  update(id: string, patch: object, options?: { readonly expectedVersion?: string | undefined }): Promise<Entity>;
}

type VersionedStorage = QZPayConformanceStorage & {
  readonly addons: {
    updateSubscriptionAddOn(
      subscriptionId: string,
      addOnId: string,
      patch: object,
      options?: { readonly expectedVersion?: string },
    ): Promise<QZPaySubscriptionAddOn>;
  };
  readonly customers: {
    update(id: string, patch: object, options?: { readonly expectedVersion?: string }): Promise<QZPayCustomer>;
  };
};

function versionOf(entity: unknown): string {
  const { version } = present(entity) as { version?: unknown };
  assert.ok(typeof version === 'string' && version.length > 0, 'The entity carries no version.');
  return version;
}

function casesOf(aggregate: Aggregate): readonly QZPayConformanceCase[] {
  const name = dashed(aggregate.collection);
  const prepared = (context: QZPayConformanceContext) => prepare<Collection & Versioned>(aggregate, context);
  return defineCases('versions', 2, {
    [`${name}-carry-a-version-that-each-update-rotates`]: [
      'Returned entities carry a `version`, which every update rotates and nothing else that a caller may give.',
      async (context) => {
        const { rows, insert } = await prepared(context);
        const created = await insert('row');
        const seen = [versionOf(created)];
        for (const patch of [aggregate.patch, aggregate.patch, {}, { version: created['version'] }]) {
          seen.push(versionOf(await rows.update(created.id, patch)));
          const current = seen.at(-1);
          assert.equal(versionOf(await rows.findById(created.id)), current);
          assert.equal(versionOf((await rows.list()).data[0]), current);
        }
        assert.equal(new Set(seen).size, seen.length);
        assert.notEqual(versionOf(await insert('other')), seen.at(-1));
      },
    ],
    [`${name}-are-not-updated-by-a-stale-version`]: [
      'An update that expects another version than the stored one is refused with the conflict `version_mismatch` and changes nothing.',
      async (context) => {
        const { rows, insert } = await prepared(context);
        const { id, ...created } = await insert('row');
        const first = versionOf(created);
        const second = versionOf(await rows.update(id, {}, { expectedVersion: first }));
        const before = await rows.findById(id);
        const foreign = versionOf(await insert('other'));
        for (const expectedVersion of [first, foreign, '', 'nonsense', 'nul\0']) {
          await rejectsConflict(rows.update(id, aggregate.patch, { expectedVersion }), 'version_mismatch');
          await rejectsNotFound(rows.update('unknown', aggregate.patch, { expectedVersion }));
        }
        assert.deepEqual(await rows.findById(id), before);
        const third = versionOf(await rows.update(id, aggregate.patch, { expectedVersion: second }));
        await rows.update(id, aggregate.patch, { expectedVersion: undefined });
        await rejectsConflict(rows.update(id, {}, { expectedVersion: third }), 'version_mismatch');
      },
    ],
    [`${name}-have-one-winner-per-version`]: [
      'Of several callers with the same version one wins; the others get the conflict `version_mismatch`.',
      async (context) => {
        const { rows, insert } = await prepared(context);
        const created = await insert('row');
        const expectedVersion = versionOf(created);
        const { fulfilled, rejected } = await together(6, (caller) =>
          rows.update(created.id, { metadata: { caller } }, { expectedVersion }),
        );
        assert.equal(fulfilled.length, 1);
        for (const error of rejected) await rejectsConflict(Promise.reject(error as Error), 'version_mismatch');
        assert.deepEqual(await rows.findById(created.id), fulfilled[0]);
      },
    ],
  });
}

const general = defineCases<VersionedStorage>('versions', 2, {
  'subscription-add-ons-are-updated-by-their-version': [
    'What is attached to a subscription carries a version as well, and refuses a stale one.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPaySubscription(storage, { customerId });
      await insertQZPayAddOn(storage);
      const expectedVersion = versionOf(await insertQZPaySubscriptionAddOn(storage));
      const update = (quantity: number, version: string) =>
        storage.addons.updateSubscriptionAddOn(
          'sub_test',
          'addon_test',
          { quantity },
          {
            expectedVersion: version,
          },
        );
      const { fulfilled, rejected } = await together(4, (caller) => update(caller, expectedVersion));
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error as Error), 'version_mismatch');
      await rejectsConflict(update(9, 'nonsense'), 'version_mismatch');
      const found = await storage.addons.findSubscriptionAddOn('sub_test', 'addon_test');
      assert.deepEqual(found, fulfilled[0]);
      assert.notEqual(versionOf(found), expectedVersion);
    },
  ],
  'a-rollback-brings-the-version-back': [
    'A version that a transaction made and rolled back is no version; the one before counts.',
    async ({ storage }) => {
      const { customers } = storage;
      const created = await insertQZPayCustomer(storage);
      const { id } = created;
      let undone = '';
      await storage
        .transaction(async () => {
          undone = versionOf(await customers.update(id, { name: 'undone' }));
          undo();
        })
        .catch((error: unknown) => assert.ok(error instanceof Undone));
      await rejectsConflict(customers.update(id, { name: 'x' }, { expectedVersion: undone }), 'version_mismatch');
      const updated = await customers.update(id, { name: 'kept' }, { expectedVersion: versionOf(created) });
      assert.equal(updated.name, 'kept');
    },
  ],
  'reading-and-writing-by-version-loses-no-update': [
    'Callers that read, compute and write back by version lose no update of each other.',
    async ({ storage }) => {
      const { customers } = storage;
      const { id } = await insertQZPayCustomer(storage, { metadata: { count: 0 } });
      const countUp = async (): Promise<void> => {
        const found = present(await customers.findById(id));
        const metadata = { count: Number(found.metadata['count']) + 1 };
        try {
          await customers.update(id, { metadata }, { expectedVersion: versionOf(found) });
        } catch (error) {
          await rejectsConflict(Promise.reject(error as Error), 'version_mismatch');
          await countUp();
        }
      };
      const { rejected } = await together(8, countUp);
      assert.deepEqual(rejected, []);
      assert.deepEqual((await customers.findById(id))?.metadata, { count: 8 });
    },
  ],
});

export const versionCases = [...general, ...AGGREGATES.flatMap(casesOf)];
