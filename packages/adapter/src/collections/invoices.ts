import type {
  QZPayCreateInvoiceInput,
  QZPayInvoice,
  QZPayInvoiceNumbering,
  QZPayInvoiceNumberOptions,
  QZPayInvoiceNumberReport,
  QZPayInvoiceStorage,
  QZPayListOptions,
  QZPayPaginatedResult,
} from '@qzpay/core';
import { checkOptions, INVOICE_NUMBER_OPTIONS } from '@qzpay/core/options';
import type { QZPayInvoiceSequencesRepository, QZPayInvoicesRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreateInvoice, fromInvoiceLine, fromUpdateInvoice, toInvoice } from '../mappers/invoices.js';
import { checkedList } from '../mappers/values.js';
import { type InvoiceNumberFormat, invoiceNumbersOf } from '../operations/invoice-numbers.js';
import { listPage, mapNullable } from './results.js';

/** An invoice as this storage returns it: with its version and, once finalized, its legal number. */
export type QZPayStoredInvoice = ReturnType<typeof toInvoice>;

/** An invoice that has its legal number. */
export type QZPayNumberedInvoice = QZPayStoredInvoice & { readonly number: string };

export class InvoiceCollection implements QZPayInvoiceStorage, QZPayInvoiceNumbering {
  readonly #invoices: QZPayInvoicesRepository;
  readonly #sequences: QZPayInvoiceSequencesRepository;
  readonly #numbers: InvoiceNumberFormat;
  readonly #defaultCurrency: string;

  constructor(
    invoices: QZPayInvoicesRepository,
    sequences: QZPayInvoiceSequencesRepository,
    numbers: InvoiceNumberFormat,
    defaultCurrency: string,
  ) {
    this.#invoices = invoices;
    this.#sequences = sequences;
    this.#numbers = numbers;
    this.#defaultCurrency = defaultCurrency;
  }

  async create(input: QZPayCreateInvoiceInput & { id: string }): Promise<QZPayStoredInvoice> {
    const { invoice, lines } = fromCreateInvoice(input);
    return toInvoice(await this.#invoices.create(invoice, lines, { defaultCurrency: this.#defaultCurrency }));
  }

  async update(id: string, patch: Partial<QZPayInvoice>, options?: QZPayUpdateOptions): Promise<QZPayStoredInvoice> {
    const changes = fromUpdateInvoice(patch);
    if (patch.lines === undefined) return toInvoice(await this.#invoices.update(id, changes, options));
    return toInvoice(
      await this.#invoices.updateWithLines(
        id,
        changes,
        checkedList(patch.lines, 'Invoice', 'lines').map(fromInvoiceLine),
        options,
      ),
    );
  }

  async findById(id: string): Promise<QZPayStoredInvoice | null> {
    return mapNullable(await this.#invoices.findById(id), toInvoice);
  }

  async findByCustomerId(customerId: string): Promise<QZPayStoredInvoice[]> {
    return (await this.#invoices.findByCustomerId(customerId)).map(toInvoice);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayStoredInvoice>> {
    return listPage(this.#invoices, options, toInvoice);
  }

  async finalize(id: string, options: QZPayInvoiceNumberOptions = {}): Promise<QZPayNumberedInvoice> {
    checkOptions(options, INVOICE_NUMBER_OPTIONS);
    const { width, ...series } = invoiceNumbersOf(this.#numbers, options);
    return toInvoice(await this.#invoices.finalize(id, series, width)) as QZPayNumberedInvoice;
  }

  async verifyNumbers(options: Omit<QZPayInvoiceNumberOptions, 'width'> = {}): Promise<QZPayInvoiceNumberReport> {
    checkOptions(options, INVOICE_NUMBER_OPTIONS);
    return this.#sequences.verify(invoiceNumbersOf(this.#numbers, options));
  }
}
