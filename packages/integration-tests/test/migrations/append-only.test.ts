import type { QZPayMigrationDatabase } from '@qzpay/migrations';
import { expect, it } from 'vitest';
import { describeOnEveryEngine } from './support/engines.js';

const ROWS = [
  `insert into qzpay.billing_customers (id, livemode, external_id, email, email_key)
    values ('c', false, 'user', 'a@b.c', 'a@b.c')`,
  `insert into qzpay.billing_payments (id, livemode, customer_id, amount, currency, status)
    values ('p', false, 'c', 100, 'EUR', 'succeeded')`,
  `insert into qzpay.billing_refunds (id, livemode, payment_id, amount, currency, status)
    values ('r', false, 'p', 100, 'EUR', 'succeeded')`,
  `insert into qzpay.billing_audit_logs (id, livemode, entity_type, entity_id, action, payload_hash)
    values ('a', false, 'customer', 'c', 'create', 'hash')`,
  `insert into qzpay.billing_usage_records (id, livemode, customer_id, limit_key, quantity, action, occurred_at)
    values ('u', false, 'c', 'api_calls', 1, 'increment', now())`,
];

const APPEND_ONLY = ['billing_refunds', 'billing_audit_logs', 'billing_usage_records'];

const CHANGES = (table: string) => [
  `update qzpay.${table} set id = 'other'`,
  `delete from qzpay.${table}`,
  `truncate qzpay.${table}`,
];

const idsOf = async (database: QZPayMigrationDatabase, table: string) =>
  (await database.query(`select id from qzpay.${table} order by 1`)).map((row) => row['id']);

describeOnEveryEngine('append-only tables', (open) => {
  async function setup(options: { readonly integrity?: boolean } = {}) {
    const { database } = await open({ migrated: true, ...options });
    for (const row of ROWS) await database.query(row);
    return database;
  }

  it('refuse update, delete and truncate with an SQLSTATE of their own, and say how maintenance passes', async () => {
    const database = await setup();
    for (const table of APPEND_ONLY) {
      const before = await idsOf(database, table);
      expect(before).toHaveLength(1);
      for (const change of CHANGES(table)) {
        await expect(database.query(change), change).rejects.toMatchObject({
          code: 'QZ001',
          message: expect.stringContaining(`${table} is append-only`),
          hint: expect.stringContaining("set local qzpay.maintenance = 'on'"),
        });
      }
      expect(await idsOf(database, table)).toEqual(before);
    }
  });

  it('refuse an upsert that would change a row, and take a new row', async () => {
    const database = await setup();
    const upsert = (id: string) => `${ROWS[3]?.replace("'a'", `'${id}'`)} on conflict (id, livemode) do update
      set action = 'update'`;
    await expect(database.query(upsert('a'))).rejects.toMatchObject({ code: 'QZ001' });
    await database.query(upsert('b'));
    expect(await idsOf(database, 'billing_audit_logs')).toEqual(['a', 'b']);
  });

  it('let maintenance pass, for one transaction', async () => {
    const database = await setup();
    for (const table of APPEND_ONLY) {
      await database.transaction(async (tx) => {
        await tx.query("set local qzpay.maintenance = 'on'");
        await tx.query(`update qzpay.${table} set id = 'renamed'`);
        const [row] = await tx.query(`select id from qzpay.${table}`);
        expect(row).toEqual({ id: 'renamed' });
        await tx.query(`delete from qzpay.${table}`);
        await tx.query(`truncate qzpay.${table}`);
      });
      expect(await idsOf(database, table)).toEqual([]);
    }
    await database.query(ROWS[3] ?? '');
    await expect(database.query('delete from qzpay.billing_audit_logs')).rejects.toMatchObject({ code: 'QZ001' });
  });

  it('let an entry of the audit log be sealed: its block is set once, and nothing else', async () => {
    const database = await setup();
    const columns = await database.query(
      "select column_name as name from information_schema.columns where table_schema = 'qzpay' and table_name = 'billing_audit_logs'",
    );
    const others = columns.map(({ name }) => String(name)).filter((name) => name !== 'block_seq');
    const values: Record<string, string> = { livemode: 'true', success: 'false', created_at: "'2000-01-01Z'" };
    for (const name of others) {
      const value = values[name] ?? `'{"a":1}'`;
      const change = database.query(`update qzpay.billing_audit_logs set block_seq = 1, ${name} = ${value}`);
      await expect(change, name).rejects.toMatchObject({ code: 'QZ001' });
    }
    const refuses = async (blockSeq: string) => {
      const change = database.query(`update qzpay.billing_audit_logs set block_seq = ${blockSeq}`);
      await expect(change, blockSeq).rejects.toMatchObject({ code: 'QZ001' });
    };
    for (const blockSeq of ['0', '-1']) await refuses(blockSeq);
    await database.query('update qzpay.billing_audit_logs set block_seq = 1');
    for (const blockSeq of ['1', '2', 'null']) await refuses(blockSeq);
  });

  it('keep the blocks of the audit log', async () => {
    const database = await setup();
    await database.query(`insert into qzpay.billing_audit_blocks (livemode, block_seq, leaves, root_hash, block_hash, entry_count)
      values (false, 1, '{}', 'root', 'hash', 0)`);
    const table = 'qzpay.billing_audit_blocks';
    for (const change of [`update ${table} set root_hash = 'x'`, `delete from ${table}`, `truncate ${table}`]) {
      await expect(database.query(change), change).rejects.toMatchObject({ code: 'QZ001' });
    }
  });

  it('do not take another word for the one that opens them', async () => {
    const database = await setup();
    for (const setting of ['off', 'true', 'ON', '']) {
      const attempt = database.transaction(async (tx) => {
        await tx.query(`set local qzpay.maintenance = '${setting}'`);
        await tx.query('delete from qzpay.billing_refunds');
      });
      await expect(attempt, setting).rejects.toMatchObject({ code: 'QZ001' });
    }
  });

  it('are plain tables without the integrity set, and other tables are plain with it', async () => {
    const plain = await setup({ integrity: false });
    for (const table of APPEND_ONLY) {
      for (const change of CHANGES(table)) await plain.query(change);
      expect(await idsOf(plain, table)).toEqual([]);
    }
    const guarded = await setup();
    await guarded.query("update qzpay.billing_payments set status = 'failed'");
  });
});
