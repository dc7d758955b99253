import { QZPayNotFoundError } from '@qzpay/core';
import type { QZPayPromoCodeInsert, QZPayPromoCodeRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { checkedLimit } from './pages.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { argument, parameter, typedArgument } from './statements.js';

/** A new promo code; id, mode, instants, version and the look-up key of the code are made by the repository. */
export type QZPayNewPromoCode = NewRow<
  QZPayPromoCodeInsert,
  'code' | 'discountType' | 'discountValue',
  'livemode' | 'codeKey' | 'version' | 'deletedAt'
>;

const updatable = [
  'code',
  'codeKey',
  'discountType',
  'discountValue',
  'currency',
  'stackingMode',
  'conditions',
  'maxRedemptions',
  'currentRedemptions',
  'maxRedemptionsPerCustomer',
  'validFrom',
  'validUntil',
  'applicablePlanIds',
  'applicableProductIds',
  'newCustomersOnly',
  'existingCustomersOnly',
  'active',
  'metadata',
  'deletedAt',
] as const;

export type QZPayPromoCodePatch = RowPatch<QZPayPromoCodeRow, Exclude<(typeof updatable)[number], 'codeKey'>>;

/** Who wants to redeem a code, and for what. What is left out is not checked. */
export interface QZPayPromoCodeUse {
  readonly customerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly productId?: string | undefined;
}

/** Why a code cannot be redeemed. */
export type QZPayPromoCodeRefusal =
  | 'unknown'
  | 'inactive'
  | 'not_started'
  | 'expired'
  | 'exhausted'
  | 'exhausted_for_customer'
  | 'plan_not_covered'
  | 'product_not_covered'
  | 'new_customers_only'
  | 'existing_customers_only';

export interface QZPayPromoCodeCheck {
  /** `null` only where the code is unknown. */
  readonly promoCode: QZPayPromoCodeRow | null;
  /** The first reason against it; `null` when the code can be redeemed. */
  readonly refusal: QZPayPromoCodeRefusal | null;
}

/** What a check has to know beside the code itself. */
interface UseOfCode extends QZPayPromoCodeUse {
  readonly now: Date;
  readonly customerRedemptions: number;
  readonly customerHasBought: boolean;
}

/** Looks codes up case-insensitively, with the same rule on every database locale. */
const codeKeyOf = (code: unknown): unknown => (typeof code === 'string' ? code.toLowerCase() : code);

/** Discount codes; unique per mode without regard to case, among live ones. */
export class QZPayPromoCodesRepository extends QZPaySoftDeleteRepository<QZPayPromoCodeRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'promoCodes',
      updatable,
      filters: {
        ...equalityFilters(
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
        code: { column: 'codeKey', compare: '=', normalize: codeKeyOf },
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
    });
  }

  /** @throws QZPayConflictError `already_exists` when a live code of this mode differs at most in case. */
  create(promoCode: QZPayNewPromoCode): Promise<QZPayPromoCodeRow> {
    return this.insert({ ...promoCode, codeKey: codeKeyOf(promoCode.code) });
  }

  /** @throws QZPayConflictError `already_exists` when the new code is taken. */
  update(id: string, patch: QZPayPromoCodePatch, options?: QZPayUpdateOptions): Promise<QZPayPromoCodeRow> {
    return this.patch(id, { ...patch, codeKey: codeKeyOf(patch.code) }, options);
  }

  /** The code, compared without regard to case, whatever its state; `null` when it is unknown. */
  findByCode(code: string): Promise<QZPayPromoCodeRow | null> {
    return this.findOneBy({ codeKey: codeKeyOf(code) });
  }

  /**
   * Codes that are still active although they had expired at `now`, longest ago first, at most `limit` of them (default
   * 100).
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async findExpired(now: Date, limit?: number): Promise<QZPayPromoCodeRow[]> {
    const { active, validUntil, id } = this.context.tables.promoCodes;
    const statement = this.fixed('find_expired', () =>
      this.select(
        sql`${this.visible()} and ${active} and ${validUntil} <= ${argument(this.codec('validUntil'), 'now')}`,
        sql`order by ${validUntil}, ${id} limit ${typedArgument('bigint', 'limit')}`,
      ),
    );
    return this.run(statement, { now, limit: checkedLimit(limit, 'limit') });
  }

  /**
   * Whether the code can be redeemed now, and if not, why. Looks at state, window, caps, plans, products and audience;
   * its conditions are the billing library's to judge. A code counts from `validFrom` on and before `validUntil`.
   *
   * An answer and no promise: another caller may take the last redemption. The promise is
   * {@link QZPayPromoCodeUsageRepository.redeem}.
   */
  async check(code: string, use: QZPayPromoCodeUse = {}): Promise<QZPayPromoCodeCheck> {
    const codeKey = codeKeyOf(code);
    if (!this.codec('codeKey').holds(codeKey)) return { promoCode: null, refusal: 'unknown' };
    const customerId = this.codec('id').holds(use.customerId) ? use.customerId : null;
    const statement = this.fixed('check', () => {
      const { width, decode } = this.projection;
      return {
        source: sql`select ${this.projection.select}, ${this.#redemptionsOfCustomer()}, ${this.#customerHasBought()} from ${this.model.table} where ${this.visible()} and ${this.equals('codeKey')}`,
        decode: (row) => ({
          promoCode: decode(row),
          customerRedemptions: Number(row[width]),
          customerHasBought: row[width + 1] as boolean,
        }),
      };
    });
    const [found] = await this.run(statement, { codeKey, customerId });
    if (found === undefined) return { promoCode: null, refusal: 'unknown' };
    const { promoCode, ...known } = found;
    return { promoCode, refusal: refusalOf(promoCode, { ...use, ...known, now: this.context.clock() }) };
  }

  /**
   * Adds one redemption whatever the cap, and returns the code.
   *
   * @throws QZPayNotFoundError when there is no such code.
   */
  async incrementRedemptions(id: string): Promise<QZPayPromoCodeRow> {
    const row = await this.#count(id, 'increment_redemptions', sql``);
    if (row === null) throw new QZPayNotFoundError(this.model.entity, id);
    return row;
  }

  /**
   * Adds one redemption and returns the code, or `null` when its cap is reached or there is no such code. However many
   * ask at once, no more are served than the cap allows. Does not look at `active` or the window.
   */
  claimRedemption(id: string): Promise<QZPayPromoCodeRow | null> {
    const { maxRedemptions, currentRedemptions } = this.context.tables.promoCodes;
    const available = sql` and (${maxRedemptions} is null or ${currentRedemptions} < ${maxRedemptions})`;
    return this.#count(id, 'claim_redemption', available);
  }

  async #count(id: string, name: string, condition: SQL): Promise<QZPayPromoCodeRow | null> {
    if (!this.codec('id').holds(id)) return null;
    const statement = this.fixed(name, () => {
      const counter = this.codec('currentRedemptions').column;
      const set = sql`${sql.identifier(counter.name)} = ${counter} + 1, ${this.assignments([])}`;
      return this.changing(this.modification(['currentRedemptions'], set, sql`${this.where('id')}${condition}`));
    });
    const [row] = await this.run(statement, { id, ...this.stamps() });
    return row ?? null;
  }

  #redemptionsOfCustomer(): SQL {
    const { promoCodes, promoCodeUsage: usage } = this.context.tables;
    return sql`(select count(*) from ${usage} where ${usage.livemode} = ${promoCodes.livemode} and ${usage.promoCodeId} = ${promoCodes.id} and ${usage.customerId} = ${customerArgument()})`;
  }

  /** Whether money of the customer has moved or a subscription has begun; attempts do not make an existing customer. */
  #customerHasBought(): SQL {
    const { promoCodes, payments, subscriptions } = this.context.tables;
    return sql`(exists (select 1 from ${payments} where ${payments.livemode} = ${promoCodes.livemode} and ${payments.customerId} = ${customerArgument()}
        and ${payments.deletedAt} is null and ${payments.status} in ('succeeded', 'refunded', 'partially_refunded', 'disputed'))
      or exists (select 1 from ${subscriptions} where ${subscriptions.livemode} = ${promoCodes.livemode} and ${subscriptions.customerId} = ${customerArgument()}
        and ${subscriptions.deletedAt} is null and ${subscriptions.status} not in ('incomplete', 'incomplete_expired')))`;
  }
}

function customerArgument(): SQL {
  return sql`${parameter('customerId', (customerId) => customerId)}::text`;
}

function refusalOf(code: QZPayPromoCodeRow, use: UseOfCode): QZPayPromoCodeRefusal | null {
  if (!code.active) return 'inactive';
  if (code.validFrom !== null && use.now < code.validFrom) return 'not_started';
  if (code.validUntil !== null && use.now >= code.validUntil) return 'expired';
  if (reached(code.maxRedemptions, code.currentRedemptions)) return 'exhausted';
  if (!covers(code.applicablePlanIds, use.planId)) return 'plan_not_covered';
  if (!covers(code.applicableProductIds, use.productId)) return 'product_not_covered';
  if (use.customerId === undefined) return null;
  if (reached(code.maxRedemptionsPerCustomer, use.customerRedemptions)) return 'exhausted_for_customer';
  if (code.newCustomersOnly && use.customerHasBought) return 'new_customers_only';
  if (code.existingCustomersOnly && !use.customerHasBought) return 'existing_customers_only';
  return null;
}

function reached(cap: number | null, count: number): boolean {
  return cap !== null && count >= cap;
}

function covers(ids: readonly string[], id: string | undefined): boolean {
  return id === undefined || ids.length === 0 || ids.includes(id);
}
