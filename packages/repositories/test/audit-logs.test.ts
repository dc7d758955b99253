import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { QZPayNewAuditLog } from '../src/index.js';
import { describeOnEveryDriver } from './support/repositories.js';

function entryOf(changes: Partial<QZPayNewAuditLog> = {}): QZPayNewAuditLog {
  return { entityType: 'invoice', entityId: 'inv-1', action: 'update', ...changes };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describeOnEveryDriver('audit logs', (setup) => {
  it('returns an entry as it is found afterwards, with nulls where nothing was given', async () => {
    const { repositories, clock } = await setup();
    const created = await repositories.auditLogs.create(entryOf());
    expect(created).toStrictEqual({
      id: expect.any(String),
      entityType: 'invoice',
      entityId: 'inv-1',
      action: 'update',
      category: null,
      actorType: 'system',
      actorId: null,
      changes: null,
      previousValues: null,
      reason: null,
      success: true,
      errorMessage: null,
      requestId: null,
      ipAddress: null,
      userAgent: null,
      payloadHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      salt: expect.stringMatching(/^[0-9a-f]{32}$/),
      blockSeq: null,
      livemode: false,
      metadata: {},
      createdAt: clock(),
    });
    expect(await repositories.auditLogs.findById(created.id)).toStrictEqual(created);
  });

  it('hashes salt and payload as PostgreSQL writes them, so that the stored row proves itself', async () => {
    const { repositories } = await setup();
    const created = await repositories.auditLogs.create(
      entryOf({
        actorType: 'user',
        actorId: 'ada',
        changes: {
          total: 1e21,
          b: [1.5, { z: null, a: '„ó“' }],
          at: new Date('2026-01-02T03:04:05.006Z'),
          gone: undefined,
        },
        previousValues: { B: -0, a: 1 },
        reason: 'asked\nfor',
        errorMessage: 'none "at" all',
        ipAddress: '192.0.2.1',
        userAgent: 'curl',
        metadata: { ticket: 7 },
      }),
    );
    const payload = [
      '["ada"',
      '{"b": [1.5, {"a": "„ó“", "z": null}], "at": "2026-01-02T03:04:05.006Z", "total": 1000000000000000000000}',
      '"none \\"at\\" all"',
      '"192.0.2.1"',
      '{"ticket": 7}',
      '{"B": 0, "a": 1}',
      '"asked\\nfor"',
      '"curl"]',
    ].join(', ');
    expect(created.payloadHash).toBe(sha256(`${created.salt}${payload}`));
  });

  it('hashes equal payloads differently, since their salts differ', async () => {
    const { repositories } = await setup();
    const [first, second] = await repositories.auditLogs.createMany([entryOf(), entryOf()]);
    const empty = '[null, null, null, null, {}, null, null, null]';
    expect(first?.payloadHash).toBe(sha256(`${first?.salt}${empty}`));
    expect(second?.payloadHash).toBe(sha256(`${second?.salt}${empty}`));
    expect(second?.payloadHash).not.toBe(first?.payloadHash);
  });

  it('appends many entries in one statement, in their order, all or none', async () => {
    const statements: string[] = [];
    const { repositories } = await setup({ onQuery: ({ name }) => statements.push(name) });
    const given = Array.from({ length: 250 }, (_, index) =>
      entryOf({ entityId: `inv-${index}`, changes: { index, text: `"'\\${index}` }, success: index % 2 === 0 }),
    );
    const created = await repositories.auditLogs.createMany(given);
    expect(statements).toEqual(['auditLogs.create_many']);
    expect(created.map(({ entityId, changes, success }) => ({ entityId, changes, success }))).toEqual(
      given.map(({ entityId, changes, success }) => ({ entityId, changes, success })),
    );
    expect(created.every(({ livemode }) => livemode === false)).toBe(true);
    const broken = [entryOf({ id: 'one' }), entryOf({ id: 'one' })];
    await expect(repositories.auditLogs.createMany(broken)).rejects.toMatchObject({ conflictType: 'already_exists' });
    expect(await repositories.auditLogs.findById('one')).toBeNull();
    expect(await repositories.auditLogs.createMany([])).toEqual([]);
  });

  it('refuses what the database could not hold, before hashing it', async () => {
    const { repositories } = await setup();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const changes of [circular, { big: 1n }, { text: '\0' }]) {
      await expect(repositories.auditLogs.create(entryOf({ changes }))).rejects.toMatchObject({
        name: 'QZPayValidationError',
        field: 'changes',
      });
    }
    expect(await repositories.auditLogs.count()).toBe(0);
  });

  it('is kept or lost with the transaction of the change that it speaks of', async () => {
    const { repositories, transaction } = await setup();
    const failing = transaction(async () => {
      await repositories.auditLogs.create(entryOf());
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await repositories.auditLogs.count()).toBe(0);
  });

  it('pages through the history of an entity, an actor or an action, newest first, also of one instant', async () => {
    const { repositories } = await setup();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { id } = await repositories.auditLogs.create(entryOf({ actorType: 'user', actorId: 'ada' }));
      ids.unshift(id);
    }
    await repositories.auditLogs.create(
      entryOf({ entityId: 'inv-2', action: 'create', actorType: 'user', actorId: 'bob' }),
    );
    await repositories.auditLogs.create(
      entryOf({ entityType: 'payment', action: 'create', actorType: 'api', actorId: 'ada' }),
    );
    const { auditLogs } = repositories;
    const finders = [
      (after?: string) => auditLogs.findByEntity('invoice', 'inv-1', { first: 2, ...(after && { after }) }),
      (after?: string) => auditLogs.findByActor('user', 'ada', { first: 2, ...(after && { after }) }),
      (after?: string) => auditLogs.findByAction('update', { first: 2, ...(after && { after }) }),
    ];
    for (const find of finders) {
      const first = await find();
      const second = await find(first.endCursor ?? '');
      const third = await find(second.endCursor ?? '');
      expect([first, second, third].map(({ data }) => data.map(({ id }) => id))).toEqual([
        ids.slice(0, 2),
        ids.slice(2, 4),
        ids.slice(4),
      ]);
      expect([first, second, third].map(({ hasNextPage }) => hasNextPage)).toEqual([true, true, false]);
    }
  });

  it('lists the recent entries of a mode, of a period, and all of one request', async () => {
    const { repositories, clock, reopen } = await setup();
    const old = await repositories.auditLogs.create(entryOf({ requestId: 'req-1' }));
    clock.advance(1000);
    const recent = await repositories.auditLogs.create(entryOf({ requestId: 'req-1' }));
    await repositories.auditLogs.create(entryOf({ requestId: 'req-2' }));
    await reopen({ livemode: true }).auditLogs.create(entryOf({ requestId: 'req-1' }));
    expect((await repositories.auditLogs.page()).data).toHaveLength(3);
    const period = { filters: { createdFrom: old.createdAt, createdTo: old.createdAt } };
    expect((await repositories.auditLogs.page(period)).data).toStrictEqual([old]);
    expect(await repositories.auditLogs.findByRequestId('req-1')).toStrictEqual([recent, old]);
    expect(await repositories.auditLogs.findByRequestId('\0')).toEqual([]);
  });

  it('counts the entries of each action in a period', async () => {
    const { repositories, clock } = await setup();
    const from = clock();
    await repositories.auditLogs.createMany([entryOf(), entryOf({ action: 'create' }), entryOf()]);
    const to = clock.advance(1000);
    await repositories.auditLogs.create(entryOf());
    expect(await repositories.auditLogs.countByAction({ from, to })).toEqual(
      new Map([
        ['create', 1],
        ['update', 2],
      ]),
    );
    expect(await repositories.auditLogs.countByAction({ from: to, to })).toEqual(new Map());
  });

  it('cannot be changed or removed, also not by SQL', async () => {
    const { repositories, database } = await setup();
    const { id } = await repositories.auditLogs.create(entryOf());
    await expect(database.execute(sql`update qzpay.billing_audit_logs set action = 'other'`)).rejects.toThrow();
    await expect(database.execute(sql`delete from qzpay.billing_audit_logs`)).rejects.toThrow();
    expect(await repositories.auditLogs.findById(id)).toMatchObject({ action: 'update' });
    expect(repositories.auditLogs).not.toHaveProperty('update');
    expect(repositories.auditLogs).not.toHaveProperty('delete');
  });
});
