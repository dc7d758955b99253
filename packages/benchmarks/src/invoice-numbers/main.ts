import { type DurableStorage, withDurableStorage } from '../support/durable-storage.js';
import { allAtOnce, rateOf, summary } from '../support/rates.js';
import { numberByMaximum } from './advisory-lock.js';

/** `invoices.finalize` against an advisory lock and the highest number plus one: 16 clients, one series. */
const CLIENTS = 16;
const ROUNDS = 7;
const DRAFTS = 800;

async function createDrafts({ pool }: DurableStorage, round: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into qzpay.billing_invoices (id, customer_id, currency, livemode)
     select $1 || n, 'customer', 'EUR', false from generate_series(1, $2) n returning id`,
    [round, DRAFTS],
  );
  await pool.query('vacuum analyze qzpay.billing_invoices');
  return rows.map(({ id }) => id);
}

/** Each client numbers its share of the drafts, one after the other. */
function numberAll(ids: readonly string[], number: (id: string) => Promise<unknown>): Promise<number> {
  return rateOf(() =>
    allAtOnce(CLIENTS, async (client) => {
      const share = ids.filter((_, index) => index % CLIENTS === client);
      for (const id of share) await number(id);
      return share.length;
    }),
  );
}

await withDurableStorage(CLIENTS, async (durable) => {
  const { storage, pool } = durable;
  await pool.query(
    "insert into qzpay.billing_customers (id, external_id, email, email_key, livemode) values ('customer', 'c', 'a@b.c', 'a@b.c', false)",
  );
  const ways = {
    finalize: (id: string) => storage.invoices.finalize(id),
    text: (id: string) => numberByMaximum(pool, 'text', 'TEXT-2026-', id),
    number: (id: string) => numberByMaximum(pool, 'number', 'NUMBER-2026-', id),
  };
  const names = Object.keys(ways) as (keyof typeof ways)[];
  const measured: Record<keyof typeof ways, number>[] = [];
  // The first round warms up: connections, statements, plans. The order turns from round to round.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const rates = { finalize: 0, text: 0, number: 0 };
    for (const turn of names.keys()) {
      const name = names[(round + turn) % names.length] ?? 'finalize';
      rates[name] = await numberAll(await createDrafts(durable, `${round}${name}`), ways[name]);
    }
    if (round > 0) measured.push(rates);
  }
  const { valid, lastValue } = await storage.invoices.verifyNumbers();
  const of = (rate: (rates: (typeof measured)[number]) => number, digits = 0) => summary(measured.map(rate), digits);
  console.info(`Invoice numbers, one series, ${CLIENTS} clients, ${ROUNDS} rounds of ${DRAFTS}, numbers per second:`);
  console.info(`  finalize                               ${of(({ finalize }) => finalize)}`);
  console.info(`  advisory lock + max of the texts       ${of(({ text }) => text)}`);
  console.info(`  advisory lock + max of the numbers     ${of(({ number }) => number)}`);
  console.info(`  finalize / max of the texts            ${of(({ finalize, text }) => finalize / text, 2)}`);
  console.info(`  finalize / max of the numbers          ${of(({ finalize, number }) => finalize / number, 2)}`);
  console.info(`  ${lastValue} numbers, ${valid ? 'no gap and no duplicate' : 'NOT gapless'}`);
});
