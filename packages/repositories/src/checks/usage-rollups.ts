import { sql } from 'drizzle-orm';
import { hourOf, MOVED } from '../usage-sums.js';
import type { WalkCheck } from './check.js';

const id = sql`concat_ws('/', customer_id, limit_key, to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'))`;

/** From both sides: facts without their sum, and sums without their facts. By customer, as both tables are ordered. */
export const usageRollups: WalkCheck = {
  name: 'usage-rollups',
  promise: 'the hourly sums of usage are those of the records',
  walks: () => [
    {
      table: 'usageRecords',
      by: 'customerId',
      instant: ({ usageRecords }) => hourOf(sql`${usageRecords.timestamp}`),
      find: ({ usageRecords, usageRollups: rollups }, inSlice) => sql`
        select 'error', ${id}, format('the sum is %s of %s records, they add up to %s of %s',
          coalesce(${rollups.quantity}, 0), coalesce(${rollups.events}, 0), facts.quantity, facts.events)
        from (
          select livemode, customer_id, limit_key, ${hourOf(sql`occurred_at`)} as hour, sum(${MOVED}) as quantity, count(*) as events
          from ${usageRecords} where ${inSlice} group by 1, 2, 3, 4
        ) as facts
        left join ${rollups} using (livemode, customer_id, limit_key, hour)
        where facts.quantity <> coalesce(${rollups.quantity}, 0) or facts.events <> coalesce(${rollups.events}, 0)`,
    },
    {
      table: 'usageRollups',
      by: 'customerId',
      instant: ({ usageRollups: rollups }) => sql`${rollups.hour}`,
      find: ({ usageRecords, usageRollups: rollups }, inSlice) => sql`
        select 'error', ${id}, format('the sum is %s of %s records, there are none', ${rollups.quantity}, ${rollups.events})
        from ${rollups} where ${inSlice} and (${rollups.quantity} <> 0 or ${rollups.events} <> 0) and not exists (
          select 1 from ${usageRecords} where ${usageRecords.livemode} = ${rollups.livemode}
          and ${usageRecords.customerId} = ${rollups.customerId} and ${usageRecords.limitKey} = ${rollups.limitKey}
          and ${usageRecords.timestamp} >= ${rollups.hour} and ${usageRecords.timestamp} < ${rollups.hour} + interval '1 hour'
        )`,
    },
  ],
};
