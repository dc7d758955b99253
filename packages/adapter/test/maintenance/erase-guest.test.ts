import { setImmediate } from 'node:timers/promises';
import type { QZPayStorageOptions } from '@qzpay/adapter';
import { withQZPayActor } from '@qzpay/adapter';
import { buildQZPayCheckout } from '@qzpay/test-utils';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup, type StorageSetup } from '../support/drivers.js';

const NAME = 'Ada Lovelace';
const EMAIL = 'Ádá@Example.org';
const OTHER_CASE = 'áDÁ@EXAMPLE.org';

type Bundle = Pick<StorageSetup, 'storage' | 'query'>;

/** Checkouts of the guest's, whose names begin with `ada`, beside those of everybody else. */
async function withGuests(setup: Setup, options: QZPayStorageOptions = { audit: true }) {
  const bundle = await setup(options);
  const { storage, reopen } = bundle;
  await storage.customers.create({ externalId: 'u', email: EMAIL, id: 'c1' } as Parameters<
    typeof storage.customers.create
  >[0]);
  const live = reopen({ livemode: true });
  await visit(storage, 'ada open', { customerEmail: EMAIL });
  await visit(storage, 'ada paid', { customerEmail: OTHER_CASE, status: 'complete', paymentId: 'pay' });
  await visit(storage, 'bob', { customerEmail: 'bob@example.org' });
  await visit(storage, 'longer', { customerEmail: `x${EMAIL}` });
  await visit(storage, 'nobody', { customerEmail: null });
  await visit(storage, 'customer', { customerEmail: EMAIL, customerId: 'c1' });
  await visit(live, 'ada open', { customerEmail: EMAIL, livemode: true });
  await storage.audit.append({ entityType: 'payment', entityId: 'ada paid', action: 'note', changes: { name: NAME } });
  return { ...bundle, live };
}

/** A checkout that the name is in, and an entry of the audit log on it. */
async function visit(
  storage: Bundle['storage'],
  id: string,
  changes: Parameters<typeof buildQZPayCheckout>[0],
): Promise<void> {
  await storage.checkouts.create(buildQZPayCheckout({ customerId: null, ...changes, id, metadata: { note: NAME } }));
  await storage.audit.append({ entityType: 'checkout', entityId: id, action: 'note', changes: { name: NAME } });
}

/** Every row that an erasure could change, and the mode's customer. */
async function rowsOf({ query }: Pick<Bundle, 'query'>): Promise<Map<string, string>> {
  const rows = await query(`
    select 'checkout ' || id || ' ' || livemode as key, to_jsonb(t)::text as row from billing_checkouts as t union all
    select 'customer ' || id || ' ' || livemode, to_jsonb(t)::text from billing_customers as t union all
    select entity_type || ' ' || action || ' ' || entity_id || ' ' || livemode, to_jsonb(t)::text from billing_audit_logs as t`);
  return new Map(rows.map(({ key, row }) => [String(key), String(row)]));
}

async function changedIn(bundle: Pick<Bundle, 'query'>, before: ReadonlyMap<string, string>): Promise<string[]> {
  const after = await rowsOf(bundle);
  return [...after].flatMap(([key, row]) => (before.get(key) === row ? [] : [key])).toSorted();
}

describeOnEveryDriver('maintenance.eraseGuest', (setup) => {
  it('erases checkouts of the address in whatever case with their audit entries, and touches nobody else', async () => {
    const bundle = await withGuests(setup);
    const { storage } = bundle;
    const before = await rowsOf(bundle);
    const dry = await storage.maintenance.eraseGuest(EMAIL, { dryRun: true });
    expect(await changedIn(bundle, before)).toEqual([]);
    const report = await storage.maintenance.eraseGuest(EMAIL);
    expect(report).toEqual(dry);
    expect(report).toEqual({
      tables: [
        { table: 'checkouts', rows: 2 },
        { table: 'auditLogs', rows: 4 },
      ],
      rows: 6,
    });
    expect(await changedIn(bundle, before)).toEqual(
      ['ada open', 'ada paid']
        .flatMap((id) => [
          `checkout ${id} false`,
          ...['create', 'erase', 'note'].map((action) => `checkout ${action} ${id} false`),
        ])
        .toSorted(),
    );
    const left = await bundle.query(`select entity_id as id from billing_audit_logs as t
      where not livemode and entity_type = 'checkout' and t::text like '%${NAME}%' order by 1`);
    expect(left.map(({ id }) => id)).toEqual(['bob', 'customer', 'longer', 'nobody']);
  });

  it('keeps what was bought and what came of it, and refuses who had read the checkout before', async () => {
    const { storage, clock } = await withGuests(setup);
    const before = await storage.checkouts.findById('ada paid');
    clock.advance(1000);
    await storage.maintenance.eraseGuest(EMAIL);
    expect(await storage.checkouts.findById('ada paid')).toStrictEqual({
      ...before,
      customerEmail: null,
      metadata: {},
      version: expect.any(String),
    });
    const stale = { expectedVersion: before?.['version' as keyof typeof before] as string };
    await expect(storage.checkouts.update('ada paid', { metadata: { note: NAME } }, stale)).rejects.toMatchObject({
      name: 'QZPayConflictError',
    });
  });

  it('leaves a chain that still verifies, tells each checkout who asked, and finds nothing the second time', async () => {
    const bundle = await withGuests(setup);
    const { storage } = bundle;
    await storage.audit.seal();
    const erase = () => withQZPayActor({ type: 'admin', id: 'root' }, () => storage.maintenance.eraseGuest(EMAIL));
    await erase();
    const { data } = await storage.audit.list({ entityType: 'checkout', entityId: 'ada open' });
    expect(data.map(({ action, erased, actorId }) => [action, erased, actorId])).toEqual([
      ['erase', false, 'root'],
      ['note', true, null],
      ['create', true, null],
    ]);
    const once = await rowsOf(bundle);
    expect(await erase()).toMatchObject({ rows: 0 });
    expect(await changedIn(bundle, once)).toEqual([]);
    await storage.audit.seal();
    expect(await storage.audit.verify()).toMatchObject({ valid: true, findings: [] });
  });

  it('erases what the host has appended to the audit log, and appends nothing, without option audit', async () => {
    const { storage } = await withGuests(setup, {});
    expect(await storage.maintenance.eraseGuest(OTHER_CASE)).toMatchObject({ rows: 4 });
    const { data } = await storage.audit.list({ entityType: 'checkout', entityId: 'ada open' });
    expect(data.map(({ action, erased }) => [action, erased])).toEqual([['note', true]]);
  });

  it('goes on where it was stopped', async () => {
    const { storage } = await withGuests(setup);
    const stopped = storage.maintenance.eraseGuest(EMAIL, {
      batchSize: 1,
      onProgress: ({ table, rows }) => {
        if (table === 'auditLogs' && rows > 0) throw new Error('stopped');
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    const seen: unknown[] = [];
    const report = await storage.maintenance.eraseGuest(EMAIL, { onProgress: (progress) => seen.push(progress) });
    expect(report.rows).toBe(3);
    expect(seen.slice(-2)).toEqual([
      { table: 'checkouts', rows: 1, done: true },
      { table: 'auditLogs', rows: 2, done: true },
    ]);
  });

  it('goes through more checkouts than it reads at once', async () => {
    const { storage, query } = await withGuests(setup);
    await query(`insert into billing_checkouts (id, customer_email, mode, status, currency, success_url, cancel_url, livemode, expires_at)
      select 'n' || n, case n % 7000 when 0 then '${EMAIL}' else n || '@example.org' end, 'payment', 'open', 'USD', 'x', 'x', false, now()
      from generate_series(1, 21000) as n`);
    expect(await storage.maintenance.eraseGuest(EMAIL, { batchSize: 2 })).toMatchObject({ rows: 6 + 3 });
  });

  it('is part of the transaction of a caller, and leaves append-only tables guarded there', async () => {
    const bundle = await withGuests(setup);
    const { storage } = bundle;
    const before = await rowsOf(bundle);
    const undone = storage.transaction(async () => {
      expect(await storage.maintenance.eraseGuest(EMAIL)).toMatchObject({ rows: 6 });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await changedIn(bundle, before)).toEqual([]);
    await storage.maintenance.eraseGuest(EMAIL);
    await expect(bundle.query('update billing_audit_logs set reason = null')).rejects.toThrow(/append-only/);
  });

  it('spares checkouts that became somebody else’s after they were found', async () => {
    const bundle = await withGuests(setup);
    const { erasure } = bundle.storage.repositories;
    const { value: found } = await erasure.findGuest(EMAIL).next();
    expect(found?.map(({ id }) => id)).toEqual(['ada open', 'ada paid']);
    await bundle.query("update billing_checkouts set customer_id = 'c1' where id = 'ada paid' and not livemode");
    await bundle.storage.checkouts.update('ada open', { customerEmail: 'bob@example.org' });
    const before = await rowsOf(bundle);
    expect(await erasure.eraseGuest(found ?? [])).toEqual({ checkouts: 0, auditLogs: 0 });
    expect(await changedIn(bundle, before)).toEqual([]);
  });

  it('knows nobody by an address that no guest left, and refuses batches that are none', async () => {
    const { storage } = await withGuests(setup);
    for (const nobody of ['', '%', 'example.org', '\0', NAME]) {
      expect(await storage.maintenance.eraseGuest(nobody)).toMatchObject({ rows: 0 });
    }
    await expect(storage.maintenance.eraseGuest(EMAIL, { batchSize: 0 })).rejects.toMatchObject({
      name: 'QZPayValidationError',
    });
  });
});

describeOnServers('maintenance.eraseGuest beside others', (setup) => {
  it('erases the entry of an update that it had to wait for', async () => {
    const { storage, reopen, query } = await withGuests(setup);
    const waits = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let erasing: ReturnType<typeof storage.maintenance.eraseGuest> | undefined;
    await withQZPayActor({ type: 'user', ipAddress: '192.0.2.1' }, () =>
      storage.transaction(async () => {
        await storage.checkouts.update('ada open', { status: 'expired' });
        erasing = reopen().maintenance.eraseGuest(EMAIL);
        while ((await query(waits)).length === 0) await setImmediate();
      }),
    );
    expect(await erasing).toMatchObject({ rows: 7 });
    const { data } = await storage.audit.list({ entityType: 'checkout', entityId: 'ada open' });
    expect(data.map(({ action, erased, ipAddress }) => [action, erased, ipAddress])).toContainEqual([
      'update',
      true,
      null,
    ]);
    expect(await storage.checkouts.findById('ada open')).toMatchObject({ status: 'expired', customerEmail: null });
  });

  it('erases checkouts that come meanwhile or leaves them whole for the next time', async () => {
    const bundle = await withGuests(setup);
    const { storage, query } = bundle;
    let running = true;
    const visitor = async (index: number) => {
      for (let at = 0; at < 40; at += 1) {
        const id = `ada ${index} ${at}`;
        await visit(storage, id, { customerEmail: EMAIL });
        await storage.checkouts.update(id, { status: 'complete' });
      }
    };
    const visitors = Promise.all([1, 2, 3].map(visitor)).finally(() => (running = false));
    const sealing = async () => {
      while (running) await storage.audit.seal();
    };
    const erasing = async () => {
      while (running) await storage.maintenance.eraseGuest(EMAIL, { batchSize: 3 });
    };
    await Promise.all([visitors, sealing(), erasing()]);
    const halves = await query(`select from billing_checkouts
      where id like 'ada %' and (customer_email is null) <> (metadata = '{}')`);
    expect(halves).toEqual([]);
    await storage.maintenance.eraseGuest(EMAIL);
    const left = await query(`select from billing_checkouts as t where not livemode and id like 'ada %'
      and (customer_email is not null or t::text like '%${NAME}%')`);
    expect(left).toEqual([]);
    await storage.audit.seal();
    expect(await storage.audit.verify()).toMatchObject({ valid: true, findings: [] });
    expect(await storage.checkouts.findById('customer')).toMatchObject({ customerEmail: EMAIL });
  });

  it('erases once where two erase at once', async () => {
    const { storage } = await withGuests(setup);
    const both = await Promise.all([1, 2].map(() => storage.maintenance.eraseGuest(EMAIL, { batchSize: 1 })));
    expect((both[0]?.rows ?? 0) + (both[1]?.rows ?? 0)).toBe(6);
  });
});
