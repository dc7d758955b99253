import type { QZPayMigrationQueryable } from './database.js';
import { quoteIdentifier, quoteLiteral } from './identifiers.js';
import { sqlstateOf } from './sqlstate.js';
import type { QZPayMigrationStep } from './steps.js';
import { LIBRARY_VERSION } from './version.js';

const LEDGER = 'billing_migrations';

const UNDEFINED_TABLE = '42P01';
const INVALID_SCHEMA_NAME = '3F000';

export interface LedgerEntry {
  readonly id: string;
  readonly checksum: string;
  readonly appliedAt: Date;
  readonly breaking: boolean;
}

function ledgerName(schema: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(LEDGER)}`;
}

export function createSchemaSql(schema: string): string {
  return `create schema ${quoteIdentifier(schema)}`;
}

export function createLedgerSql(schema: string): string {
  return `create table ${ledgerName(schema)} (
  "id" text collate "C" not null,
  "checksum" text not null,
  "applied_at" timestamp(3) with time zone default now() not null,
  "library_version" text not null,
  "breaking" boolean default false not null,
  constraint "billing_migrations_pkey" primary key ("id")
)`;
}

export function schemaExistsSql(schema: string): string {
  return `select from pg_catalog.pg_namespace where nspname = ${quoteLiteral(schema)}`;
}

export function ledgerExistsSql(schema: string): string {
  return (
    'select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace ' +
    `where n.nspname = ${quoteLiteral(schema)} and c.relname = ${quoteLiteral(LEDGER)}`
  );
}

/** Whether the schema has the tables, whoever made them. */
export async function hasTables(db: QZPayMigrationQueryable, schema: string): Promise<boolean> {
  // A table that an application without ours has not got.
  const table = `${quoteIdentifier(schema)}.billing_subscription_polling_jobs`;
  const [row] = await db.query(`select to_regclass(${quoteLiteral(table)}) is not null as "found"`);
  return row?.['found'] === true;
}

export function recordStepSql(step: QZPayMigrationStep, schema: string): string {
  const values = [step.id, step.checksum, LIBRARY_VERSION].map(quoteLiteral).join(', ');
  // Not now(): that is when the transaction began, and it may have waited behind other migrators since.
  return (
    `insert into ${ledgerName(schema)} ("id", "checksum", "library_version", "breaking", "applied_at") ` +
    `values (${values}, ${step.breaking}, clock_timestamp())`
  );
}

/**
 * Creates schema and ledger where they are missing. Call it under the lock.
 *
 * It looks before it creates: `create schema if not exists` asks for a privilege on the database even when there is
 * nothing to do, and a role that owns just the schema does not have it.
 */
export async function ensureLedger(tx: QZPayMigrationQueryable, schema: string): Promise<void> {
  const found = `select exists (${schemaExistsSql(schema)}) as "schema", exists (${ledgerExistsSql(schema)}) as "ledger"`;
  const [row] = await tx.query(found);
  if (row?.['schema'] !== true) await tx.query(createSchemaSql(schema));
  if (row?.['ledger'] !== true) await tx.query(createLedgerSql(schema));
}

/** The ledger's entries by id; none where schema or ledger do not exist. One statement. */
export async function readLedger(db: QZPayMigrationQueryable, schema: string): Promise<readonly LedgerEntry[]> {
  // As text, since drivers can be configured to return instants in any form.
  const rows = await db
    .query(
      `select "id", "checksum", "breaking", to_char("applied_at" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') ` +
        `as "applied_at" from ${ledgerName(schema)} order by "id"`,
    )
    .catch((error: unknown) => {
      const sqlstate = sqlstateOf(error);
      if (sqlstate === UNDEFINED_TABLE || sqlstate === INVALID_SCHEMA_NAME) return [];
      throw error;
    });
  return rows.map((row) => ({
    id: String(row['id']),
    checksum: String(row['checksum']),
    appliedAt: new Date(String(row['applied_at'])),
    breaking: row['breaking'] === true,
  }));
}
