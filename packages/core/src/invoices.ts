import { anything, type OptionRules } from './check-options.js';
import type { QZPayCurrency, QZPayInvoiceStatus } from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

export interface QZPayInvoiceLine {
  /** Made by the storage. */
  id: string;
  invoiceId: string;
  /** Of any length. */
  description: string;
  /** Above 0, possibly with a fraction. */
  quantity: number;
  /** Minor units, possibly with a fraction. */
  unitAmount: number;
  /** Minor units: quantity times unit amount, not rounded. */
  amount: number;
  /** Not checked against stored prices. */
  priceId: string | null;
  periodStart: Date | null;
  periodEnd: Date | null;
  metadata: QZPayMetadata;
}

/** What a customer owes for a period or a purchase. */
export interface QZPayInvoice {
  id: string;
  customerId: string;
  /** Not checked against stored subscriptions. */
  subscriptionId: string | null;
  status: QZPayInvoiceStatus;
  currency: QZPayCurrency;
  /** Minor units: sum of the lines at creation. */
  subtotal: number;
  /** Minor units. */
  tax: number;
  /** Minor units. */
  discount: number;
  /** Minor units. */
  total: number;
  /** Minor units. */
  amountPaid: number;
  /** Minor units. */
  amountDue: number;
  dueDate: Date | null;
  paidAt: Date | null;
  voidedAt: Date | null;
  periodStart: Date | null;
  periodEnd: Date | null;
  /** In the order in which they were given. */
  lines: QZPayInvoiceLine[];
  /** Provider name to the invoice's id there; `{}` when there is none. */
  providerInvoiceIds: Record<string, string>;
  metadata: QZPayMetadata;
  livemode: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface QZPayCreateInvoiceLineInput {
  description: string;
  /** Above 0, possibly with a fraction. */
  quantity: number;
  /** Minor units, at least 0, possibly with a fraction. */
  unitAmount: number;
  /** Default null. */
  priceId?: string;
}

export interface QZPayCreateInvoiceInput {
  customerId: string;
  /** Default null. */
  subscriptionId?: string;
  /** Default null. */
  dueDate?: Date;
  lines: QZPayCreateInvoiceLineInput[];
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayInvoiceStorage {
  /**
   * Stores a `draft` with its lines; returns it.
   *
   * MUST store the header and all lines, or nothing. Subtotal, total and amount due are the sum of the lines; tax,
   * discount and amount paid are 0; the periods are null. The currency is that of the first line's stored price,
   * otherwise of the price of the subscription's plan, otherwise the storage's default currency.
   *
   * Rejects with `not_found` for an unknown customer, with `conflict` (`already_exists`) for an id in use.
   *
   * @conformance invoices/an-invoice-is-stored-whole-or-not
   */
  create(input: QZPayCreateInvoiceInput & { id: string }): Promise<QZPayInvoice>;

  /**
   * Changes the given fields; returns the invoice as it is now. Rejects with `not_found` for an unknown id.
   *
   * Derives nothing: paying does not move `amountDue`, voiding does not stamp `voidedAt`. `lines` replaces all lines
   * in the same step. `id`, `customerId`, `createdAt` and `livemode` are ignored. MUST NOT lose an entry of
   * `providerInvoiceIds` when two callers set different providers at once.
   *
   * @conformance invoices/provider-ids-survive-callers-at-once
   */
  update(id: string, input: Partial<QZPayInvoice>): Promise<QZPayInvoice>;

  /**
   * Returns the invoice with its lines, or null when it is unknown. Header and lines MUST belong together.
   *
   * @conformance invoices/header-and-lines-belong-together
   */
  findById(id: string): Promise<QZPayInvoice | null>;

  /** All invoices of the customer with their lines, newest first, then by id; empty when there is none. */
  findByCustomerId(customerId: string): Promise<QZPayInvoice[]>;

  /** With their lines, newest first, then by id. Filters include `status` and `customerId`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayInvoice>>;
}

/** Which number an invoice gets: the next one of a series in a period, written `INV-2026-000123`. */
export interface QZPayInvoiceNumberOptions {
  /** Names the counter. Default `INV`. */
  series?: string | undefined;
  /**
   * In which the series counts from 1: a year of four digits, which is part of the number, or `all`. Default: the year
   * of the storage's clock in its time zone.
   */
  period?: string | undefined;
  /** Text before the period. Default: the series. Two series must not share one: their numbers would be equal. */
  prefix?: string | undefined;
  /** Digits of the count at least, 1…15, filled up with zeros. Default 6. */
  width?: number | undefined;
}

export const INVOICE_NUMBER_OPTIONS = {
  series: anything,
  period: anything,
  prefix: anything,
  width: anything,
} satisfies OptionRules<QZPayInvoiceNumberOptions>;

/** What a check of one series in one period found. */
export interface QZPayInvoiceNumberReport {
  series: string;
  period: string;
  /** Whether each number from 1 to `lastValue` is on exactly one invoice, and none is beyond. */
  valid: boolean;
  /** What the counter handed out last; 0 when it never did. */
  lastValue: number;
  /** Invoices that carry a number of the series, deleted ones included. */
  invoices: number;
  /** How many numbers up to `lastValue` no invoice carries. */
  missing: number;
  /** The first 100 runs of them, both ends included. */
  gaps: { from: number; to: number }[];
  /** The first 100 numbers that several invoices carry, written with different widths. */
  duplicates: number[];
  /** How many invoices carry a number above `lastValue`, which the counter will try to hand out again, or number 0. */
  beyond: number;
}

/** Legal numbers, beside what the engine asks of invoices. */
export interface QZPayInvoiceNumbering {
  /**
   * Gives the invoice the next number of its series and, if it is a draft, makes it `open`; returns it. One that has a
   * number already is returned unchanged, whatever the options.
   *
   * MUST leave no gap and give no number twice, however many callers and whatever crashes: number and invoice commit
   * together, and a rollback gives the number back. So callers of one series wait for each other until they commit: in a
   * longer transaction call it last. `update` never numbers.
   *
   * To continue the numbers of another system, store the counter's row (series, period, last number) first.
   *
   * Rejects with `not_found` for an unknown id, with `conflict` (`incompatible`) for a void invoice without a number, with
   * `conflict` (`already_exists`), keeping the number free, when another invoice carries the text already, with
   * `validation` for options that make no number.
   *
   * @conformance invoice-numbers/parallel-callers-leave-no-gap
   * @conformance invoice-numbers/who-waits-for-an-invoice-takes-no-number
   */
  finalize(id: string, options?: QZPayInvoiceNumberOptions): Promise<QZPayInvoice & { readonly number: string }>;

  /**
   * Compares the counter of a series with the invoices that carry its numbers. MUST read both at one moment; changes and
   * locks nothing. Reads each number of the series.
   *
   * @conformance invoice-numbers/a-check-is-of-one-moment
   */
  verifyNumbers(options?: Omit<QZPayInvoiceNumberOptions, 'width'>): Promise<QZPayInvoiceNumberReport>;
}
