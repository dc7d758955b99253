import { createQZPayStorage, type QZPayStorage } from '@qzpay/adapter';
import { drizzle } from 'drizzle-orm/node-postgres';
import { withDurableStorage } from '../support/durable-storage.js';
import { allAtOnce, rateOf, summary } from '../support/rates.js';

/** What the audit trail costs a write, by one writer and by 16 of customers of their own, and whether sealing keeps up. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 9);
const WRITES = Number(process.env['WRITES'] ?? 600);
const CLIENTS = 16;
const PRODUCERS = 8;
const SEAL_SECONDS = Number(process.env['SEAL_SECONDS'] ?? 10);

type Write = (storage: QZPayStorage, client: number, turn: number) => Promise<unknown>;

const writes: Readonly<Record<string, Write>> = {
  'customers.update': ({ customers }, client, turn) =>
    customers.update(`customer ${client}`, { name: `name ${turn}`, segment: `segment ${turn}` } as never),
  'payments.create': ({ repositories }, client) =>
    repositories.payments.create({
      customerId: `customer ${client}`,
      amount: 100,
      currency: 'EUR',
      status: 'succeeded',
    }),
};

function rate(storage: QZPayStorage, write: Write, clients: number): Promise<number> {
  const each = Math.ceil(WRITES / clients);
  return rateOf(() =>
    allAtOnce(clients, async (client) => {
      for (let turn = 0; turn < each; turn += 1) await write(storage, client, turn);
      return each;
    }),
  );
}

await withDurableStorage(CLIENTS, async ({ storage: plain, pool }) => {
  const audited = createQZPayStorage(drizzle({ client: pool }), { audit: true });
  for (let client = 0; client < CLIENTS; client += 1) {
    const id = `customer ${client}`;
    await plain.repositories.customers.create({ id, externalId: id, email: 'a@b.c' });
  }
  for (const [name, write] of Object.entries(writes)) {
    for (const clients of [1, CLIENTS]) {
      const rates: { plain: number; audited: number }[] = [];
      // The first round warms up: connections, statements, plans. The order turns from round to round.
      for (let round = 0; round <= ROUNDS; round += 1) {
        const measured = { plain: 0, audited: 0 };
        for (const way of round % 2 === 0 ? (['plain', 'audited'] as const) : (['audited', 'plain'] as const)) {
          measured[way] = await rate(way === 'plain' ? plain : audited, write, clients);
        }
        if (round > 0) rates.push(measured);
      }
      const cost = summary(
        rates.map((pair) => pair.plain / pair.audited),
        2,
      );
      const perSecond = (way: 'plain' | 'audited') => summary(rates.map((pair) => pair[way]));
      console.info(
        `${name}, ${clients} writers: ${perSecond('plain')} writes/s, audited ${perSecond('audited')}, cost × ${cost}`,
      );
    }
  }
  await measureSealing(audited, pool);
});

async function measureSealing(
  storage: QZPayStorage,
  pool: { query(text: string): Promise<{ rows: { waiting: string }[] }> },
): Promise<void> {
  while ((await storage.audit.seal({ limit: 10_000 })).entries > 0);
  const write = writes['payments.create'] as Write;
  let writing = true;
  let sealed = 0;
  let busy = 0;
  const sealer = (async () => {
    while (writing) {
      const start = performance.now();
      const { entries } = await storage.audit.seal({ limit: 1000 });
      busy += performance.now() - start;
      sealed += entries;
      if (entries < 1000) await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  const end = performance.now() + SEAL_SECONDS * 1000;
  const produced = await allAtOnce(PRODUCERS, async (client) => {
    let count = 0;
    for (; performance.now() < end; count += 1) await write(storage, client, count);
    return count;
  });
  writing = false;
  await sealer;
  const { rows } = await pool.query('select count(*) as waiting from qzpay.billing_audit_logs where block_seq is null');
  const waiting = rows[0]?.waiting ?? '0';
  console.info(
    `sealing beside ${PRODUCERS} writers: ${produced} written, ${sealed} sealed, ${waiting} waiting at the end; the sealer worked ${(busy / 1000).toFixed(1)} of ${SEAL_SECONDS} s`,
  );
  const backlog = 20_000;
  await pool.query(
    `insert into qzpay.billing_audit_logs (id, livemode, entity_type, entity_id, action, payload_hash)
     select 'backlog ' || n, false, 'x', 'x', 'x', encode(sha256(n::text::bytea), 'hex') from generate_series(1, ${backlog}) n`,
  );
  const rateAlone = await rateOf(async () => {
    let count = 0;
    for (;;) {
      const { entries } = await storage.audit.seal({ limit: 1000 });
      if (entries === 0) return count;
      count += entries;
    }
  });
  const verifying = await rateOf(async () => {
    // The backlog's hashes are made up, so what it finds does not matter here.
    const { entries } = await storage.audit.verify({ to: 20 });
    return entries;
  });
  console.info(`sealing a backlog: ${rateAlone.toFixed(0)} entries/s; verifying: ${verifying.toFixed(0)} entries/s`);
}
