import postgres from 'postgres';
import { fromPostgresJs, runMigrations } from '../src/index.js';

export async function migrate(url: string): Promise<readonly string[]> {
  const sql = postgres(url, { max: 1 });
  try {
    const { applied } = await runMigrations(fromPostgresJs(sql));
    return applied; // ids of the steps that this call applied
  } finally {
    await sql.end();
  }
}
