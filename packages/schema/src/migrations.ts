import { boolean, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_MIGRATIONS_CONSTRAINTS = {
  primaryKey: 'billing_migrations_pkey',
} as const;

/** Which migrations this schema has had. */
export function defineQZPayMigrations(ns: QZPayNamespace) {
  const names = QZPAY_MIGRATIONS_CONSTRAINTS;
  return ns.table(
    'billing_migrations',
    {
      id: text('id').notNull(),
      /** Of the migration's SQL before the schema's name is put in. */
      checksum: text('checksum').notNull(),
      appliedAt: instant('applied_at').notNull().defaultNow(),
      libraryVersion: text('library_version').notNull(),
      /** Releases that do not know this migration must not run on the schema. */
      breaking: boolean('breaking').notNull().default(false),
    },
    (t) => [primaryKey({ name: names.primaryKey, columns: [t.id] })],
  );
}

export type QZPayMigrationsTable = ReturnType<typeof defineQZPayMigrations>;
export type QZPayMigrationRow = RowOf<QZPayMigrationsTable>;
export type QZPayMigrationInsert = InsertOf<QZPayMigrationsTable>;
