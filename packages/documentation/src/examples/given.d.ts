// What the examples of the READMEs take for granted, as an application has it: they are compiled with it, and not run.
import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayPayment } from '@qzpay/core';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

interface Charge {
  readonly id: string;
}

declare global {
  namespace NodeJS {
    interface ProcessEnv {
      DATABASE_URL: string;
    }
  }

  const db: PgDatabase<PgQueryResultHKT>;
  const storage: QZPayStorage;
  const billing: { readonly invoices: { markPaid(id: string): Promise<void> } };
  const provider: { charge(order: unknown, options: { idempotencyKey: string }): Promise<Charge> };
  const request: { readonly headers: { readonly 'idempotency-key': string }; readonly body: unknown };
  const idempotencyKey: string;
  const event: { readonly id: string; readonly type: string };
  const queue: AsyncIterable<{ id: string; user: string; bytes: number; at: Date }>;
  const payment: QZPayPayment;
  const customerId: string;
  const invoiceId: string;
  function invoiceOf(payload: unknown): string;
  function paymentOf(charge: Charge): QZPayPayment;
}
