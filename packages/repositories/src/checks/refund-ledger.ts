import { sql } from 'drizzle-orm';
import type { WalkCheck } from './check.js';

/** Refunds beyond the payment are a warning: the engine stores what the provider has refunded, whatever it is. */
export const refundLedger: WalkCheck = {
  name: 'refund-ledger',
  promise: 'a refund at the provider is in the ledger once, in its payment’s currency; refunds stay within the payment',
  walks: () => [
    {
      table: 'refunds',
      find: ({ refunds, payments }, inSlice) => sql`
        select 'error', ${refunds.id}, problem.message from ${refunds}
        left join ${payments} on ${payments.livemode} = ${refunds.livemode} and ${payments.id} = ${refunds.paymentId}
        cross join lateral (values
          (${refunds.status} = 'succeeded' and ${refunds.providerRefundId} is not null and exists (
            select 1 from ${refunds} as other where other.livemode = ${refunds.livemode} and other.status = 'succeeded'
            and other.provider_refund_id = ${refunds.providerRefundId} and other.id < ${refunds.id}
          ), 'the refund at the provider has succeeded in another row already'),
          (upper(${refunds.currency} collate "C") <> upper(${payments.currency} collate "C"),
            format('currency is %s, its payment''s is %s', ${refunds.currency}, ${payments.currency}))
        ) as problem(found, message)
        where ${inSlice} and problem.found`,
    },
    {
      table: 'payments',
      find: ({ refunds, payments }, inSlice) => sql`
        select 'warning', ${payments.id}, format('refunds of %s exceed the payment of %s', refunded.amount, ${payments.amount})
        from ${payments} cross join lateral (
          select sum(${refunds.amount}) as amount from ${refunds} where ${refunds.livemode} = ${payments.livemode}
          and ${refunds.paymentId} = ${payments.id} and ${refunds.status} = 'succeeded'
        ) as refunded
        where ${inSlice} and refunded.amount > ${payments.amount}`,
    },
  ],
};
