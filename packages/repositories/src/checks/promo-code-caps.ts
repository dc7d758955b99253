import { sql } from 'drizzle-orm';
import type { WalkCheck } from './check.js';

/**
 * A cap that was lowered below what has been redeemed cannot be told from one that was overrun: to end a code, set
 * `active` to false. The counter may be ahead of the redemptions, since the engine counts without storing one.
 */
export const promoCodeCaps: WalkCheck = {
  name: 'promo-code-caps',
  promise: 'no promo code is redeemed more often than its caps allow, altogether and per customer',
  walks: () => [
    {
      table: 'promoCodes',
      find: ({ promoCodes: codes, promoCodeUsage: usage }, inSlice) => sql`
        select problem.severity, ${codes.id}, problem.message from ${codes}
        cross join lateral (
          select coalesce(sum(redemptions), 0) as redemptions, coalesce(max(redemptions), 0) as of_one_customer from (
            select count(*) as redemptions from ${usage}
            where ${usage.livemode} = ${codes.livemode} and ${usage.promoCodeId} = ${codes.id} group by ${usage.customerId}
          ) as by_customer
        ) as used
        cross join lateral (values
          (${codes.currentRedemptions} > ${codes.maxRedemptions}, 'error',
            format('redeemed %s times, the cap is %s', ${codes.currentRedemptions}, ${codes.maxRedemptions})),
          (used.of_one_customer > ${codes.maxRedemptionsPerCustomer}, 'error',
            format('a customer redeemed it %s times, the cap is %s', used.of_one_customer, ${codes.maxRedemptionsPerCustomer})),
          (used.redemptions > ${codes.currentRedemptions}, 'warning',
            format('the counter is %s, there are %s redemptions', ${codes.currentRedemptions}, used.redemptions))
        ) as problem(found, severity, message)
        where ${inSlice} and problem.found`,
    },
  ],
};
