import { createQZPayStorage, type QZPayStorage } from '@qzpay/adapter';
import { qzpayAuditLogs, qzpayCustomers, qzpayPayments } from '@qzpay/schema';
import type { Bench } from '../bench.js';
import type { RawClient, RawStatement, Row } from '../support/raw.js';
import { sqlOf, stamps } from '../support/statements.js';
import { short } from '../support/statistics.js';
import { paymentRow } from './writes.js';

const CUSTOMERS = 16;
const PRODUCERS = 8;
const SEAL_BATCH = 1000;
const MOST = 1.25;
const HASH = '0'.repeat(64);

/** One change, by the storage and by hand. */
interface Write {
  readonly work: string;
  readonly run: (storage: QZPayStorage, turn: number) => Promise<unknown>;
  readonly statement: RawStatement;
  readonly values: (turn: number) => unknown[];
  readonly entry: (turn: number) => Row;
}

/** What the audit trail costs a write, by one caller and by 16 that write to customers of their own; and sealing. */
export async function measureAudit(bench: Bench): Promise<void> {
  const { ours: plain, raw, drizzle } = await bench.empty();
  if (plain === undefined) return;
  const audited = createQZPayStorage(drizzle, { audit: true });
  await createCustomers(plain);
  for (const write of WRITES) {
    for (const callers of [1, CUSTOMERS]) {
      await bench.compare({
        work: `${write.work} with an audit entry`,
        callers,
        differs: true,
        contenders: [
          { name: 'audited', run: (turn) => write.run(audited, turn) },
          { name: 'plain', run: (turn) => write.run(plain, turn) },
          { name: `${raw.name} with an entry`, run: entryByHand(raw, write) },
        ],
        targets: [{ of: 'audited', over: 'plain', measure: 'rate', least: 1 / MOST }],
      });
    }
  }
  await measureSealing(bench);
}

async function createCustomers({ repositories }: QZPayStorage): Promise<void> {
  for (let index = 0; index < CUSTOMERS; index += 1) {
    await repositories.customers.create({ id: idOf(index), externalId: idOf(index), email: 'a@b.c' });
  }
}

const idOf = (index: number) => `customer_${index % CUSTOMERS}`;

function pay({ repositories }: QZPayStorage, turn: number): Promise<unknown> {
  const payment = { customerId: idOf(turn), amount: 100, currency: 'EUR', status: 'succeeded' } as const;
  return repositories.payments.create(payment);
}

const payments = sqlOf(qzpayPayments);
const WRITES: readonly Write[] = [
  {
    work: 'customers.update',
    run: ({ customers }, turn) => customers.update(idOf(turn), { name: `${turn}`, phone: `${turn}` }),
    statement: sqlOf(qzpayCustomers).update('name', 'phone', 'updated_at', 'version'),
    values: (turn) => [idOf(turn), `${turn}`, `${turn}`, new Date(), crypto.randomUUID()],
    entry: (turn) => ({
      entityType: 'customer',
      entityId: idOf(turn),
      action: 'update',
      changes: { name: '[masked]', phone: '[masked]' },
      previousValues: { name: '[masked]', phone: '[masked]' },
    }),
  },
  {
    work: 'payments.create',
    run: pay,
    statement: payments.insert,
    values: (turn) => payments.values({ ...paymentRow(turn), customerId: idOf(turn) }),
    entry: (turn) => ({
      entityType: 'payment',
      entityId: crypto.randomUUID(),
      action: 'create',
      changes: { ...paymentRow(turn), customerId: idOf(turn) },
    }),
  },
];

/** The least that an entry in the same statement can cost: all of its values are there, and nothing is hashed or read first. */
function entryByHand(
  { query }: RawClient,
  { work, statement, values, entry }: Write,
): (turn: number) => Promise<unknown> {
  const logs = sqlOf(qzpayAuditLogs);
  const offset = values(0).length;
  const insert = logs.insert.text.replaceAll(/\$(\d+)/g, (_, number) => `$${Number(number) + offset}`);
  const text = `with changed as (${statement.text}), entry as (${insert}) select * from changed`;
  const row = { actorType: 'system', success: true, payloadHash: HASH, salt: HASH, metadata: {} };
  return (turn) =>
    query({ name: `${work} audited`, text }, [
      ...values(turn),
      ...logs.values({ ...stamps(), ...row, ...entry(turn) }),
    ]);
}

/** One sealer beside writers: what they leave to it, and how long it took to catch up. */
async function measureSealing(bench: Bench): Promise<void> {
  const storage = createQZPayStorage((await bench.empty()).drizzle, { audit: true });
  await createCustomers(storage);
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
