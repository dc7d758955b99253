import type pg from 'pg';

const LOCK = { name: 'lock', text: 'select pg_advisory_xact_lock(4711)' };
const HIGHEST = `select coalesce(max(substr(number, length($1) + 1)::bigint), 0)::text as highest from qzpay.billing_invoices
  where livemode = false and number = (select max(number) from qzpay.billing_invoices
    where livemode = false and number >= $1 || '0' and number < $1 || ':')`;
const ASSIGN = `update qzpay.billing_invoices set number = $2, status = 'open', finalized_at = now(), updated_at = now()
  where id = $1 and livemode = false and number is null returning *`;

/** The usual way without a counter: under a lock, the highest number plus one. Its statements are prepared as well. */
export async function numberByMaximum(pool: pg.Pool, start: string, id: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(LOCK);
    const { rows } = await client.query<{ highest: string }>({ name: 'highest', text: HIGHEST, values: [start] });
    const next = String(Number(rows[0]?.highest ?? 0) + 1).padStart(6, '0');
    await client.query({ name: 'assign', text: ASSIGN, values: [id, `${start}${next}`] });
    await client.query('commit');
  } finally {
    client.release();
  }
}
