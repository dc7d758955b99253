import type { QZPayTables } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { TableKey } from '../entities.js';
import { isUnreferenced } from '../table-references.js';

/** Which rows of a table are kept for how long. */
export interface RetentionRule {
  readonly table: TableKey;
  /** Days that a row is kept, counted from `since`; `null`: for ever, unless the caller says otherwise. */
  readonly days: number | null;
  /** The column from which the days count. */
  readonly since: string;
  /** Another column that must be as old. An index on a column that changes would make every update dearer. */
  readonly untouched?: string;
  readonly where: (tables: QZPayTables) => SQL;
  /** Tables whose rows go first, and the column that names the row they belong to. */
  readonly children?: Readonly<Partial<Record<TableKey, string>>>;
}

/** A subscription that money or a document speaks of is kept, whatever its state. */
const withoutMoney = ({ subscriptions, payments, invoices }: QZPayTables): SQL =>
  sql.join(
    [payments, invoices].map(
      (table) => sql`not exists (select 1 from ${table} where ${table.livemode} = ${subscriptions.livemode}
        and ${table.subscriptionId} = ${subscriptions.id})`,
    ),
    sql` and `,
  );

const PARTS_OF_SUBSCRIPTION = {
  subscriptionAddons: 'subscriptionId',
  subscriptionPollingJobs: 'subscriptionId',
} as const;

/** Rows that were deleted and that no other row refers to by a foreign key. */
const deleted = (table: TableKey): RetentionRule => ({
  table,
  days: null,
  since: 'deletedAt',
  where: (tables) =>
    sql.join([sql`deleted_at is not null`, ...isUnreferenced(tables, tables[table] as PgTable)], sql` and `),
});

/**
 * In the order in which they are best applied, children first. What is not here is never removed: payments, refunds,
 * invoices and customers.
 */
export const RETENTION_RULES = {
  /** From their expiry on. */
  idempotencyKeys: { table: 'idempotencyKeys', days: 0, since: 'expiresAt', where: () => sql`status <> 'pending'` },
  /** Whose caller vanished; from their expiry on. */
  pendingIdempotencyKeys: {
    table: 'idempotencyKeys',
    days: 7,
    since: 'expiresAt',
    where: () => sql`status = 'pending'`,
  },
  webhookEvents: { table: 'webhookEvents', days: 90, since: 'processedAt', where: () => sql`status = 'processed'` },
  /** From their resolution on. */
  deadLetters: { table: 'webhookDeadLetter', days: 30, since: 'resolvedAt', where: () => sql`resolved_at is not null` },
  /** Given up, and without a letter any more. */
  deadWebhookEvents: {
    table: 'webhookEvents',
    days: 90,
    since: 'createdAt',
    untouched: 'updatedAt',
    where: ({ webhookEvents: events, webhookDeadLetter: letters }) => sql`status = 'dead_letter' and not exists (
      select 1 from ${letters} where ${letters.livemode} = ${events.livemode} and ${letters.provider} = ${events.provider}
      and ${letters.providerEventId} = ${events.providerEventId})`,
  },
  /** Visits that nobody finished; from their expiry on. */
  openCheckouts: { table: 'checkouts', days: 1, since: 'expiresAt', where: () => sql`status = 'open'` },
  expiredCheckouts: { table: 'checkouts', days: 1, since: 'expiresAt', where: () => sql`status = 'expired'` },
  /** Subscriptions whose first payment never came, with their add-ons and polling jobs. */
  incompleteSubscriptions: {
    table: 'subscriptions',
    days: 30,
    since: 'createdAt',
    untouched: 'updatedAt',
    where: (tables) => sql`status = 'incomplete_expired' and deleted_at is null and ${withoutMoney(tables)}`,
    children: PARTS_OF_SUBSCRIPTION,
  },
  /** Records of usage, with their part of the hourly sums. */
  usageRecords: { table: 'usageRecords', days: 730, since: 'timestamp', where: () => sql`true` },
  /** Entries of the audit log, with whole blocks; from their sealing on. */
  auditEntries: { table: 'auditBlocks', days: 2557, since: 'sealedAt', where: () => sql`true` },
  deletedSubscriptions: {
    ...deleted('subscriptions'),
    where: (tables) => sql`deleted_at is not null and ${withoutMoney(tables)}`,
    children: PARTS_OF_SUBSCRIPTION,
  },
  deletedPaymentMethods: deleted('paymentMethods'),
  deletedPromoCodes: deleted('promoCodes'),
  deletedAddOns: deleted('addons'),
  deletedPrices: deleted('prices'),
  deletedPlans: deleted('plans'),
  deletedVendors: deleted('vendors'),
} as const satisfies Readonly<Record<string, RetentionRule>>;

/** Names a kind of rows that retention can remove. */
export type QZPayRetentionRule = keyof typeof RETENTION_RULES;
