import { describe, expect, it } from 'vitest';
import {
  createQZPayMemoryHarness,
  createQZPayMemoryStorage,
  createQZPayTestClock,
  type QZPayMemoryStorage,
} from '../../src/index.js';
import { checkQZPayStorageUnderLoad } from '../../src/model/index.js';
import { OPERATION_KINDS } from '../../src/model/operations-workload.js';
import { type Work, Workload } from '../../src/model/workload.js';

/** The same object with methods of its own in front. */
const beside = <T extends object>(inner: T, methods: Partial<T>): T =>
  new Proxy(inner, {
    get(_, name) {
      const own: unknown = Reflect.get(methods, name) ?? Reflect.get(inner, name);
      return typeof own === 'function' ? (own.bind(inner) as unknown) : own;
    },
  });

const reference = () => createQZPayMemoryStorage({ clock: createQZPayTestClock() });

/** Everything once in each form, several times over. */
const WORK: readonly Work[] = ['bill' as const, ...OPERATION_KINDS].flatMap((kind) =>
  [0, 1, 2, 3].flatMap((n) => [false, true].map((fails) => ({ kind, n, fails }))),
);

/** What is wrong after callers at once have worked on the storage. */
async function findingsOn(storage: QZPayMemoryStorage): Promise<unknown> {
  const workload = await Workload.prepare(storage);
  const callers = [0, 1, 2].map((caller) => workload.carryOut(WORK, caller));
  return Promise.all(callers)
    .then(() => workload.verify())
    .catch((error: unknown) => error);
}

describe('the load', () => {
  it('leaves the reference as it should be', async () => {
    await checkQZPayStorageUnderLoad({ createHarness: createQZPayMemoryHarness, runs: 5 });
    expect(await findingsOn(reference())).toBeUndefined();
  });

  it('leaves out the operations that a storage does not have', async () => {
    const without = { usage: undefined, webhooks: undefined, idempotent: undefined };
    const storage = { ...reference(), ...without } as unknown as QZPayMemoryStorage;
    expect(await findingsOn(storage)).toBeUndefined();
  });

  it.each<[string, RegExp, (storage: QZPayMemoryStorage) => Partial<QZPayMemoryStorage>]>([
    [
      'counts a repetition of usage',
      /usage counted once per key/,
      ({ usage }) => ({
        usage: beside(usage, {
          ingest: (events: never) =>
            usage.ingest(
              (events as { idempotencyKey: string }[]).map((event) => ({
                ...event,
                idempotencyKey: `${event.idempotencyKey} ${crypto.randomUUID()}`,
              })) as never,
            ),
        }),
      }),
    ],
    [
      'calls every delivery new',
      /one delivery of an event is new/,
      ({ webhooks }) => ({
        webhooks: beside(webhooks, {
          receive: async (event) => ({ ...(await webhooks.receive(event)), duplicate: false }),
        }),
      }),
    ],
    [
      'completes an event apart from its work',
      /work and its completion are one/,
      ({ webhooks }) => ({
        webhooks: beside(webhooks, {
          process: (handler, options) => webhooks.process(handler, { ...options, atomic: false }),
        }),
      }),
    ],
    [
      'runs the work of a key for each caller',
      /one result per key/,
      (storage) => ({ idempotent: (_key, _request, work) => storage.transaction(work) }),
    ],
    [
      'writes the numbers of a series in its own way',
      /invoice numbers without gaps/,
      (storage) => ({
        invoices: beside(storage.invoices, {
          finalize: (id, options) =>
            storage.invoices.finalize(id, { series: 'INV', ...options, prefix: crypto.randomUUID() }),
        }),
      }),
    ],
  ])('finds a storage that %s', async (_, what, replace) => {
    const storage = reference();
    expect(await findingsOn({ ...storage, ...replace(storage) })).toMatchObject({
      message: expect.stringMatching(what),
    });
  });
});
