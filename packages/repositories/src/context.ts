import type { QZPayClock, QZPayGenerateId } from '@qzpay/core';
import { aBoolean, aFunction, aText, checkOptions, type OptionRules, oneOf } from '@qzpay/core/options';
import type { QZPayTables } from '@qzpay/schema';
import { uuidv7 } from 'uuidv7';
import { assertDrizzleDatabase, assertUnprepared, hasManyConnections, type QZPayDrizzleDatabase } from './database.js';
import type { QZPayQueryEvent } from './query-events.js';
import { sharedTables } from './shared-tables.js';
import { StatementRunner } from './statement-runner.js';
import type { QZPayTransactionScope } from './transactions.js';

const DEFAULT_SCHEMA = 'qzpay';

/** Options shared by every repository. */
export interface QZPayRepositoryOptions {
  /** The mode whose rows are seen and written: `true` is production, `false` is test data. Default `false`. */
  readonly livemode?: boolean | undefined;
  /** PostgreSQL schema of the tables. Default `qzpay`. */
  readonly schema?: string | undefined;
  /** Source of every instant that the storage makes. Default: the process's clock. */
  readonly clock?: QZPayClock | undefined;
  /** Source of the ids that the storage makes. Default: monotonic UUIDv7. */
  readonly generateId?: QZPayGenerateId | undefined;
  /**
   * Whether an update of `metadata` replaces the stored object (default) or merges into it, where null and undefined
   * remove a key.
   */
  readonly metadataUpdates?: 'replace' | 'merge' | undefined;
  /**
   * `false` names no statement on the server: a must behind a pooler in transaction mode that does not follow them
   * (PgBouncer before 1.21, or without `max_prepared_statements`). Default `true`.
   */
  readonly preparedStatements?: boolean | undefined;
  /**
   * Whether every change of a row also writes an entry of the audit log, in the same statement. Default `false`. Not
   * audited are usage that comes in bulk, roll-ups, counters of invoice numbers, idempotency keys, and the queue of
   * webhook events.
   */
  readonly audit?: boolean | undefined;
  /** Called after each statement. What it throws is ignored. */
  readonly onQuery?: ((event: QZPayQueryEvent) => void) | undefined;
}

/** @internal What these options are checked by, also where they come together with others. */
export const QZPAY_REPOSITORY_OPTIONS = {
  livemode: aBoolean,
  schema: aText,
  clock: aFunction,
  generateId: aFunction,
  metadataUpdates: oneOf('replace', 'merge'),
  preparedStatements: aBoolean,
  audit: aBoolean,
  onQuery: aFunction,
} satisfies OptionRules<QZPayRepositoryOptions>;

/** What the repositories of one storage share. */
export interface QZPayRepositoryContext {
  readonly database: QZPayDrizzleDatabase;
  /** Whether callers can get connections of their own. */
  readonly concurrent: boolean;
  readonly tables: QZPayTables;
  /** PostgreSQL schema of the tables. */
  readonly schema: string;
  readonly livemode: boolean;
  readonly clock: QZPayClock;
  readonly generateId: QZPayGenerateId;
  readonly mergesMetadata: boolean;
  /** Whether changes write entries of the audit log. */
  readonly audits: boolean;
  readonly runner: StatementRunner;
  /** Set where the repositories are bound to one transaction; otherwise the ambient one counts. */
  readonly scope?: QZPayTransactionScope;
}

/**
 * Creates what repositories are made with.
 *
 * @throws TypeError when `database` is not a Drizzle database, or contradicts `preparedStatements: false`.
 * @throws QZPayValidationError for an unknown option, and for a value that is none.
 */
export function createQZPayRepositoryContext(
  database: QZPayDrizzleDatabase,
  options: QZPayRepositoryOptions = {},
): QZPayRepositoryContext {
  assertDrizzleDatabase(database);
  checkOptions(options, QZPAY_REPOSITORY_OPTIONS);
  if (options.preparedStatements === false) assertUnprepared(database);
  const schema = options.schema ?? DEFAULT_SCHEMA;
  const tables = sharedTables(schema);
  return {
    database,
    concurrent: hasManyConnections(database),
    tables,
    schema,
    livemode: options.livemode ?? false,
    clock: options.clock ?? (() => new Date()),
    generateId: options.generateId ?? uuidv7,
    mergesMetadata: options.metadataUpdates === 'merge',
    audits: options.audit ?? false,
    runner: new StatementRunner(database, tables, options),
  };
}
