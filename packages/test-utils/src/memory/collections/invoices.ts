import {
  QZPAY_INVOICE_STATUS_VALUES,
  QZPayConflictError,
  type QZPayCreateInvoiceInput,
  type QZPayCreateInvoiceLineInput,
  type QZPayInvoice,
  type QZPayInvoiceLine,
  type QZPayInvoiceNumbering,
  type QZPayInvoiceNumberOptions,
  type QZPayInvoiceNumberReport,
  type QZPayInvoiceStorage,
  QZPayNotFoundError,
} from '@qzpay/core';
import { Collection, type CollectionContext, checkedList, pick, type Versioned } from '../collection.js';
import { invoiceCurrency } from '../invoice-currency.js';
import { equality, NEWEST_FIRST } from '../list.js';
import { type InvoiceNumberFormat, invoiceNumbersOf, numberReport } from '../operations/invoice-numbers.js';
import type { Shape, Values } from '../shape.js';
import type { Data, Operation, Row } from '../store.js';
import { type QZPayMemoryUpdateOptions, Table } from '../table.js';
import { decimal, flag, hidden, instant, integer, key, object, oneOf, optional, text } from '../values.js';

const INVOICES: Shape = {
  entity: 'Invoice',
  fields: {
    id: key,
    customerId: key,
    subscriptionId: optional(key),
    number: optional(key),
    status: oneOf(QZPAY_INVOICE_STATUS_VALUES),
    currency: text,
    subtotal: decimal,
    tax: decimal,
    discount: decimal,
    total: decimal,
    amountPaid: decimal,
    amountDue: decimal,
    dueDate: optional(instant),
    finalizedAt: hidden(optional(instant)),
    paidAt: optional(instant),
    voidedAt: optional(instant),
    periodStart: optional(instant),
    periodEnd: optional(instant),
    providerInvoiceIds: object,
    livemode: flag,
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
  },
  defaults: { providerInvoiceIds: {}, metadata: {} },
  uniques: [{ fields: ['number'] }],
  references: { customerId: 'Customer' },
  updatable: [
    'subscriptionId',
    'status',
    'currency',
    'subtotal',
    'tax',
    'discount',
    'total',
    'amountPaid',
    'amountDue',
    'dueDate',
    'paidAt',
    'voidedAt',
    'periodStart',
    'periodEnd',
    'providerInvoiceIds',
    'metadata',
  ],
  providerIds: 'providerInvoiceIds',
  filters: equality(
    'id',
    'customerId',
    'subscriptionId',
    'status',
    'currency',
    'number',
    'total',
    'amountPaid',
    'amountDue',
    'dueDate',
    'paidAt',
    'voidedAt',
    'periodStart',
    'periodEnd',
    'createdAt',
    'updatedAt',
  ),
};

const LINES: Shape = {
  entity: 'InvoiceLine',
  fields: {
    id: key,
    invoiceId: key,
    position: hidden(integer),
    description: text,
    quantity: decimal,
    unitAmount: decimal,
    amount: decimal,
    priceId: optional(key),
    periodStart: optional(instant),
    periodEnd: optional(instant),
    livemode: hidden(flag),
    metadata: object,
  },
  references: { invoiceId: 'Invoice' },
};

/** Counters of invoice numbers. */
const SEQUENCES: Shape = {
  entity: 'InvoiceSequence',
  fields: { series: key, period: key, lastValue: integer, livemode: flag },
  primaryKey: ['series', 'period'],
  defaults: { lastValue: 0 },
};

/** An invoice and, once it is finalized, its legal number. */
type NumberableInvoice = QZPayInvoice & { readonly number: string | null };
type StoredInvoice = Versioned<NumberableInvoice>;
type NumberedInvoice = StoredInvoice & { readonly number: string };

export class MemoryInvoices
  extends Collection<NumberableInvoice>
  implements QZPayInvoiceStorage, QZPayInvoiceNumbering
{
  readonly #lines: Table;
  readonly #sequences: Table;
  readonly #numbers: InvoiceNumberFormat;
  readonly #defaultCurrency: string;

  constructor(context: CollectionContext, numbers: InvoiceNumberFormat, defaultCurrency: string) {
    super(INVOICES, context);
    this.#lines = new Table(LINES, context);
    this.#sequences = new Table(SEQUENCES, context);
    this.#numbers = numbers;
    this.#defaultCurrency = defaultCurrency;
  }

  async create(input: QZPayCreateInvoiceInput & { id: string }): Promise<StoredInvoice> {
    const lines = checkedList(input.lines, 'Invoice', 'lines').map((line) => ({
      ...pick(line, ['description', 'quantity', 'unitAmount', 'priceId']),
      amount: this.#amountOf(line),
    }));
    const sum = lines.reduce((total, { amount }) => total + amount, 0);
    const invoice = this.table.complete({
      ...pick(input, ['id', 'customerId', 'subscriptionId', 'dueDate', 'metadata']),
      status: 'draft',
      currency: this.#defaultCurrency,
      subtotal: sum,
      tax: 0,
      discount: 0,
      total: sum,
      amountPaid: 0,
      amountDue: sum,
    });
    const rows = this.#lineRows(invoice['id'] as string, lines);
    return this.writing((data) => {
      const currency = invoiceCurrency(data, invoice, rows) ?? (invoice['currency'] as string);
      const stored = this.table.add(data, { ...invoice, currency });
      for (const row of rows) this.#lines.add(data, row);
      return stored;
    });
  }

  async update(id: string, patch: Partial<QZPayInvoice>, options?: QZPayMemoryUpdateOptions): Promise<StoredInvoice> {
    if (patch.lines === undefined) return this.change(id, { ...patch }, options);
    const lines = checkedList(patch.lines, 'Invoice', 'lines').map((line) => lineValues(line));
    return this.context.writeApart((data) => {
      const invoice = this.table.patch(id, { ...patch }, options)(data);
      for (const line of this.#linesOf(id)(data)) this.#lines.remove(data, line);
      for (const line of this.#lineRows(id, lines)) this.#lines.add(data, line);
      return this.entity(invoice, data);
    });
  }

  async finalize(id: string, options: QZPayInvoiceNumberOptions = {}): Promise<NumberedInvoice> {
    const { series, period, start, width } = invoiceNumbersOf(this.#numbers, options);
    const fresh = this.#sequences.complete({ series, period });
    const find = this.table.findById(id);
    const stamps = { finalizedAt: this.context.clock().getTime(), ...this.table.stamps() };
    const numbered = await this.writing((data) => {
      const invoice = find(data);
      if (invoice === undefined) throw new QZPayNotFoundError('Invoice', id);
      if (invoice['number'] !== null) return invoice;
      if (invoice['status'] === 'void') {
        throw new QZPayConflictError('Invoice is void: it gets no number', 'incompatible');
      }
      const [sequence = fresh] = this.#sequences.where({ series, period }, [])(data);
      const last = (sequence['lastValue'] as number) + 1;
      this.#sequences.replace(data, { ...sequence, lastValue: last });
      const number = `${start}${String(last).padStart(width, '0')}`;
      const status = invoice['status'] === 'draft' ? 'open' : (invoice['status'] as string);
      return this.table.replace(data, { ...invoice, ...stamps, status, number });
    });
    return numbered as NumberedInvoice;
  }

  async verifyNumbers(options: Omit<QZPayInvoiceNumberOptions, 'width'> = {}): Promise<QZPayInvoiceNumberReport> {
    const numbers = invoiceNumbersOf(this.#numbers, options);
    const { series, period } = numbers;
    return this.context.read((data) => {
      const [sequence] = this.#sequences.where({ series, period }, [])(data);
      const { livemode } = this.context;
      const carriers = [...data.rows(this.table.shape.entity)].filter((row) => row['livemode'] === livemode);
      const given = carriers.flatMap(({ number }) => (typeof number === 'string' ? [number] : []));
      return numberReport(numbers, Number(sequence?.['lastValue'] ?? 0), given);
    });
  }

  async findByCustomerId(customerId: string): Promise<StoredInvoice[]> {
    return this.findAll(this.table.where({ customerId }, NEWEST_FIRST));
  }

  protected override entity(row: Row, data: Data): StoredInvoice {
    const lines = this.#linesOf(row['id'] as string)(data).map((line) => this.#lines.entity(line));
    return { ...this.table.entity(row), lines } as unknown as StoredInvoice;
  }

  #linesOf(invoiceId: string): Operation<Row[]> {
    return this.#lines.where({ invoiceId }, ['position']);
  }

  /** Checked before it is summed: the invoice is not to blame. */
  #amountOf(line: QZPayCreateInvoiceLineInput): number {
    const kept = (name: string, value: unknown) => this.#lines.keep(name, value) as number;
    return kept('amount', kept('quantity', line.quantity) * kept('unitAmount', line.unitAmount));
  }

  #lineRows(invoiceId: string, lines: readonly Values[]): Row[] {
    return lines.map((line, position) =>
      this.#lines.complete({ ...line, metadata: line['metadata'] ?? {}, invoiceId, position }),
    );
  }
}

function lineValues(line: QZPayInvoiceLine): Values {
  return pick(line, [
    'id',
    'description',
    'quantity',
    'unitAmount',
    'amount',
    'priceId',
    'periodStart',
    'periodEnd',
    'metadata',
  ]);
}
