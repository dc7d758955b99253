import assert from 'node:assert/strict';
import { QZPayStorageError } from '@qzpay/core';
import { insertQZPayPlan } from '../../fixtures/index.js';
import { Undone, undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { idsOf, rejectsConflict, rejectsInvalid, retrying, together } from '../expectations.js';
import { planner, REQUEST, unexpected } from '../idempotency.js';
import type { OperationsStorage } from '../operations.js';

export const idempotencyCases = defineCases<OperationsStorage>('idempotency', 3, {
  'a-key-runs-its-work-once': [
    'The work of a key is run once; who comes later gets the stored result without running it.',
    async ({ storage, clock }) => {
      const { work, runs, stored } = planner(storage);
      const first = await storage.idempotent('key', REQUEST, work);
      clock.advance(1000);
      for (let call = 0; call < 3; call += 1) {
        assert.deepEqual(await storage.idempotent('key', REQUEST, work), first);
      }
      assert.equal(runs(), 1);
      assert.deepEqual(await stored(), ['plan-1']);
      assert.equal((await storage.idempotent('another key', REQUEST, work)).id, 'plan-2');
    },
  ],
  'callers-at-once-run-the-work-once': [
    'Of many callers at once one runs the work, and all get its result.',
    async ({ storage, open }) => {
      const elsewhere = await open({ livemode: false });
      for (const key of ['one', 'two']) {
        let runs = 0;
        const { fulfilled, rejected } = await together(8, (caller) => {
          const handle = caller % 2 === 0 ? storage : elsewhere;
          return handle.idempotent(key, REQUEST, async () => {
            runs += 1;
            return insertQZPayPlan(handle, { id: `${key}-${runs}`, name: `caller ${caller}` });
          });
        });
        assert.deepEqual(rejected, []);
        assert.equal(runs, 1);
        for (const result of fulfilled) assert.deepEqual(result, fulfilled[0]);
        assert.deepEqual(await storage.plans.findById(`${key}-1`), fulfilled[0]);
      }
      assert.equal((await storage.plans.list()).total, 2);
    },
  ],
  'keys-do-not-wait-for-each-other': [
    'Keys are opaque texts and stand alone: each runs its own work, also at once.',
    async ({ storage }) => {
      const keys = ['a', 'A', 'a ', 'ä', '🎉', 'stripe:evt_1', 'x'.repeat(500)];
      const { fulfilled, rejected } = await together(keys.length, (index) =>
        storage.idempotent(keys[index] ?? '', REQUEST, async () => index),
      );
      assert.deepEqual(rejected, []);
      assert.deepEqual(
        fulfilled,
        keys.map((_, index) => index),
      );
      for (const key of ['nul\0', 'ill-formed \ud800']) {
        await rejectsInvalid(storage.idempotent(key, REQUEST, unexpected));
      }
    },
  ],
  'results-come-back-as-they-were': [
    'A result survives as null, booleans, finite numbers, texts, `Date`s, lists and objects of these, and `undefined` as a whole.',
    async ({ storage }) => {
      const at = new Date('2026-02-28T23:59:59.999Z');
      const results = [
        ...[undefined, null, false, 0, -0.5, 2 ** 53 - 1, '', 'ü"\\ 🎉', at],
        ...[[], [1, [at], { at }], {}, { a: { at, b: [null, 'x'] } }, '2026-02-28T23:59:59.999Z'],
      ];
      for (const [index, result] of results.entries()) {
        const first = await storage.idempotent<unknown>(`key-${index}`, REQUEST, async () => result);
        assert.deepEqual(first, result);
        assert.deepEqual(await storage.idempotent<unknown>(`key-${index}`, REQUEST, unexpected), result);
      }
    },
  ],
  'everybody-gets-the-stored-form': [
    'The first caller gets the result in the form that later ones get, and each a copy of its own.',
    async ({ storage }) => {
      class Point {
        readonly x = 1;
        readonly y = undefined;
        readonly tags = ['first', undefined];
      }
      const given = { point: new Point(), gone: undefined };
      const call = () => storage.idempotent<{ point: { tags: unknown[] } }>('key', REQUEST, async () => given);
      for (let turn = 0; turn < 3; turn += 1) {
        const result = await call();
        assert.deepEqual(result, { point: { x: 1, tags: ['first', null] } });
        result.point.tags.push('changed by the caller');
      }
      assert.equal(given.point.tags.length, 2);
    },
  ],
  'results-that-are-no-json-are-refused': [
    'A result that JSON would change is a `validation` error, after which nothing has happened.',
    async ({ storage }) => {
      const { work, stored } = planner(storage);
      const results = [
        1n,
        Number.NaN,
        () => 1,
        new Map([[1, 2]]),
        new Date(Number.NaN),
        { $date: 'x' },
        { inner: [1n] },
      ];
      for (const result of results) {
        const refused = storage.idempotent<unknown>('key', REQUEST, async () => {
          await work();
          return result;
        });
        await rejectsInvalid(refused);
        assert.deepEqual(await stored(), []);
      }
      await storage.idempotent('key', 'another request', work);
    },
  ],
  'requests-that-are-no-json-are-refused': [
    'A request that JSON would change is a `validation` error before the work is begun, and so are times that are none.',
    async ({ storage }) => {
      const endless: unknown[] = [];
      endless.push(endless);
      for (const request of [1n, Number.NaN, new Map([[1, 2]]), { at: new Date(Number.NaN) }, endless]) {
        await rejectsInvalid(storage.idempotent('key', request, unexpected));
      }
      for (const options of [{ leaseMs: 0 }, { ttlMs: -1 }, { ttlMs: 0.5 }, { waitMs: -1 }, { waitMs: Number.NaN }]) {
        await rejectsInvalid(storage.idempotent('key', REQUEST, unexpected, options), Object.keys(options)[0]);
      }
      assert.equal(await storage.idempotent('key', REQUEST, async () => 'first'), 'first');
    },
  ],
  'another-request-is-refused': [
    'A key that belongs to another request or operation is refused as `idempotency_key_reused`, and nothing is done.',
    async ({ storage }) => {
      const { work, runs } = planner(storage);
      const request = { a: 1, b: { c: [1, 'x'], d: null } };
      const options = { operation: 'charge' };
      const first = await storage.idempotent('key', request, work, options);
      const others = [
        { ...request, a: 2 },
        { ...request, a: '1' },
        { ...request, e: null },
        { a: 1 },
        { ...request, b: { c: ['x', 1], d: null } },
        null,
        undefined,
        [],
      ];
      for (const other of others) {
        await rejectsConflict(storage.idempotent('key', other, work, options), 'idempotency_key_reused');
      }
      for (const operation of [undefined, 'refund', '']) {
        await rejectsConflict(storage.idempotent('key', request, work, { operation }), 'idempotency_key_reused');
      }
      assert.equal(runs(), 1);
      assert.deepEqual(await storage.idempotent('key', request, work, options), first);
    },
  ],
  'the-order-of-keys-does-not-count': [
    'The same request may give its keys in another order, with `undefined` ones, or as an object of a class.',
    async ({ storage }) => {
      const request = { a: 1, b: { c: [{ d: 1, e: 2 }], f: 'x' } };
      await storage.idempotent('key', request, async () => 'first');
      const same = [
        { b: { f: 'x', c: [{ e: 2, d: 1 }] }, a: 1 },
        { ...request, gone: undefined },
        Object.assign(Object.create({ inherited: 1 }) as object, request),
      ];
      for (const one of same) assert.equal(await storage.idempotent('key', one, unexpected), 'first');
    },
  ],
  'callers-at-once-that-disagree-have-one-winner': [
    'Of many callers at once with different requests for one key one runs its work; the others are refused.',
    async ({ storage }) => {
      const { work, runs, stored } = planner(storage);
      const { fulfilled, rejected } = await together(8, (caller) => storage.idempotent('key', { caller }, work));
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error as Error), 'idempotency_key_reused');
      assert.equal(runs(), 1);
      assert.deepEqual(await stored(), ['plan-1']);
    },
  ],
  'a-failure-undoes-the-work-and-frees-the-key': [
    'When the work throws it is undone, the error reaches its caller, and the key is free at once, also for another request.',
    async ({ storage }) => {
      const { work, stored } = planner(storage);
      for (const reason of [new Undone('declined'), new QZPayStorageError('broken', 'deadlock'), 'a text', undefined]) {
        const outcome = await storage
          .idempotent('key', REQUEST, async () => {
            await work();
            throw reason;
          })
          .catch((error: unknown) => ({ caught: error }));
        assert.equal((outcome as { caught: unknown }).caught, reason);
        assert.deepEqual(await stored(), []);
      }
      assert.equal(await storage.idempotent('key', 'another request', async () => 'done'), 'done');
    },
  ],
  'a-failure-reaches-its-caller-only': [
    'When the work of one of many callers throws, only that one fails: the next one runs the work, and the others get its result.',
    async ({ storage }) => {
      let runs = 0;
      const { fulfilled, rejected } = await together(6, (caller) =>
        storage.idempotent('key', REQUEST, async () => {
          runs += 1;
          const first = runs === 1;
          await insertQZPayPlan(storage, { id: `plan-${caller}` });
          if (first) undo();
          return caller;
        }),
      );
      assert.equal(rejected.length, 1);
      assert.ok(rejected[0] instanceof Undone);
      assert.equal(runs, 2);
      assert.equal(new Set(fulfilled).size, 1);
      assert.deepEqual(idsOf((await storage.plans.list()).data), [`plan-${fulfilled[0]}`]);
    },
  ],
  'results-are-kept-for-their-time': [
    'A result is kept for `ttlMs` milliseconds, a day unless told otherwise; then the key is free, also for another request.',
    async ({ storage, clock }) => {
      await storage.idempotent('short', REQUEST, async () => 'first', { ttlMs: 1000 });
      await storage.idempotent('long', REQUEST, async () => 'first');
      clock.advance(999);
      assert.equal(await storage.idempotent('short', REQUEST, unexpected), 'first');
      clock.advance(1);
      assert.equal(await storage.idempotent('short', 'another request', async () => 'second'), 'second');
      clock.advance(86_400_000 - 1001);
      assert.equal(await storage.idempotent('long', REQUEST, unexpected), 'first');
      clock.advance(1);
      assert.equal(await storage.idempotent('long', REQUEST, async () => 'second'), 'second');
    },
  ],
  'slow-work-keeps-its-result-for-its-time': [
    'The time of a result begins when it is there: work that takes longer than `ttlMs` does not run again.',
    async ({ storage, clock }) => {
      const slow = async () => {
        clock.advance(2000);
        return 'slow';
      };
      await storage.idempotent('slow', REQUEST, slow, { ttlMs: 1000 });
      clock.advance(999);
      assert.equal(await storage.idempotent('slow', REQUEST, unexpected), 'slow');
    },
  ],
  'an-empty-key-is-refused': [
    'An empty key is a validation error, and its work does not run.',
    async ({ storage }) => {
      await rejectsInvalid(storage.idempotent('', REQUEST, unexpected));
    },
  ],
  'modes-are-apart': [
    'Live and test keys know nothing of each other.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      assert.equal(await storage.idempotent('key', REQUEST, async () => 'test'), 'test');
      assert.equal(await live.idempotent('key', 'another request', async () => 'live'), 'live');
      assert.equal(await storage.idempotent('key', REQUEST, unexpected), 'test');
    },
  ],
  'results-survive-an-interruption': [
    'Work and result are kept both when the storage is cut from its data, and nothing runs twice.',
    async ({ storage, interrupt }) => {
      const { work, runs, stored } = planner(storage);
      const first = await storage.idempotent('key', REQUEST, work);
      await interrupt();
      const again = await retrying(() => storage.idempotent('key', REQUEST, work));
      assert.deepEqual(again, first);
      assert.deepEqual([runs(), await stored()], [1, ['plan-1']]);
    },
  ],
});
