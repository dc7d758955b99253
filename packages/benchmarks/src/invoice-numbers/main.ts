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
  const finalize = (id: string) => storage.invoices.finalize(id);
  const maximum = (id: string) => numberByMaximum(pool, 'MAX-2026-', id);
  const measured: { finalize: number; maximum: number }[] = [];
  // The first round warms up: connections, statements, plans.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [first, second] = [await createDrafts(durable, `${round}a`), await createDrafts(durable, `${round}b`)];
    const finalizeFirst = round % 2 === 0;
    const before = finalizeFirst ? await numberAll(first, finalize) : await numberAll(first, maximum);
    const after = finalizeFirst ? await numberAll(second, maximum) : await numberAll(second, finalize);
    if (round > 0) {
      measured.push(finalizeFirst ? { finalize: before, maximum: after } : { finalize: after, maximum: before });
    }
  }
  const { valid, lastValue } = await storage.invoices.verifyNumbers({ period: String(new Date().getUTCFullYear()) });
  console.info(`Invoice numbers, one series, ${CLIENTS} clients, ${ROUNDS} rounds of ${DRAFTS}, numbers per second:`);
  console.info(`  finalize             ${summary(measured.map((round) => round.finalize))}`);
  console.info(`  advisory lock + max  ${summary(measured.map((round) => round.maximum))}`);
  console.info(
    `  ratio                ${summary(
      measured.map((round) => round.finalize / round.maximum),
      2,
    )}`,
  );
  console.info(`  ${lastValue} numbers, ${valid ? 'no gap and no duplicate' : 'NOT gapless'}`);
});
