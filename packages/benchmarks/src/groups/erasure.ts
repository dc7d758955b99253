import type { Bench } from '../bench.js';
import { quantile, short } from '../support/statistics.js';

const WRITERS = 2;

/** The erasure of a customer with many rows, and what writers of these rows wait for meanwhile. */
export async function measureErasure(bench: Bench): Promise<void> {
  const { ours, raw } = await bench.empty();
  if (ours === undefined) return;
  const payments = Math.ceil(bench.options.rows / 10);
  await ours.repositories.customers.create({ id: 'cus_1', externalId: 'user 1', email: 'a@b.c' });
  const text = `insert into qzpay.billing_payments (id, customer_id, amount, currency, status, failure_message, livemode)
    select 'pay_' || n, 'cus_1', 1, 'USD', 'failed', 'declined for Ada Lovelace', false from generate_series(1, $1::int) as n`;
  await raw.query({ name: 'fill', text }, [payments]);
  await raw.query({ name: '', text: 'vacuum analyze' }, []);
  const waits: number[] = [];
  let erasing = true;
  const writer = async (seed: number) => {
    for (let turn = seed; erasing; turn += 7919) {
      const started = performance.now();
      await ours.payments.update(`pay_${1 + (turn % payments)}`, { failureCode: 'x' });
      waits.push(performance.now() - started);
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, index) => writer(index));
  const started = performance.now();
  const { rows } = await ours.maintenance.eraseCustomer('cus_1');
  const seconds = (performance.now() - started) / 1000;
  erasing = false;
  await Promise.all(writers);
  const wait = (share: number) => short(quantile(waits, share));
  bench.section.addTable(
    ['erasure', 'rows', 'seconds', 'updates of the same rows meanwhile', 'p50 / p99 / longest ms'],
    [
      [
        'eraseCustomer',
        String(rows),
        short(seconds),
        String(waits.length),
        `${wait(0.5)} / ${wait(0.99)} / ${wait(1)}`,
      ],
    ],
  );
}
