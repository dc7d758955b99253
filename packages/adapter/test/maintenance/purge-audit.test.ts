import { setImmediate } from 'node:timers/promises';
import { createQZPayTables } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { BLOCKS, LOGS, tamper } from '../support/audit.js';
import { describeOnEveryDriver, describeOnServers, type Setup, type StorageSetup } from '../support/drivers.js';

const DAY = 86_400_000;

/** Blocks of two entries each, sealed a day apart and the last one now, and an entry that waits. */
async function withBlocks(setup: Setup, count: number) {
  const bundle = await setup({ audit: true });
  const { storage, clock } = bundle;
  for (let block = 1; block <= count; block += 1) {
    if (block > 1) clock.advance(DAY);
    for (const entry of ['a', 'b']) await storage.plans.create({ id: `${block}${entry}`, name: 'x' });
    await storage.audit.seal();
  }
  await storage.plans.create({ id: 'waits', name: 'x' });
  /** Removes entries that were sealed longer ago than this. */
  const purge = async (days: number, options: { readonly dryRun?: boolean; readonly batchSize?: number } = {}) => {
    const retention = { auditEntries: days };
    const [result] = await storage.maintenance.purge({ only: ['auditEntries'], retention, ...options });
    return result?.rows;
  };
  return { ...bundle, audit: storage.audit, purge };
}

const plansToldOf = async ({ query }: Pick<StorageSetup, 'query'>) =>
  (await query(`select entity_id from ${LOGS} order by entity_id`)).map((row) => row['entity_id']);

/** Empties a block as retention would. */
const empty = (setup: Pick<StorageSetup, 'query'>, blockSeq: number) =>
  tamper(setup, `update ${BLOCKS} set leaves = '{}' where block_seq = ${blockSeq}`);

describeOnEveryDriver('retention of the audit trail', (setup) => {
  it('removes the entries of old blocks, and the chain still verifies and says so', async () => {
    const bundle = await withBlocks(setup, 4);
    const { audit, purge } = bundle;
    const before = await audit.verify();
    expect(await purge(1.5, { dryRun: true })).toBe(4);
    expect(await audit.verify()).toEqual(before);
    expect(await purge(1.5)).toBe(4);
    expect(await plansToldOf(bundle)).toEqual(['3a', '3b', '4a', '4b', 'waits']);
    expect(await audit.verify()).toEqual({ ...before, removed: 4 });
    expect(await audit.verify({ from: 2, to: 3 })).toMatchObject({ valid: true, entries: 4, removed: 2 });
    expect(await audit.verify({ from: 3 })).toMatchObject({ valid: true, entries: 4, removed: 0 });
    expect(await purge(1.5)).toBe(0);
    expect(await audit.seal()).toMatchObject({ block: { blockSeq: 5 }, entries: 1 });
    expect(await audit.verify()).toMatchObject({ valid: true, blocks: 5, removed: 4 });
  });

  it('keeps them for seven years unless told otherwise, and what waits for a block for ever', async () => {
    const bundle = await withBlocks(setup, 1);
    const purge = async () => (await bundle.storage.maintenance.purge({ only: ['auditEntries'] }))[0];
    bundle.clock.advance(2557 * DAY);
    expect(await purge()).toMatchObject({ days: 2557, rows: 0 });
    bundle.clock.advance(1);
    expect(await purge()).toMatchObject({ rows: 2 });
    expect(await plansToldOf(bundle)).toEqual(['waits']);
  });

  it('goes on until nothing is old, in batches of whole blocks', async () => {
    const { purge, storage, audit, clock } = await withBlocks(setup, 7);
    const steps: number[] = [];
    const before = new Date(clock().getTime() - 1);
    for (let rows = 3; rows >= 3; steps.push(rows)) {
      rows = await storage.repositories.retention.purge('auditEntries', before, 3);
    }
    expect(steps).toEqual([4, 4, 4, 0]);
    expect(await purge(0.5, { batchSize: 1 })).toBe(0);
    expect(await audit.verify()).toMatchObject({ valid: true, blocks: 7, removed: 12 });
  });

  it('removes one piece from the first block on, whatever the clocks of the sealers said', async () => {
    const bundle = await withBlocks(setup, 2);
    bundle.clock.advance(-3 * DAY);
    expect(await bundle.audit.seal()).toMatchObject({ block: { blockSeq: 3 } });
    bundle.clock.advance(3 * DAY);
    expect(await bundle.purge(0.5)).toBe(2);
    expect(await bundle.audit.verify()).toMatchObject({ valid: true, blocks: 3, removed: 2 });
  });

  it('belongs to its mode, and is undone with the transaction around it', async () => {
    const bundle = await withBlocks(setup, 2);
    const { storage, reopen, audit, clock } = bundle;
    const before = clock();
    expect(await reopen({ livemode: true }).repositories.retention.purge('auditEntries', before)).toBe(0);
    const undone = storage.transaction(async () => {
      expect(await storage.repositories.retention.purge('auditEntries', before)).toBe(2);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await audit.verify()).toMatchObject({ valid: true, removed: 0 });
  });

  it('is told from a block that somebody else emptied', async () => {
    const bundle = await withBlocks(setup, 4);
    const { audit } = bundle;
    await empty(bundle, 1);
    const entries = (await audit.verify()).findings;
    expect(entries.map(({ kind, blockSeq }) => `${kind} ${blockSeq}`)).toEqual(['entry_added 1', 'entry_added 1']);
    await empty(bundle, 3);
    const { findings, removed } = await audit.verify();
    expect(findings).toContainEqual({ kind: 'block_altered', blockSeq: 3 });
    expect(removed).toBe(4);
    expect((await audit.verify({ from: 3 })).findings).toContainEqual({ kind: 'block_altered', blockSeq: 3 });
  });
});

describeOnServers('retention of the audit trail beside others', (setup) => {
  it('raises no alarm in a verification that had read the first blocks before', async () => {
    const { audit, clock, database, query, reopen } = await withBlocks(setup, 25);
    const { auditLogs } = createQZPayTables({ schema: process.env['QZPAY_TEST_SCHEMA'] ?? 'qzpay' });
    const waits = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    const elsewhere = reopen();
    let verifying: ReturnType<typeof audit.verify> | undefined;
    await database.transaction(async (transaction) => {
      await transaction.execute(sql`lock table ${auditLogs} in access exclusive mode`);
      // Has read a batch of blocks, and waits for the entries.
      verifying = audit.verify({ from: 2 });
      while ((await query(waits)).length === 0) await setImmediate();
      await elsewhere.join(transaction, () => elsewhere.repositories.retention.purge('auditEntries', clock()));
    });
    expect(await verifying).toMatchObject({ valid: true, findings: [], blocks: 24 });
    expect(await audit.verify()).toMatchObject({ valid: true, blocks: 25, removed: 48 });
  });

  it('removes every entry once, while others write and seal', async () => {
    const bundle = await withBlocks(setup, 12);
    const { storage, reopen, clock } = bundle;
    const before = clock();
    const purgeAll = async (one = reopen({ audit: true })) => {
      let removed = 0;
      for (let rows = 1; rows > 0; removed += rows)
        rows = await one.repositories.retention.purge('auditEntries', before, 2);
      return removed;
    };
    const write = async (writer: string) => {
      for (let index = 0; index < 10; index += 1)
        await storage.plans.create({ id: `new ${writer}${index}`, name: 'x' });
    };
    clock.advance(1);
    const seal = async () => {
      for (let index = 0; index < 10; index += 1) await storage.audit.seal({ limit: 3 });
    };
    const purges = Promise.all([purgeAll(), purgeAll(), purgeAll()]);
    await Promise.all([write('a'), write('b'), seal()]);
    expect((await purges).reduce((sum, rows) => sum + rows, 0)).toBe(22);
    while ((await storage.audit.seal()).entries > 0);
    const { valid, findings, removed, entries } = await storage.audit.verify();
    expect({ valid, findings, removed, entries }).toEqual({
      valid: true,
      findings: [],
      removed: 22,
      entries: 24 + 1 + 20,
    });
  });
});
