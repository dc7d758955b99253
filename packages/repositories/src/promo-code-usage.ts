import type { QZPayPromoCodeUsageInsert, QZPayPromoCodeUsageRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { QZPayRepository } from './repository.js';
import type { RowChange } from './row-changes.js';
import type { NewRow } from './row-types.js';
import { argument } from './statements.js';
import { modelOf, type TableModel, tableProjection } from './table-model.js';

/** A redemption to be; its number is given by the repository. */
export type QZPayNewRedemption = NewRow<
  QZPayPromoCodeUsageInsert,
  'promoCodeId' | 'customerId',
  'livemode' | 'redemptionNo'
>;

/** What a code has cost in one currency, in minor units; `null` stands for redemptions without a currency. */
export interface QZPayDiscountTotal {
  readonly currency: string | null;
  readonly amount: number;
  readonly redemptions: number;
}

/** Redemptions of promo codes, numbered from 1 per code and customer. Never changed. */
export class QZPayPromoCodeUsageRepository extends QZPayRepository<QZPayPromoCodeUsageRow> {
  readonly #promoCodes: TableModel;

  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'promoCodeUsage',
      updatable: [],
      filters: equalityFilters(
        'id',
        'promoCodeId',
        'customerId',
        'subscriptionId',
        'paymentId',
        'redemptionNo',
        'discountAmount',
        'currency',
        'usedAt',
      ),
      listedBy: 'usedAt',
      defaults: { discountAmount: 0 },
    });
    this.#promoCodes = modelOf(context, 'promoCodes');
  }

  /**
   * Redeems the code for the customer and returns the redemption, or `null` when the code is unknown, inactive, outside
   * its window, or at its cap for everybody or for this customer. However many ask at once, neither cap is exceeded, and
   * the code's counter and its redemptions agree.
   *
   * One transaction of two statements: the first one locks the code, so that the second one counts what others have
   * redeemed meanwhile.
   *
   * @throws QZPayNotFoundError when the customer does not exist in this mode.
   */
  async redeem(redemption: QZPayNewRedemption): Promise<QZPayPromoCodeUsageRow | null> {
    if (!this.codec('promoCodeId').holds(redemption.promoCodeId)) return null;
    const now = this.context.clock();
    const values = { ...this.stamps(), ...this.complete({ ...redemption, usedAt: redemption.usedAt ?? now }), now };
    const { runner, scope } = this.context;
    return runner.transactions.transaction(
      async (bound) => {
        const usage = new QZPayPromoCodeUsageRepository({ ...this.context, scope: bound });
        const [redeemable = false] = await usage.run(this.#lockRedeemable(), values);
        if (!redeemable) return null;
        const [row] = await usage.run(this.#redeem(), values);
        return row ?? null;
      },
      {},
      scope,
    );
  }

  /** The redemptions of the code, newest first. All of them: a page at a time comes from `list`. */
  findByPromoCodeId(promoCodeId: string): Promise<QZPayPromoCodeUsageRow[]> {
    return this.findAllBy({ promoCodeId });
  }

  /** The redemptions of the customer, newest first. */
  findByCustomerId(customerId: string): Promise<QZPayPromoCodeUsageRow[]> {
    return this.findAllBy({ customerId });
  }

  /** Whether the customer has redeemed the code. */
  async hasRedeemed(customerId: string, promoCodeId: string): Promise<boolean> {
    if (!this.codec('customerId').holds(customerId) || !this.codec('promoCodeId').holds(promoCodeId)) return false;
    const statement = this.fixed('has_redeemed', () => ({
      source: sql`select 1 from ${this.model.table} where ${this.visible()} and ${this.equals('promoCodeId')} and ${this.equals('customerId')} limit 1`,
      decode: () => true,
    }));
    return (await this.run(statement, { customerId, promoCodeId })).length > 0;
  }

  /** What the code has cost so far: one total per currency, by its name. Empty for a code that nobody has redeemed. */
  async totalDiscounts(promoCodeId: string): Promise<QZPayDiscountTotal[]> {
    if (!this.codec('promoCodeId').holds(promoCodeId)) return [];
    const { currency, discountAmount } = this.context.tables.promoCodeUsage;
    const statement = this.fixed('total_discounts', () => ({
      source: sql`select ${currency}, sum(${discountAmount}), count(*) from ${this.model.table} where ${this.visible()} and ${this.equals('promoCodeId')} group by ${currency} order by ${currency}`,
      decode: (row): QZPayDiscountTotal => ({
        currency: row[0] as string | null,
        amount: Number(row[1]),
        redemptions: Number(row[2]),
      }),
    }));
    return this.run(statement, { promoCodeId });
  }

  /** Waits for others who redeem the code, then judges it by what they have left of it. */
  #lockRedeemable() {
    return this.fixed('lock_redeemable', () => {
      const { promoCodes } = this.context.tables;
      const now = argument(this.#promoCodes.codec('validFrom'), 'now');
      return {
        source: sql`select 1 from ${promoCodes} where ${this.#promoCode()} and ${promoCodes.active}
          and (${promoCodes.validFrom} is null or ${promoCodes.validFrom} <= ${now})
          and (${promoCodes.validUntil} is null or ${promoCodes.validUntil} > ${now})
          and (${promoCodes.maxRedemptions} is null or ${promoCodes.currentRedemptions} < ${promoCodes.maxRedemptions})
          for no key update`,
        decode: () => true,
      };
    });
  }

  /** Adds the redemption where the customer's cap allows it, and only then counts it on the code. */
  #redeem() {
    return this.fixed('redeem', () => {
      const { promoCodes, promoCodeUsage: usage } = this.context.tables;
      const projection = tableProjection<QZPayPromoCodeUsageRow>(this.model, 'redeemed');
      const counter = sql.identifier(promoCodes.currentRedemptions.name);
      const stamps = ['updatedAt', 'version'].map((key) => {
        const codec = this.#promoCodes.codec(key);
        return sql`${sql.identifier(codec.column.name)} = ${argument(codec, `new_${key}`)}`;
      });
      const redeemed = this.insertion({
        rows: sql`select ${this.allArguments({ redemptionNo: sql`next.redemption_no` })} from next join ${promoCodes} on ${this.#promoCode()}
            where ${promoCodes.maxRedemptionsPerCustomer} is null or next.redemption_no <= ${promoCodes.maxRedemptionsPerCustomer}`,
      });
      const counted: RowChange = {
        kind: 'fed update',
        model: this.#promoCodes,
        fields: ['currentRedemptions'],
        statement: sql`update ${promoCodes} set ${counter} = ${promoCodes.currentRedemptions} + 1, ${sql.join(stamps, sql`, `)}
            where ${this.#promoCode()} and exists (select 1 from redeemed)`,
      };
      return {
        source: sql`with next as (
            select coalesce(max(${usage.redemptionNo}), 0) + 1 as redemption_no from ${usage}
            where ${this.visible()} and ${this.equals('promoCodeId')} and ${this.equals('customerId')}
          ), ${this.changed('redeemed', redeemed)}, ${this.changed('counted', counted, sql`1`)} select ${projection.select} from redeemed`,
        decode: projection.decode,
      };
    });
  }

  #promoCode() {
    const { promoCodes } = this.context.tables;
    return sql`${promoCodes.livemode} = ${argument(this.codec('livemode'))} and ${promoCodes.id} = ${argument(this.codec('promoCodeId'))} and ${promoCodes.deletedAt} is null`;
  }
}
