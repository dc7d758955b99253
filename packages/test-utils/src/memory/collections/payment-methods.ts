import {
  QZPAY_PAYMENT_METHOD_STATUS_VALUES,
  QZPAY_PAYMENT_METHOD_TYPE_VALUES,
  type QZPayBillingAddress,
  type QZPayBillingDetails,
  type QZPayCreatePaymentMethodInput,
  QZPayNotFoundError,
  type QZPayPaymentMethod,
  type QZPayPaymentMethodStorage,
  type QZPayUpdatePaymentMethodInput,
} from '@qzpay/core';
import { Collection, type CollectionContext, first, pick, type Versioned } from '../collection.js';
import { equality, NEWEST_FIRST } from '../list.js';
import { isLive, type Shape, type Values } from '../shape.js';
import type { Data, Row } from '../store.js';
import type { QZPayMemoryUpdateOptions } from '../table.js';
import { flag, hidden, instant, key, object, oneOf, optional, text } from '../values.js';

const PAYMENT_METHODS: Shape = {
  entity: 'PaymentMethod',
  fields: {
    id: key,
    customerId: key,
    provider: hidden(optional(text)),
    providerPaymentMethodIds: object,
    type: oneOf(QZPAY_PAYMENT_METHOD_TYPE_VALUES),
    status: oneOf(QZPAY_PAYMENT_METHOD_STATUS_VALUES),
    isDefault: flag,
    card: optional(object),
    bankAccount: optional(object),
    billingDetails: optional(object),
    livemode: flag,
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: hidden(optional(instant)),
  },
  defaults: { status: 'active', isDefault: false, metadata: {} },
  uniques: [{ fields: ['customerId'], among: (row) => row['isDefault'] === true && isLive(row) }],
  references: { customerId: 'Customer' },
  updatable: ['billingDetails', 'metadata'],
  filters: equality('id', 'customerId', 'provider', 'type', 'status', 'isDefault', 'createdAt', 'updatedAt'),
};

const NO_DETAILS: QZPayBillingDetails = { name: null, email: null, phone: null, address: null };

export class MemoryPaymentMethods extends Collection<QZPayPaymentMethod> implements QZPayPaymentMethodStorage {
  constructor(context: CollectionContext) {
    super(PAYMENT_METHODS, context);
  }

  async create(input: QZPayCreatePaymentMethodInput & { id: string }): Promise<Versioned<QZPayPaymentMethod>> {
    const { billingDetails, provider, providerPaymentMethodId, setAsDefault, customerId } = input;
    const given: Values = {
      ...pick(input, ['id', 'customerId', 'type', 'provider', 'metadata']),
      isDefault: setAsDefault,
      billingDetails: isAbsent(billingDetails) ? null : completeDetails(billingDetails),
      providerPaymentMethodIds: { [provider]: providerPaymentMethodId },
    };
    return this.context.writeApart((data) => {
      this.table.keep('customerId', customerId);
      if (!this.table.isStored(data, 'Customer', customerId)) throw new QZPayNotFoundError('Customer', customerId);
      if (setAsDefault === true) this.#unsetDefault(data, customerId);
      const row = this.table.complete(given);
      const isFirst = this.table.where({ customerId }, NEWEST_FIRST)(data).length === 0;
      return this.entity(this.table.add(data, isFirst ? { ...row, isDefault: true } : row), data);
    });
  }

  /** Billing details merge key by key, where null clears a key; null instead of the object clears them all. */
  async update(
    id: string,
    { billingDetails, metadata }: QZPayUpdatePaymentMethodInput,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayPaymentMethod>> {
    if (isAbsent(billingDetails)) return this.change(id, { billingDetails, metadata }, options);
    const { name, email, phone, address } = billingDetails;
    const given = { name, email, phone, address: isAbsent(address) ? address : completeAddress(address) };
    const merge = (after: Row, before: Row): Row => {
      const details = [before, after].map(
        (row) => JSON.parse((row['billingDetails'] as string | null) ?? '{}') as object,
      );
      return { ...after, billingDetails: JSON.stringify(Object.assign({}, NO_DETAILS, ...details)) };
    };
    return this.writing(this.table.patch(id, { billingDetails: given, metadata }, options, undefined, merge));
  }

  /** A hidden default is the default no longer. */
  async delete(id: string): Promise<void> {
    const find = this.table.findById(id);
    const hide = this.table.hide(id);
    return this.context.write((data) => {
      const row = find(data);
      if (row === undefined) return;
      this.table.replace(data, { ...row, isDefault: false });
      hide(data);
    });
  }

  async findByCustomerId(customerId: string): Promise<Versioned<QZPayPaymentMethod>[]> {
    return this.findAll(this.table.where({ customerId }, NEWEST_FIRST));
  }

  async findDefaultByCustomerId(customerId: string): Promise<Versioned<QZPayPaymentMethod> | null> {
    return this.find(first(this.table.where({ customerId, isDefault: true }, NEWEST_FIRST)));
  }

  async setDefault(customerId: string, paymentMethodId: string): Promise<void> {
    const find = first(this.table.where({ customerId, id: paymentMethodId }, NEWEST_FIRST));
    return this.context.writeApart((data) => {
      if (find(data) === undefined) throw new QZPayNotFoundError('PaymentMethod', paymentMethodId);
      this.#unsetDefault(data, customerId);
      const row = find(data) as Row;
      this.table.replace(data, { ...row, isDefault: true, ...this.table.stamps() });
    });
  }

  #unsetDefault(data: Data, customerId: string): void {
    for (const row of this.table.where({ customerId, isDefault: true }, NEWEST_FIRST)(data)) {
      this.table.replace(data, { ...row, isDefault: false, ...this.table.stamps() });
    }
  }
}

/** Null is no value of the typed input; plain JavaScript callers give it nevertheless. */
function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function completeDetails(details: Partial<QZPayBillingDetails>): QZPayBillingDetails {
  const { name = null, email = null, phone = null, address } = details;
  return { name, email, phone, address: isAbsent(address) ? null : completeAddress(address) };
}

function completeAddress(address: Partial<QZPayBillingAddress>): QZPayBillingAddress {
  const { line1 = null, line2 = null, city = null, state = null, postalCode = null, country = null } = address;
  return { line1, line2, city, state, postalCode, country };
}
