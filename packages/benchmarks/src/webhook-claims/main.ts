import { type DurableStorage, withDurableStorage } from '../support/durable-storage.js';
import { allAtOnce, rateOf, summary } from '../support/rates.js';

/** Claims of 20 events against claims of one, fresh and after 300 000 claims. */
const CLIENTS = 4;
const ROUNDS = 7;
const STATEMENTS = 75;
const AGEING_CLAIMS = 300_000;
const AGEING_BATCH = 100;

/** Events of some 400 bytes, due for as long as they have been here. */
async function receiveMany({ pool }: DurableStorage, prefix: string, count: number): Promise<void> {
  await pool.query(
    `insert into qzpay.billing_webhook_events (id, provider, provider_event_id, type, payload, livemode, next_retry_at)
     select $1 || lpad(n::text, 7, '0'), 'stripe', $1 || n, 'invoice.paid', jsonb_build_object('data', repeat('x', 380)), false,
       now() - interval '1 day' + n * interval '1 millisecond'
     from generate_series(1, $2) n`,
    [prefix, count],
  );
}

/** Events claimed per second by statements that claim `batch` each. */
function claimRate({ storage }: DurableStorage, batch: number): Promise<number> {
  return rateOf(() =>
    allAtOnce(CLIENTS, async () => {
      let claimed = 0;
      for (let turn = 0; turn < STATEMENTS; turn += 1) claimed += (await storage.webhooks.claim(batch)).length;
      if (claimed !== STATEMENTS * batch) throw new Error('The queue ran dry.');
      return claimed;
    }),
  );
}

async function measure(durable: DurableStorage, title: string): Promise<void> {
  const measured: { one: number; twenty: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const twentyFirst = round % 2 === 0;
    const before = await claimRate(durable, twentyFirst ? 20 : 1);
    const after = await claimRate(durable, twentyFirst ? 1 : 20);
    // The first round warms up: connections, statements, plans.
    if (round > 0) measured.push(twentyFirst ? { twenty: before, one: after } : { twenty: after, one: before });
  }
  console.info(`Webhook claims, ${title}, ${CLIENTS} clients, ${ROUNDS} rounds, events per second:`);
  console.info(`  of 20 events  ${summary(measured.map(({ twenty }) => twenty))}`);
  console.info(`  of one event  ${summary(measured.map(({ one }) => one))}`);
  console.info(
    `  ratio         ${summary(
      measured.map(({ twenty, one }) => twenty / one),
      1,
    )}`,
  );
}

/** Claims and completes as workers would, but completes a batch in one statement, to be done in minutes. */
async function age({ storage, pool }: DurableStorage): Promise<void> {
  await allAtOnce(CLIENTS, async () => {
    for (let claimed = 0; claimed < AGEING_CLAIMS / CLIENTS; claimed += AGEING_BATCH) {
      const events = await storage.webhooks.claim(AGEING_BATCH);
      await pool.query(
        `update qzpay.billing_webhook_events set status = 'processed', processed_at = now(), locked_at = null,
           locked_by = null where livemode = false and id = any($1)`,
        [events.map(({ id }) => id)],
      );
    }
    return 0;
  });
}

await withDurableStorage(CLIENTS, async (durable) => {
  await receiveMany(durable, 'a', AGEING_CLAIMS + 120_000);
  await durable.pool.query('vacuum analyze qzpay.billing_webhook_events');
  await measure(durable, 'fresh');
  const start = performance.now();
  await age(durable);
  console.info(`${AGEING_CLAIMS} claims later (${((performance.now() - start) / 1000).toFixed(0)} s):`);
  await measure(durable, 'after 300 000 claims');
});
