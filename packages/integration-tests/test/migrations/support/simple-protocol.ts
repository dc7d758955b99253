import type { Sql } from 'postgres';

/** Runs a plan as psql does, statement after statement in the simple protocol, up to the first error. */
export async function runPlan(sql: Sql, plan: string): Promise<void> {
  const withoutCommandsOfPsql = plan.replaceAll(/^\\.*$/gm, '');
  await sql.unsafe(withoutCommandsOfPsql).simple();
}
