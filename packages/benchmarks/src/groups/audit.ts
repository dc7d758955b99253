import { createQZPayStorage, type QZPayStorage } from '@qzpay/adapter';
import type { Bench } from '../bench.js';
import { short } from '../support/statistics.js';

const CUSTOMERS = 16;
const PRODUCERS = 8;
const SEAL_BATCH = 1000;
const MOST = 1.25;

/** What the audit trail costs a write, by one caller and by 16 that write to customers of their own; and sealing. */
export async function measureAudit(bench: Bench): Promise<void> {
  const { ours: plain, drizzle } = await bench.empty();
  if (plain === undefined) return;
  const audited = createQZPayStorage(drizzle, { audit: true });
  for (let index = 0; index < CUSTOMERS; index += 1) {
    await plain.repositories.customers.create({ id: idOf(index), externalId: idOf(index), email: 'a@b.c' });
  }
  const writes: Readonly<Record<string, (storage: QZPayStorage, turn: number) => Promise<unknown>>> = {
    'customers.update': ({ customers }, turn) => customers.update(idOf(turn), { name: `${turn}`, phone: `${turn}` }),
    'payments.create': pay,
  };
  for (const [name, write] of Object.entries(writes)) {
    for (const callers of [1, CUSTOMERS]) {
      await bench.compare({
        work: `${name} with an audit entry`,
        callers,
        differs: true,
        contenders: [
          { name: 'audited', run: (turn) => write(audited, turn) },
          { name: 'plain', run: (turn) => write(plain, turn) },
        ],
        targets: [{ of: 'audited', over: 'plain', measure: 'rate', least: 1 / MOST }],
      });
    }
  }
  await measureSealing(bench, audited);
}

const idOf = (index: number) => `customer_${index % CUSTOMERS}`;

function pay({ repositories }: QZPayStorage, turn: number): Promise<unknown> {
  const payment = { customerId: idOf(turn), amount: 100, currency: 'EUR', status: 'succeeded' } as const;
  return repositories.payments.create(payment);
}

/** One sealer beside writers: what they leave to it, and how long it took to catch up. */
async function measureSealing(bench: Bench, storage: QZPayStorage): Promise<void> {
  while ((await storage.audit.seal({ limit: 10_000 })).entries > 0);
  const end = performance.now() + bench.options.seconds * 1000;
  let written = 0;
  const producer = async (index: number) => {
    for (; performance.now() < end; written += 1) await pay(storage, index);
  };
  let sealed = 0;
  const sealer = async () => {
    while (performance.now() < end) sealed += (await storage.audit.seal({ limit: SEAL_BATCH })).entries;
  };
  await Promise.all([sealer(), ...Array.from({ length: PRODUCERS }, (_, index) => producer(index))]);
  const waiting = written - sealed;
  while ((await storage.audit.seal({ limit: SEAL_BATCH })).entries > 0);
  const started = performance.now();
  const { entries, valid } = await storage.audit.verify();
  if (!valid) throw new Error('The chain is broken');
  const verified = entries / ((performance.now() - started) / 1000);
  bench.section.addTable(
    ['sealing beside 8 writers', 'written', 'sealed meanwhile', 'waiting at the end', 'verified per second'],
    [['audit.seal', String(written), String(sealed), String(waiting), short(verified)]],
  );
}
