import { QZPAY_USAGE_ACTION_VALUES } from '@qzpay/core';
import type { Shape } from './shape.js';
import type { Row } from './store.js';
import { addDecimals, exactDecimal, flag, hidden, instant, key, negated, object, oneOf, optional } from './values.js';

/** What `limits.recordUsage` and `usage.ingest` store. */
export const USAGE_RECORDS: Shape = {
  entity: 'UsageRecord',
  fields: {
    id: key,
    customerId: key,
    subscriptionId: hidden(optional(key)),
    limitKey: key,
    quantity: exactDecimal,
    action: oneOf(QZPAY_USAGE_ACTION_VALUES),
    timestamp: instant,
    idempotencyKey: hidden(optional(key)),
    livemode: hidden(flag),
    metadata: object,
  },
  defaults: { action: 'increment', metadata: {} },
  uniques: [{ fields: ['customerId', 'idempotencyKey'] }],
};

/** A value, as an exact decimal, after the usage that the record tells of. */
export function applyUsage(value: string, { action, quantity }: Row): string {
  if (action === 'set') return quantity as string;
  return addDecimals(value, action === 'decrement' ? negated(quantity as string) : (quantity as string));
}
