// What examples that are compiled and not run take for granted, as an application has it: those of the READMEs, and
// `ts check` of the pages.
import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayPayment } from '@qzpay/core';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

interface Charge {
  readonly id: string;
}

declare global {
  const db: PgDatabase<PgQueryResultHKT>;
  const storage: QZPayStorage;
  const billing: { readonly invoices: { markPaid(id: string): Promise<void> } };
  const provider: { charge(order: unknown, options: { idempotencyKey: string }): Promise<Charge> };
  const request: { readonly headers: { readonly 'idempotency-key': string }; readonly body: unknown };
  const idempotencyKey: string;
  const payment: QZPayPayment;
  const invoiceId: string;
  function paymentOf(charge: Charge): QZPayPayment;
}
