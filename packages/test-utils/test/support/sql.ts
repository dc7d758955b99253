import postgres, { type Sql } from 'postgres';

export async function connected<R>(url: string, fn: (sql: Sql) => Promise<R>): Promise<R> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await fn(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

export async function databaseNames(url: string): Promise<string[]> {
  const rows = await connected(url, (sql) => sql<{ datname: string }[]>`select datname from pg_database order by 1`);
  return rows.map(({ datname }) => datname);
}
