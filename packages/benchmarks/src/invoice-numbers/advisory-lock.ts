import type pg from 'pg';

const LOCK = 'select pg_advisory_xact_lock(4711)';
const ASSIGN = `update qzpay.billing_invoices set number = $2, status = 'open', finalized_at = now(), updated_at = now()
  where id = $1 and livemode = false and number is null returning *`;

/** The highest number of a series: as text, which one probe of the index finds and which is wrong after 999999; or right. */
const HIGHEST = {
  text: `select max(number) as highest from qzpay.billing_invoices
    where livemode = false and number >= $1 || '0' and number < $1 || ':'`,
  number: `select $1 || max(substr(number, length($1) + 1)::bigint) as highest from qzpay.billing_invoices
    where livemode = false and number >= $1 || '0' and number < $1 || ':'`,
};
export type Highest = keyof typeof HIGHEST;

/** The usual way without a counter: under a lock, the highest number plus one. Its statements are prepared as well. */
export async function numberByMaximum(pool: pg.Pool, highest: Highest, start: string, id: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query({ name: 'lock', text: LOCK });
    const found = { name: `highest_${highest}`, text: HIGHEST[highest], values: [start] };
    const { rows } = await client.query<{ highest: string | null }>(found);
    const next = Number(rows[0]?.highest?.slice(start.length) ?? 0) + 1;
    await client.query({ name: 'assign', text: ASSIGN, values: [id, `${start}${String(next).padStart(6, '0')}`] });
    await client.query('commit');
  } finally {
    client.release();
  }
}
