import {
  QZPAY_DISCOUNT_STACKING_MODE_VALUES,
  QZPAY_DISCOUNT_TYPE_VALUES,
  type QZPayCreatePromoCodeInput,
  QZPayNotFoundError,
  type QZPayPromoCode,
  type QZPayPromoCodeStorage,
} from '@qzpay/core';
import { Collection, type CollectionContext, caseless, first, pick, type Versioned } from '../collection.js';
import { equality, OLDEST_FIRST } from '../list.js';
import { isLive, type Shape } from '../shape.js';
import type { Operation, Row } from '../store.js';
import type { QZPayMemoryUpdateOptions } from '../table.js';
import { decimal, flag, hidden, instant, integer, key, list, object, oneOf, optional, text, texts } from '../values.js';

const CREATABLE = [
  'code',
  'discountType',
  'discountValue',
  'currency',
  'stackingMode',
  'conditions',
  'maxRedemptions',
  'maxRedemptionsPerCustomer',
  'validFrom',
  'validUntil',
  'applicablePlanIds',
  'applicableProductIds',
  'metadata',
] as const;

const PROMO_CODES: Shape = {
  entity: 'PromoCode',
  fields: {
    id: key,
    code: text,
    codeKey: hidden(key),
    discountType: oneOf(QZPAY_DISCOUNT_TYPE_VALUES),
    discountValue: decimal,
    currency: optional(text),
    stackingMode: oneOf(QZPAY_DISCOUNT_STACKING_MODE_VALUES),
    conditions: list,
    maxRedemptions: optional(integer),
    currentRedemptions: integer,
    maxRedemptionsPerCustomer: optional(integer),
    validFrom: optional(instant),
    validUntil: optional(instant),
    applicablePlanIds: texts,
    applicableProductIds: texts,
    newCustomersOnly: hidden(flag),
    existingCustomersOnly: hidden(flag),
    active: flag,
    livemode: hidden(flag),
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: optional(instant),
  },
  defaults: {
    stackingMode: 'none',
    conditions: [],
    currentRedemptions: 0,
    applicablePlanIds: [],
    applicableProductIds: [],
    newCustomersOnly: false,
    existingCustomersOnly: false,
    active: true,
    metadata: {},
  },
  uniques: [{ fields: ['codeKey'], among: isLive }],
  updatable: [...CREATABLE, 'codeKey', 'currentRedemptions', 'active', 'deletedAt'],
  filters: {
    ...equality(
      'id',
      'discountType',
      'discountValue',
      'currency',
      'stackingMode',
      'maxRedemptions',
      'currentRedemptions',
      'maxRedemptionsPerCustomer',
      'validFrom',
      'validUntil',
      'newCustomersOnly',
      'existingCustomersOnly',
      'active',
      'createdAt',
      'updatedAt',
    ),
    code: { field: 'codeKey', compare: 'equal', normalize: caseless },
  },
};

export class MemoryPromoCodes extends Collection<QZPayPromoCode> implements QZPayPromoCodeStorage {
  constructor(context: CollectionContext) {
    super(PROMO_CODES, context);
  }

  async create(input: QZPayCreatePromoCodeInput & { id: string }): Promise<Versioned<QZPayPromoCode>> {
    return this.store({ ...pick(input, ['id', ...CREATABLE]), codeKey: caseless(input.code) });
  }

  async update(
    id: string,
    input: Partial<QZPayPromoCode>,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayPromoCode>> {
    return this.change(id, { ...input, codeKey: caseless(input.code) }, options);
  }

  async delete(id: string): Promise<void> {
    return this.hide(id);
  }

  async findByCode(code: string): Promise<Versioned<QZPayPromoCode> | null> {
    return this.find(first(this.table.where({ codeKey: caseless(code) }, OLDEST_FIRST)));
  }

  async incrementRedemptions(id: string): Promise<void> {
    const increment = this.#increment(id, () => true);
    return this.context.write((data) => {
      if (increment(data) === null) throw new QZPayNotFoundError('PromoCode', id);
    });
  }

  async atomicIncrementRedemptions(id: string): Promise<Versioned<QZPayPromoCode> | null> {
    const increment = this.#increment(id, ({ maxRedemptions = null, currentRedemptions = 0 }) => {
      return maxRedemptions === null || Number(currentRedemptions) < Number(maxRedemptions);
    });
    return this.context.write((data) => {
      const row = increment(data);
      return row === null ? null : this.entity(row, data);
    });
  }

  #increment(id: string, isAvailable: (row: Row) => boolean): Operation<Row | null> {
    const find = this.table.findById(id);
    const stamps = this.table.stamps();
    return (data) => {
      const row = find(data);
      if (row === undefined || !isAvailable(row)) return null;
      const currentRedemptions = (row['currentRedemptions'] as number) + 1;
      return this.table.replace(data, { ...row, ...stamps, currentRedemptions });
    };
  }
}
