import { QZPAY_PII_COLUMNS } from '@qzpay/schema';
import { expect, it } from 'vitest';
import { BLOCKS, LOGS, tamper } from '../support/audit.js';
import { describeOnEveryDriver, describeOnServers, type Setup } from '../support/drivers.js';

/** Three blocks of two entries each, about the plans a to f. */
async function withThreeBlocks(setup: Setup) {
  const bundle = await setup({ audit: true });
  const { storage } = bundle;
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await storage.plans.create({ id, name: id });
  for (let block = 0; block < 3; block += 1) await storage.audit.seal({ limit: 2 });
  const { data } = await storage.audit.list({ orderDirection: 'asc' });
  const idOf = (plan: string) => data.find(({ entityId }) => entityId === plan)?.id ?? '';
  return { ...bundle, audit: storage.audit, idOf };
}

describeOnEveryDriver('the chain of the audit trail', (setup) => {
  it('seals what waits, in the order of ids, and then nothing', async () => {
    const { audit, storage } = await withThreeBlocks(setup);
    const { data } = await audit.list({ orderDirection: 'asc' });
    expect(data.map(({ entityId, blockSeq }) => [entityId, blockSeq])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 2],
      ['d', 2],
      ['e', 3],
      ['f', 3],
    ]);
    expect(await audit.seal()).toEqual({ block: null, entries: 0 });
    await storage.plans.update('a', { name: 'x' });
    const { block, entries } = await audit.seal();
    expect({ blockSeq: block?.blockSeq, entries }).toEqual({ blockSeq: 4, entries: 1 });
    expect(await audit.verify()).toEqual({ valid: true, findings: [], blocks: 4, entries: 7, removed: 0, head: block });
    await expect(audit.seal({ limit: 10_001 })).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });

  it('is one per mode', async () => {
    const { audit, reopen } = await withThreeBlocks(setup);
    const live = reopen({ livemode: true, audit: true });
    expect(await live.audit.verify()).toEqual({
      valid: true,
      findings: [],
      blocks: 0,
      entries: 0,
      removed: 0,
      head: null,
    });
    await live.plans.create({ id: 'a', name: 'x' });
    expect(await live.audit.seal()).toMatchObject({ block: { blockSeq: 1 }, entries: 1 });
    expect(await audit.verify()).toMatchObject({ valid: true, blocks: 3 });
  });

  it('checks a part of it, against the block before', async () => {
    const bundle = await withThreeBlocks(setup);
    const { audit } = bundle;
    const part = await audit.verify({ from: 2, to: 2 });
    expect(part).toMatchObject({ valid: true, blocks: 1, entries: 2, head: { blockSeq: 2 } });
    await tamper(bundle, `update ${BLOCKS} set block_hash = 'x' where block_seq = 1`);
    expect((await audit.verify({ from: 2 })).findings).toEqual([{ kind: 'chain_broken', blockSeq: 2 }]);
    expect((await audit.verify({ from: 3 })).findings).toEqual([]);
    for (const wrong of [0, 1.5, Number.NaN]) {
      await expect(audit.verify({ from: wrong })).rejects.toMatchObject({ name: 'QZPayValidationError' });
    }
  });

  it.each([
    ['what happened', "action = 'other'"],
    ['what was written', 'changes = changes || \'{"name": "y"}\''],
    ['who did it', "actor_id = 'somebody else'"],
    ['when', "created_at = created_at + interval '1 ms'"],
    ['its own hash', "payload_hash = 'x'"],
    ['its salt alone', 'salt = null'],
  ])('names an entry of which somebody altered %s', async (_what, change) => {
    const bundle = await withThreeBlocks(setup);
    await tamper(bundle, `update ${LOGS} set ${change} where entity_id = 'd'`);
    const { valid, findings } = await bundle.audit.verify();
    expect(valid).toBe(false);
    expect(findings).toEqual([{ kind: 'entry_altered', blockSeq: 2, entryId: bundle.idOf('d') }]);
  });

  it('names an entry that was altered with its hash made anew', async () => {
    const bundle = await withThreeBlocks(setup);
    const payload =
      'jsonb_build_array(actor_id, changes, error_message, ip_address, metadata, previous_values, reason, user_agent)::text';
    const forged = await bundle.storage.audit.append({ entityType: 'plan', entityId: 'forged', action: 'create' });
    await tamper(
      bundle,
      `update ${LOGS} as e set (changes, payload_hash, salt) = (select changes, payload_hash, salt from ${LOGS} where id = '${forged.id}')
       where entity_id = 'c'`,
    );
    const [row] = await bundle.query(
      `select payload_hash = encode(sha256(convert_to(salt || ${payload}, 'UTF8')), 'hex') as agrees from ${LOGS} where entity_id = 'c'`,
    );
    expect(row?.['agrees']).toBe(true);
    const expected = [{ kind: 'entry_altered', blockSeq: 2, entryId: bundle.idOf('c') }];
    expect((await bundle.audit.verify()).findings).toEqual(expected);
  });

  it('names entries that are gone, moved, freed from their block, or smuggled in', async () => {
    const bundle = await withThreeBlocks(setup);
    const { audit, idOf } = bundle;
    const smuggled = await audit.append({ entityType: 'plan', entityId: 'g', action: 'create' });
    await tamper(bundle, `delete from ${LOGS} where entity_id = 'a'`);
    await tamper(bundle, `update ${LOGS} set block_seq = 3 where entity_id = 'c'`);
    await tamper(bundle, `update ${LOGS} set block_seq = null where entity_id = 'f'`);
    await tamper(bundle, `update ${LOGS} set block_seq = 3 where entity_id = 'g'`);
    const { findings } = await audit.verify();
    expect(findings).toHaveLength(5);
    expect(findings).toEqual(
      expect.arrayContaining([
        { kind: 'entry_missing', blockSeq: 1, entryId: idOf('a') },
        { kind: 'entry_missing', blockSeq: 2, entryId: idOf('c') },
        { kind: 'entry_added', blockSeq: 3, entryId: idOf('c') },
        { kind: 'entry_missing', blockSeq: 3, entryId: idOf('f') },
        { kind: 'entry_added', blockSeq: 3, entryId: smuggled.id },
      ]),
    );
  });

  it('names entries that claim a block before the first one, smuggled in or hidden from the sealers', async () => {
    const bundle = await withThreeBlocks(setup);
    const { audit, query, idOf } = bundle;
    const hidden = await audit.append({ entityType: 'plan', entityId: 'g', action: 'create' });
    await expect(query(`update ${LOGS} set block_seq = 0 where id = '${hidden.id}'`)).rejects.toThrow(/append-only/);
    await tamper(bundle, `update ${LOGS} set block_seq = -1 where id = '${hidden.id}'`);
    await query(`insert into ${LOGS} select (jsonb_populate_record(l, '{"id": "forged", "block_seq": 0}')).* from ${LOGS} l
      where id = '${idOf('a')}'`);
    expect(await audit.seal()).toMatchObject({ entries: 0 });
    expect((await audit.verify()).findings).toEqual([
      { kind: 'entry_added', blockSeq: -1, entryId: hidden.id },
      { kind: 'entry_added', blockSeq: 0, entryId: 'forged' },
    ]);
  });

  it('names blocks that are gone, also the first and the last one', async () => {
    for (const blockSeq of [1, 2, 3]) {
      const bundle = await withThreeBlocks(setup);
      await tamper(bundle, `delete from ${BLOCKS} where block_seq = ${blockSeq}`);
      expect((await bundle.audit.verify()).findings).toEqual([{ kind: 'block_missing', blockSeq }]);
    }
  });

  it.each([
    "root_hash = 'x'",
    'entry_count = 7',
    "sealed_at = sealed_at + interval '1 ms'",
    'leaves = leaves || \'{"x": "y"}\'',
  ])('names a block that says %s', async (change) => {
    const bundle = await withThreeBlocks(setup);
    await tamper(bundle, `update ${BLOCKS} set ${change} where block_seq = 2`);
    expect((await bundle.audit.verify()).findings).toContainEqual({ kind: 'block_altered', blockSeq: 2 });
  });

  it('breaks after a block that was made anew, hashes and all', async () => {
    const bundle = await withThreeBlocks(setup);
    const { audit, query } = bundle;
    const [before] = await query(`select block_hash from ${BLOCKS} where block_seq = 3`);
    await tamper(bundle, `update ${LOGS} set block_seq = null where block_seq = 3`);
    await tamper(bundle, `delete from ${BLOCKS} where block_seq = 3`);
    await tamper(bundle, `update ${LOGS} set action = 'other' where entity_id = 'f'`);
    await audit.seal();
    // Whoever can rewrite the end of the chain leaves no trace in it: only a head kept elsewhere tells.
    const { valid, head } = await audit.verify();
    expect(valid).toBe(true);
    expect(head?.blockHash).not.toBe(before?.['block_hash']);
    await audit.append({ entityType: 'plan', entityId: 'g', action: 'create' });
    await audit.seal();
    await tamper(bundle, `update ${BLOCKS} set block_hash = '${String(before?.['block_hash'])}' where block_seq = 3`);
    const kinds = (await audit.verify()).findings.map(({ kind, blockSeq }) => `${kind} ${blockSeq}`);
    expect(kinds).toEqual(['block_altered 3', 'chain_broken 4']);
  });

  it('still agrees where the personal data of an entry was erased, and only where all of it was', async () => {
    const bundle = await withThreeBlocks(setup);
    const { audit, idOf } = bundle;
    const columns = QZPAY_PII_COLUMNS.filter(({ table }) => table === 'auditLogs');
    const set = columns.map(({ column, replacement }) => {
      const name = column.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return `${name} = ${replacement === null ? 'null' : `'${JSON.stringify(replacement)}'`}`;
    });
    await tamper(bundle, `update ${LOGS} set ${set.join(', ')} where entity_id = 'b'`);
    expect((await audit.list({ entityId: 'b', entityType: 'plan' })).data).toMatchObject([
      { erased: true, changes: null, action: 'create', blockSeq: 1 },
    ]);
    expect(await audit.verify()).toMatchObject({ valid: true });
    await tamper(bundle, `update ${LOGS} set reason = 'said later' where entity_id = 'b'`);
    const expected = [{ kind: 'entry_altered', blockSeq: 1, entryId: idOf('b') }];
    expect((await audit.verify()).findings).toEqual(expected);
  });

  it('is checked in batches, whatever its length', async () => {
    const { storage } = await setup({ audit: true });
    await storage.repositories.customers.createMany(
      Array.from({ length: 65 }, (_, index) => ({ externalId: `u${index}`, email: 'a@b.c' })),
    );
    const seals: number[] = [];
    for (;;) {
      const { entries } = await storage.audit.seal({ limit: 2 });
      if (entries === 0) break;
      seals.push(entries);
    }
    expect(seals).toEqual([...Array.from({ length: 32 }, () => 2), 1]);
    expect(await storage.audit.verify()).toMatchObject({
      valid: true,
      blocks: 33,
      entries: 65,
      head: { blockSeq: 33 },
    });
  });
});

describeOnServers('sealers of the audit trail at once', (setup) => {
  it('share the entries of writers at once, without a fork, a gap or an entry left out', async () => {
    const { storage } = await setup({ audit: true });
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let plan = 0; plan < 25; plan += 1) await storage.plans.create({ id: `${writer}-${plan}`, name: 'x' });
    });
    const sealers = Array.from({ length: 4 }, async () => {
      let sealed = 0;
      for (;;) {
        const last = !writing;
        const { entries } = await storage.audit.seal({ limit: 7 });
        sealed += entries;
        if (last && entries === 0) return sealed;
      }
    });
    await Promise.all(writers);
    writing = false;
    const sealed = (await Promise.all(sealers)).reduce((sum, count) => sum + count, 0);
    expect(sealed).toBe(100);
    expect(await storage.audit.verify()).toMatchObject({ valid: true, entries: 100 });
    const { data } = await storage.audit.list({ first: 1000 });
    expect(data.every(({ blockSeq }) => blockSeq !== null)).toBe(true);
  });

  it('take an entry that commits after later ones were sealed', async () => {
    const { storage } = await setup({ audit: true });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let written = () => {};
    const wrote = new Promise<void>((resolve) => {
      written = resolve;
    });
    const late = storage.transaction(async (tx) => {
      await tx.plans.create({ id: 'late', name: 'x' });
      written();
      await held;
    });
    await wrote;
    await storage.plans.create({ id: 'early', name: 'x' });
    expect(await storage.audit.seal()).toMatchObject({ block: { blockSeq: 1 }, entries: 1 });
    release();
    await late;
    expect(await storage.audit.seal()).toMatchObject({ block: { blockSeq: 2 }, entries: 1 });
    const { data } = await storage.audit.list({ orderDirection: 'asc' });
    expect(data.map(({ entityId, blockSeq }) => [entityId, blockSeq])).toEqual([
      ['late', 2],
      ['early', 1],
    ]);
    expect(await storage.audit.verify()).toMatchObject({ valid: true });
  });

  it('run again in a transaction whose snapshot is older than the last block', async () => {
    const { storage, reopen } = await setup({ audit: true });
    await storage.plans.create({ id: 'p', name: 'x' });
    let runs = 0;
    const seal = async () => {
      await storage.plans.findById('p');
      runs += 1;
      if (runs === 1) await reopen().audit.seal();
      await storage.plans.create({ id: 'q', name: 'x' });
      return storage.audit.seal();
    };
    const sealed = await storage.transaction(seal, { isolationLevel: 'repeatable read', retries: 1 });
    expect(sealed).toMatchObject({ block: { blockSeq: 2 }, entries: 1 });
    expect(runs).toBe(2);
    expect(await storage.audit.verify()).toMatchObject({ valid: true, blocks: 2 });
  });

  it('are undone with the transaction around them', async () => {
    const { storage } = await setup({ audit: true });
    await storage.plans.create({ id: 'p', name: 'x' });
    const failing = storage.transaction(async (tx) => {
      await tx.audit.seal();
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await storage.audit.verify()).toMatchObject({ valid: true, blocks: 0 });
    expect(await storage.audit.seal()).toMatchObject({ block: { blockSeq: 1 }, entries: 1 });
  });
});
