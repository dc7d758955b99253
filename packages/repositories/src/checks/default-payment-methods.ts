import { sql } from 'drizzle-orm';
import type { WalkCheck } from './check.js';

export const defaultPaymentMethods: WalkCheck = {
  name: 'default-payment-methods',
  promise: 'a customer has at most one default payment method',
  walks: () => [
    {
      table: 'paymentMethods',
      find: ({ paymentMethods: methods }, inSlice) => sql`
        select 'error', ${methods.id}, format('customer %s has another default payment method', ${methods.customerId})
        from ${methods} where ${inSlice} and ${methods.isDefault} and ${methods.deletedAt} is null and exists (
          select 1 from ${methods} as other where other.livemode = ${methods.livemode}
          and other.customer_id = ${methods.customerId} and other.is_default and other.deleted_at is null
          and other.id < ${methods.id}
        )`,
    },
  ],
};
