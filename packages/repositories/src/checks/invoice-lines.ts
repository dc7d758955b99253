import { sql } from 'drizzle-orm';
import type { WalkCheck } from './check.js';
import { tolerance } from './invoice-totals.js';

/** Warnings only: hosts write lines whole, and a price in tiers is no product. Kinds that are priced otherwise are left out. */
export const invoiceLines: WalkCheck = {
  name: 'invoice-lines',
  promise: 'a line of an item or add-on amounts to quantity × unit amount',
  walks: () => [
    {
      table: 'invoiceLines',
      find: ({ invoiceLines: lines }, inSlice) => sql`
        select 'warning', ${lines.id},
          format('amount is %s, quantity %s × unit amount %s is %s', ${lines.amount}, ${lines.quantity}, ${lines.unitAmount},
            ${lines.quantity} * ${lines.unitAmount})
        from ${lines} where ${inSlice} and ${lines.type} in ('item', 'addon')
        and abs(${lines.quantity} * ${lines.unitAmount} - ${lines.amount}) > ${tolerance(sql`abs(${lines.amount})`)}`,
    },
  ],
};
