import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import postgres from 'postgres';
import { expect, it, onTestFinished } from 'vitest';
import { runChild } from './support/child.js';

/** What ten thousand subscriptions may hold on to. */
const MAX_HELD_MB = 40;

it('a page of ten thousand subscriptions holds little memory', async () => {
  const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer() });
  onTestFinished(drop);
  if (url === null) throw new Error('Needs a server: the page is read in a process of its own.');
  const sql = postgres(url, { max: 1, connection: { search_path: 'qzpay' } });
  await sql`insert into billing_customers (id, livemode, external_id, email, email_key) values ('c', false, 'u', 'e', 'e')`;
  await sql`insert into billing_subscriptions (id, livemode, customer_id, plan_id, status, billing_interval, current_period_start, current_period_end, metadata, provider_subscription_ids)
    select 's' || n, false, 'c', 'pro', 'active', 'month', now(), now() + interval '1 month',
      jsonb_build_object('note', repeat('x', 50), 'n', n), jsonb_build_object('stripe', 'sub_' || n)
    from generate_series(1, 10000) n`;
  await sql.end();
  const { code, output } = await runChild(
    `
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    import { openQZPayStorage } from '@qzpay/adapter/postgres-js';
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc');
    const storage = await openQZPayStorage({ url: process.env.URL });
    await storage.subscriptions.list({ limit: 10 });
    gc();
    const before = process.memoryUsage().heapUsed;
    let peak = 0;
    const watch = setInterval(() => { peak = Math.max(peak, process.memoryUsage().heapUsed); }, 1);
    const page = await storage.subscriptions.list({ limit: 10000 });
    peak = Math.max(peak, process.memoryUsage().heapUsed);
    clearInterval(watch);
    gc();
    const held = process.memoryUsage().heapUsed - before;
    console.log(JSON.stringify({ rows: page.data.length, heldMB: held / 2 ** 20, peakMB: (peak - before) / 2 ** 20 }));
    await storage.close();`,
    { URL: url },
  );
  expect(code).toBe(0);
  const { rows, heldMB, peakMB } = JSON.parse(output) as { rows: number; heldMB: number; peakMB: number };
  console.info(`10 000 subscriptions hold ${heldMB.toFixed(1)} MB, ${peakMB.toFixed(1)} MB at the peak.`);
  expect(rows).toBe(10_000);
  expect(heldMB).toBeLessThan(MAX_HELD_MB);
});
