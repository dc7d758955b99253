import { qzpayCustomerLimits, qzpayPromoCodes } from '@qzpay/schema';
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Bench } from '../bench.js';
import { customerId } from '../support/fill.js';
import { DRIZZLE, STORAGE } from '../support/our-storage.js';
import { sqlOf } from '../support/statements.js';

/** One hot row, and as many callers as want to change it at once. */
export async function measureCounters(bench: Bench): Promise<void> {
  const { storage, raw, otherRaw, drizzle } = await bench.small();
  const targets = [{ of: STORAGE, over: raw.name, measure: 'rate', least: 0.9 } as const];
  const callers = 16;
  const limit = sqlOf(qzpayCustomerLimits);
  const increment = {
    name: 'limit_increment',
    text: `update ${limit.name} set current_value = current_value + $3, updated_at = $4
      where livemode = false and customer_id = $1 and limit_key = $2 returning ${limit.returned}`,
  };
  const hot = customerId(0);
  await bench.compare({
    work: 'limits.increment of one row',
    callers,
    targets,
    varying: ['currentValue'],
    contenders: [
      {
        name: STORAGE,
        run: () => storage.limits.increment({ customerId: hot, limitKey: 'api_calls', incrementBy: 1 }),
      },
      ...[raw, otherRaw].map(({ name, query }) => ({
        name,
        run: async () => (await query(increment, [hot, 'api_calls', 1, new Date()]))[0],
      })),
      {
        name: DRIZZLE,
        run: async () => {
          const { customerId: customer, limitKey, livemode, currentValue } = qzpayCustomerLimits;
          const [row] = await drizzle
            .update(qzpayCustomerLimits)
            .set({ currentValue: sql`${currentValue} + 1`, updatedAt: new Date() })
            .where(and(eq(customer, hot), eq(limitKey, 'api_calls'), eq(livemode, false)))
            .returning();
          return row;
        },
      },
    ],
  });

  const promo = sqlOf(qzpayPromoCodes);
  const redeem = {
    name: 'promo_redeem',
    text: `update ${promo.name} set current_redemptions = current_redemptions + 1, updated_at = $2, version = $3
      where ${promo.visible} and id = $1 and (max_redemptions is null or current_redemptions < max_redemptions)
      returning ${promo.returned}`,
  };
  await bench.compare({
    work: 'promo redemption of one row',
    callers,
    targets,
    varying: ['currentRedemptions', 'version', 'updatedAt'],
    contenders: [
      { name: STORAGE, run: () => storage.promoCodes.atomicIncrementRedemptions?.('promo') ?? Promise.resolve(null) },
      ...[raw, otherRaw].map(({ name, query }) => ({
        name,
        run: async () => (await query(redeem, ['promo', new Date(), crypto.randomUUID()]))[0],
      })),
      {
        name: DRIZZLE,
        run: async () => {
          const { id, livemode, deletedAt, currentRedemptions, maxRedemptions } = qzpayPromoCodes;
          const [row] = await drizzle
            .update(qzpayPromoCodes)
            .set({
              currentRedemptions: sql`${currentRedemptions} + 1`,
              updatedAt: new Date(),
              version: crypto.randomUUID(),
            })
            .where(and(eq(id, 'promo'), eq(livemode, false), isNull(deletedAt), lt(currentRedemptions, maxRedemptions)))
            .returning();
          return row;
        },
      },
    ],
  });
}
