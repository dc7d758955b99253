import { parseArgs } from 'node:util';
import { fromPostgresJs, runMigrations } from '@qzpay/migrations';
import { openDatabase, startDurableServer } from '../server.js';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } });

const server = await startDurableServer();
try {
  const { url } = await server.createDatabase();
  const { sql, storage } = openDatabase(url, 4);
  await runMigrations(fromPostgresJs(sql));
  await storage.repositories.customers.create({ id: 'cus_1', externalId: 'user 1', email: 'a@b.c' });
  await sql`insert into qzpay.billing_payments (id, customer_id, amount, currency, status, failure_message, livemode)
    select 'pay_' || n, 'cus_1', 1, 'USD', 'failed', 'declined for Ada Lovelace', false
    from generate_series(1, ${Number(values.rows)}::int) as n`;
  await sql`vacuum analyze`;
  const waits: number[] = [];
  let erasing = true;
  const writer = async () => {
    while (erasing) {
      const begun = performance.now();
      await storage.payments.update(`pay_${1 + Math.floor(Math.random() * Number(values.rows))}`, { failureCode: 'x' });
      waits.push(performance.now() - begun);
    }
  };
  const writers = [1, 2].map(writer);
  const started = performance.now();
  const { rows } = await storage.maintenance.eraseCustomer('cus_1');
  const seconds = (performance.now() - started) / 1000;
  erasing = false;
  await Promise.all(writers);
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(0);
  console.info(
    `${rows} rows erased in ${seconds.toFixed(1)} s; meanwhile ${waits.length} updates of the same rows by two writers: ` +
      `median ${at(0.5)} ms, 99 % within ${at(0.99)} ms, at most ${at(1)} ms.`,
  );
  await sql.end();
} finally {
  await server.stop();
}
