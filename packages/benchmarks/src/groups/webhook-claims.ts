import type { Bench, OpenDatabase } from '../bench.js';
import { rateOf, type Slice, type Target } from '../support/comparison.js';

const CALLERS = 4;
const BATCH = 20;
const TWENTY = `claims of ${BATCH}`;
const ONE = 'claims of one';
/** In events: a claim of twenty may take as long as two and a half of one. */
const TARGETS: readonly Target[] = [{ of: TWENTY, over: ONE, measure: 'rate', least: 8 / BATCH }];
/** Per second of measuring: events claimed between the two measurements, and events that the measurements may claim. */
const AGEING_PER_SECOND = 50_000;
const CLAIMED_PER_SECOND = 30_000;
const AGEING_BATCH = 100;

/** Claims of 20 events against claims of one: of a fresh queue, and of one that has served many claims. */
export async function measureWebhookClaims(bench: Bench): Promise<void> {
  const { ours, raw } = await bench.empty();
  if (ours === undefined) return;
  const { seconds } = bench.options;
  const ageing = Math.ceil((AGEING_PER_SECOND * seconds) / AGEING_BATCH / CALLERS) * AGEING_BATCH * CALLERS;
  await receive(raw, ageing + Math.ceil(CLAIMED_PER_SECOND * seconds) + 10_000);
  const claimOf = (count: number) => async () => {
    if ((await ours.webhooks.claim(count)).length !== count) throw new Error('The queue ran dry');
  };
  const contenders = [
    { name: TWENTY, run: claimOf(BATCH) },
    { name: ONE, run: claimOf(1) },
  ];
  const queue = { callers: CALLERS, differs: true, contenders, targets: TARGETS };
  const [fresh] = await bench.compare({ work: 'webhook claims, fresh queue', ...queue });
  await age(ours, raw, ageing);
  const [aged] = await bench.compare({ work: `webhook claims, ${ageing} later`, ...queue });
  const ratios = aged?.slices.map((slice, round) => rateOf(slice) / rateOf(fresh?.slices[round] as Slice)) ?? [];
  bench.section.promise(`${TWENTY}: throughput ${ageing} claims later / fresh`, { least: 0.5 }, ratios);
  bench.section.notes.push(`Per second: claims; the first contender's bring ${BATCH} events each.`);
}

/** Events of some 400 bytes, due for as long as they have been here. */
async function receive({ query }: OpenDatabase['raw'], count: number): Promise<void> {
  const text = `insert into qzpay.billing_webhook_events (id, provider, provider_event_id, type, payload, livemode, next_retry_at)
    select 'event_' || lpad(n::text, 7, '0'), 'stripe', 'event_' || n, 'invoice.paid', jsonb_build_object('data', repeat('x', 380)), false,
      now() - interval '1 day' + n * interval '1 millisecond'
    from generate_series(1, $1::int) n`;
  await query({ name: 'receive', text }, [count]);
  await query({ name: '', text: 'vacuum analyze qzpay.billing_webhook_events' }, []);
}

/** Claims and completes as workers would, but completes a batch in one statement, to be done in minutes. */
async function age(
  ours: NonNullable<OpenDatabase['ours']>,
  { query }: OpenDatabase['raw'],
  count: number,
): Promise<void> {
  const complete = {
    name: 'complete',
    text: `update qzpay.billing_webhook_events set status = 'processed', processed_at = now(), locked_at = null,
      locked_by = null where livemode = false and id = any($1::text[])`,
  };
  const worker = async () => {
    for (let claimed = 0; claimed < count / CALLERS; claimed += AGEING_BATCH) {
      const events = await ours.webhooks.claim(AGEING_BATCH);
      await query(complete, [events.map(({ id }) => id)]);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, worker));
}
