import { isQZPayError } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, type StorageSetup } from './support/drivers.js';
import { everyMethod, seedEveryCollection } from './support/every-method.js';

/** Every live row of every table, as text. */
async function liveRows({ query }: StorageSetup): Promise<Record<string, unknown>> {
  const tables = await query(
    "select table_name as name from information_schema.columns where table_schema = current_schema() and column_name = 'livemode'",
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of tables) {
    rows[String(name)] = await query(`select t::text as row from ${String(name)} t where livemode order by 1`);
  }
  return rows;
}

/** What a call may answer that saw nothing of the other mode. */
function isNothing(answer: unknown): boolean {
  if (answer === undefined || answer === null || answer === false || answer === 0) return true;
  if (Array.isArray(answer)) return answer.length === 0;
  return typeof answer === 'object' && 'total' in answer && answer.total === 0;
}

/** They store a row of their own; where it names a customer, nothing checks that there is one. */
const STANDALONE = new Set([
  'customers.create',
  'plans.create',
  'promoCodes.create',
  'vendors.create',
  'entitlements.createDefinition',
  'limits.createDefinition',
  'addons.create',
  'checkouts.create',
  'limits.recordUsage',
  'webhooks.receive',
]);

describeOnEveryDriver('a storage of one mode', (setup) => {
  it('neither sees nor changes rows of the other one, whatever method is given their ids', async () => {
    const made = await setup();
    const seeded = await seedEveryCollection(made.reopen({ livemode: true }), true);
    const before = await liveRows(made);
    for (const [method, [, call]] of Object.entries(everyMethod(made.storage, { ...seeded, livemode: false }))) {
      if (STANDALONE.has(method)) continue;
      const answer = await call().catch((error: unknown) => error);
      expect(isQZPayError(answer, 'not_found') || isNothing(answer), `${method} answered ${String(answer)}`).toBe(true);
    }
    expect(await liveRows(made)).toEqual(before);
  });

  it('stores a row under an id that the other mode has taken', async () => {
    const made = await setup();
    await seedEveryCollection(made.reopen({ livemode: true }), true);
    const before = await liveRows(made);
    const seeded = await seedEveryCollection(made.storage, false);
    for (const [method, [, call]] of Object.entries(everyMethod(made.storage, seeded))) {
      await call().catch((error: unknown) => expect.unreachable(`${method} failed: ${String(error)}`));
    }
    expect(await liveRows(made)).toEqual(before);
  });
});
