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
   */
  create(input: QZPayCreateInvoiceInput & { id: string }): Promise<QZPayInvoice>;

  /**
   * Changes the given fields; returns the invoice as it is now. Rejects with `not_found` for an unknown id.
   *
   * Derives nothing: paying does not move `amountDue`, voiding does not stamp `voidedAt`. `lines` replaces all lines
   * in the same step. `id`, `customerId`, `createdAt` and `livemode` are ignored. MUST NOT lose an entry of
   * `providerInvoiceIds` when two callers set different providers at once.
   */
  update(id: string, input: Partial<QZPayInvoice>): Promise<QZPayInvoice>;

  /** Returns the invoice with its lines, or null when it is unknown. Header and lines MUST belong together. */
  findById(id: string): Promise<QZPayInvoice | null>;

  /** All invoices of the customer with their lines, newest first, then by id; empty when there is none. */
  findByCustomerId(customerId: string): Promise<QZPayInvoice[]>;

  /** With their lines, newest first, then by id. Filters include `status` and `customerId`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayInvoice>>;
}
