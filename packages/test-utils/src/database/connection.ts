import postgres, { type Sql } from 'postgres';

export const MIN_VERSION = 15;

/** Runs `fn` on one connection, which is closed before this resolves. */
export async function withConnection<R>(url: string, fn: (sql: Sql) => Promise<R>): Promise<R> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await fn(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** @throws Error for a server that is older than what the tables need. */
export async function serverVersion(url: string): Promise<number> {
  const version = await withConnection(url, async (sql) => {
    const [row] = await sql<{ server_version_num: string }[]>`show server_version_num`;
    return majorVersion(row?.server_version_num);
  });
  if (version < MIN_VERSION) throw new Error(`PostgreSQL ${version} is too old: QZPay needs ${MIN_VERSION} or later.`);
  return version;
}

/** @param number As in the setting `server_version_num`: 150018 is 15. */
export function majorVersion(number: string | undefined): number {
  return Math.floor(Number(number) / 10_000);
}
