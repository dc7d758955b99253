import { QZPayConflictError, QZPayNotFoundError, QZPayValidationError } from '@qzpay/core';
import type { QZPayInvoicePaymentInsert, QZPayInvoicePaymentRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { QZPayRepository } from './repository.js';
import type { RowChange } from './row-changes.js';
import type { NewRow } from './row-types.js';
import { argument } from './statements.js';
import { modelOf, tableProjection } from './table-model.js';

/** A payment's part in an invoice; `appliedAt` is now unless given. */
export type QZPayNewInvoicePayment = NewRow<
  QZPayInvoicePaymentInsert,
  'invoiceId' | 'paymentId' | 'amountApplied' | 'currency',
  'livemode'
>;

/** How much of which payment settles which invoice. Append-only; a payment is applied to an invoice once. */
export class QZPayInvoicePaymentsRepository extends QZPayRepository<QZPayInvoicePaymentRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'invoicePayments',
      updatable: [],
      filters: equalityFilters('id', 'invoiceId', 'paymentId', 'amountApplied', 'currency', 'appliedAt', 'createdAt'),
      defaults: {},
    });
  }

  /**
   * Applies a payment to an invoice and returns the application. In the same statement the invoice's `amountPaid` grows
   * and its `amountDue` shrinks by the amount, exactly, however many payments are applied at once; its status stays.
   *
   * An amount beyond what is due is kept, since the money has moved: `amountDue` becomes negative.
   *
   * @throws QZPayNotFoundError when the invoice or the payment does not exist in this mode.
   * @throws QZPayValidationError when the currency is not the invoice's, or neither of the payment's two: amounts of
   *   different currencies cannot be added.
   * @throws QZPayConflictError `already_exists` when the payment has been applied to the invoice; nothing moves then, and
   *   a transaction around the call can go on.
   */
  async record(application: QZPayNewInvoicePayment): Promise<QZPayInvoicePaymentRow> {
    const { tables } = this.context;
    const statement = this.fixed('record', () => {
      const { invoices, payments } = tables;
      const invoiceModel = modelOf(this.context, 'invoices');
      const { select, decode } = tableProjection<QZPayInvoicePaymentRow>(this.model, 'applied');
      const mode = argument(this.codec('livemode'));
      const currency = argument(this.codec('currency'));
      const applied = this.insertion({
        rows: sql`select ${this.allArguments()} from fitting`,
        onConflict: sql`(livemode, invoice_id, payment_id) do nothing`,
      });
      const moved: RowChange = {
        kind: 'fed update',
        model: invoiceModel,
        fields: ['amountPaid', 'amountDue'],
        statement: sql`update ${invoices} set amount_paid = amount_paid + applied.amount_applied,
            amount_due = amount_due - applied.amount_applied,
            updated_at = ${argument(invoiceModel.codec('updatedAt'), 'new_updatedAt')},
            version = ${argument(invoiceModel.codec('version'), 'new_version')}
          from applied where ${invoices.livemode} = applied.livemode and ${invoices.id} = applied.invoice_id`,
      };
      return {
        source: sql`with invoice as (
            select ${invoices.currency} from ${invoices}
            where ${invoices.livemode} = ${mode} and ${invoices.id} = ${argument(this.codec('invoiceId'))} and ${invoices.deletedAt} is null
            for no key update
          ), payment as (
            select ${payments.currency}, ${payments.baseCurrency} from ${payments}
            where ${payments.livemode} = ${mode} and ${payments.id} = ${argument(this.codec('paymentId'))} and ${payments.deletedAt} is null
          ), fitting as (
            select 1 from invoice, payment where ${upper(currency)} = ${upper(sql`invoice.currency`)}
            and ${upper(currency)} in (${upper(sql`payment.currency`)}, ${upper(sql`payment.base_currency`)})
          ), ${this.changed('applied', applied)}, ${this.changed('moved', moved, sql`1`)}
          select exists (select 1 from invoice), exists (select 1 from payment), exists (select 1 from fitting), ${select}
          from (values (1)) as always left join applied on true`,
        decode: ([hasInvoice, hasPayment, fits, ...applied]) => ({
          missing: hasInvoice === false ? 'Invoice' : hasPayment === false ? 'Payment' : undefined,
          fits: fits === true,
          row: applied[0] === null ? undefined : decode(applied),
        }),
      };
    });
    const [answer] = await this.run(statement, {
      ...this.complete({ ...application, appliedAt: application.appliedAt ?? this.context.clock() }),
      ...this.stamps(),
    });
    if (answer?.row !== undefined) return answer.row;
    if (answer?.missing !== undefined) {
      const { invoiceId, paymentId } = application;
      throw new QZPayNotFoundError(answer.missing, answer.missing === 'Invoice' ? invoiceId : paymentId);
    }
    if (answer?.fits === false) {
      throw new QZPayValidationError(
        'InvoicePayment currency must be that of the invoice and of the payment',
        'currency',
      );
    }
    throw new QZPayConflictError('InvoicePayment already exists', 'already_exists');
  }

  /** The applications to the invoice, newest first; empty for an unknown one. */
  findByInvoiceId(invoiceId: string): Promise<QZPayInvoicePaymentRow[]> {
    return this.findAllBy({ invoiceId });
  }

  /** The applications of the payment, newest first; empty for an unknown one. */
  findByPaymentId(paymentId: string): Promise<QZPayInvoicePaymentRow[]> {
    return this.findAllBy({ paymentId });
  }

  /** The sum of what has been applied to the invoice, in minor units; 0 for an unknown one. */
  async totalPaid(invoiceId: string): Promise<number> {
    if (!this.codec('invoiceId').holds(invoiceId)) return 0;
    const { amountApplied } = this.context.tables.invoicePayments;
    const statement = this.fixed('total_paid', () => ({
      source: sql`select coalesce(sum(${amountApplied}), 0) from ${this.model.table} where ${this.visible()} and ${this.equals('invoiceId')}`,
      decode: (row) => Number(row[0]),
    }));
    const [total] = await this.run(statement, { invoiceId });
    return total ?? 0;
  }
}

/** By the same rule on every database locale: Turkish has another upper case for the i. */
function upper(currency: SQL): SQL {
  return sql`upper(${currency} collate "C")`;
}
