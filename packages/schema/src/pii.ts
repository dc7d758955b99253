import type { QZPayTables } from './create-tables.js';

/** What replaces personal data once it is erased; in text, `{id}` stands for the row's id. */
export type QZPayPiiReplacement = null | string | readonly never[] | Readonly<Record<string, never>>;

/** A column that may hold personal data. */
export interface QZPayPiiColumn {
  /** Key of the table in {@link QZPayTables}. */
  readonly table: Exclude<keyof QZPayTables, 'ns'>;
  /** Key of the column in its table. */
  readonly column: string;
  readonly replacement: QZPayPiiReplacement;
}

type ColumnsByTable = {
  readonly [Table in QZPayPiiColumn['table']]?: {
    readonly [Column in keyof QZPayTables[Table]['$inferSelect']]?: QZPayPiiReplacement;
  };
};

/**
 * Metadata, free text and what providers send count as personal: nobody knows what a host puts there. Ids of the storage
 * and of providers do not: they name a person only to who has the person's row.
 */
const COLUMNS = {
  customers: {
    externalId: 'erased:{id}',
    email: 'erased+{id}@example.invalid',
    emailKey: 'erased+{id}@example.invalid',
    name: null,
    phone: null,
    savedCards: null,
    billingAddress: null,
    shippingAddress: null,
    taxId: null,
    metadata: {},
  },
  paymentMethods: { card: null, bankAccount: null, billingDetails: null, metadata: {} },
  subscriptions: { metadata: {} },
  subscriptionAddons: { metadata: {} },
  subscriptionPollingJobs: { lastError: null, metadata: {} },
  invoices: {
    billingAddress: null,
    memo: null,
    footer: null,
    pdfUrl: null,
    hostedUrl: null,
    sentTo: [],
    metadata: {},
  },
  invoiceLines: { metadata: {} },
  payments: { failureMessage: null, metadata: {} },
  refunds: { reason: null, metadata: {} },
  checkouts: { customerEmail: null, metadata: {} },
  usageRecords: { metadata: {} },
  vendors: {
    externalId: 'erased:{id}',
    name: 'erased',
    email: 'erased+{id}@example.invalid',
    metadata: {},
  },
  vendorPayouts: { failureMessage: null, metadata: {} },
  webhookEvents: { payload: {}, error: null, metadata: {} },
  webhookDeadLetter: { payload: {}, error: 'erased', resolutionNotes: null },
  idempotencyKeys: { response: null },
  // The payload of an entry and the salt of its hash: the chain of blocks verifies without them.
  auditLogs: {
    actorId: null,
    changes: null,
    previousValues: null,
    reason: null,
    errorMessage: null,
    ipAddress: null,
    userAgent: null,
    metadata: {},
    salt: null,
  },
} satisfies ColumnsByTable;

/** Every column that may hold personal data: masked in the audit log, replaced when a customer is erased. */
export const QZPAY_PII_COLUMNS: readonly QZPayPiiColumn[] = Object.entries(COLUMNS).flatMap(([table, columns]) =>
  Object.entries(columns).map(([column, replacement]) => ({
    table: table as QZPayPiiColumn['table'],
    column,
    replacement,
  })),
);
