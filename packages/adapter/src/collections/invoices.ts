import type {
  QZPayCreateInvoiceInput,
  QZPayInvoice,
  QZPayInvoiceStorage,
  QZPayListOptions,
  QZPayPaginatedResult,
} from '@qzpay/core';
import type { QZPayInvoicesRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreateInvoice, fromInvoiceLine, fromUpdateInvoice, toInvoice } from '../mappers/invoices.js';
import { checkedList } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

/** An invoice as this storage returns it: with its version and, once finalized, its legal number. */
export type QZPayStoredInvoice = ReturnType<typeof toInvoice>;

export class InvoiceCollection implements QZPayInvoiceStorage {
  readonly #invoices: QZPayInvoicesRepository;
  readonly #defaultCurrency: string;

  constructor(invoices: QZPayInvoicesRepository, defaultCurrency: string) {
    this.#invoices = invoices;
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
}
