import { QZPAY_PII_COLUMNS, type QZPayPiiReplacement } from '@qzpay/schema/tables';
import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { TableKey } from '../entities.js';
import { argument } from '../statements.js';
import { keyColumnOf, type TableModel } from '../table-model.js';

/** What the audit log calls an erasure. Its entry tells who asked for it, and is not erased itself. */
export const QZPAY_ERASURE_ACTION = 'erase';

/** Of an event of a provider. */
export const HANDLED = sql`status in ('processed', 'dead_letter')`;

const EXCEPT: { readonly [Table in TableKey]?: SQL } = {
  // An event that waits would be handled without its content, and money with it.
  webhookEvents: sql`${HANDLED} and `,
  auditLogs: sql`action <> ${QZPAY_ERASURE_ACTION} and `,
};

/** The columns of a table that may hold personal data. */
export function personalColumnsOf(model: TableModel): string[] {
  return QZPAY_PII_COLUMNS.filter(({ table }) => table === model.key).map(({ column }) => column);
}

/** What an erasure sets: replacements, and a version by which nobody writes back what they had read. */
export function assignmentsOf(model: TableModel): SQL {
  const set = replacementsOf(model).map(
    ({ column, value }) => sql`${sql.identifier(model.codec(column).column.name)} = ${value}`,
  );
  for (const stamp of ['updatedAt', 'version'].filter((key) => model.has(key))) {
    const codec = model.codec(stamp);
    set.push(sql`${sql.identifier(codec.column.name)} = ${argument(codec, `new_${stamp}`)}`);
  }
  if (model.has('anonymizedAt')) {
    const at = model.codec('anonymizedAt');
    set.push(sql`anonymized_at = coalesce(${at.column}, ${argument(at, 'new_updatedAt')})`);
  }
  return sql.join(set, sql`, `);
}

/** The condition that a row holds anything else than replacements, and may be erased. */
export function stillPersonal(model: TableModel): SQL {
  const different = replacementsOf(model).map(
    ({ column, value }) => sql`${model.codec(column).column} is distinct from ${value}`,
  );
  if (model.has('anonymizedAt')) different.push(sql`anonymized_at is null`);
  return sql`${EXCEPT[model.key] ?? sql``}(${sql.join(different, sql` or `)})`;
}

function replacementsOf(model: TableModel): { readonly column: string; readonly value: SQL }[] {
  return QZPAY_PII_COLUMNS.filter(({ table }) => table === model.key).map(({ column, replacement }) => ({
    column,
    value: replacementValue(replacement, keyColumnOf(model)),
  }));
}

function replacementValue(replacement: QZPayPiiReplacement, id: PgColumn): SQL {
  if (replacement === null) return sql`null`;
  if (typeof replacement === 'string') return sql`replace(${replacement}::text, '{id}', ${id})`;
  return Array.isArray(replacement) ? sql`'{}'::text[]` : sql`'{}'::jsonb`;
}
