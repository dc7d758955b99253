import { createQZPayTables, type QZPayTables } from '@qzpay/schema';

export type TableKey = Exclude<keyof QZPayTables, 'ns'>;

/** Tables that one page of `docs/schema` tells of, by the name of the page. */
export const GROUPS: Readonly<Record<string, readonly TableKey[]>> = {
  customers: ['customers', 'paymentMethods'],
  catalogue: ['plans', 'prices', 'addons', 'promoCodes', 'promoCodeUsage', 'currencies'],
  subscriptions: ['subscriptions', 'subscriptionAddons', 'subscriptionPollingJobs', 'checkouts'],
  invoices: ['invoices', 'invoiceLines', 'invoicePayments', 'invoiceSequences'],
  payments: ['payments', 'refunds'],
  'access-and-usage': [
    'entitlements',
    'customerEntitlements',
    'limits',
    'customerLimits',
    'usageRecords',
    'usageRollups',
  ],
  vendors: ['vendors', 'vendorPayouts'],
  operations: ['webhookEvents', 'webhookDeadLetter', 'idempotencyKeys', 'auditLogs', 'auditBlocks', 'migrations'],
};

const { ns: _, ...tables } = createQZPayTables();
export const TABLES: Omit<QZPayTables, 'ns'> = tables;
