import type { QZPayCreateAddOnInput } from '@qzpay/core';

/** What `addons.create` takes. */
export const input = (id: string, given: Partial<QZPayCreateAddOnInput> = {}) => ({
  id,
  name: id,
  unitAmount: 500,
  currency: 'USD',
  billingInterval: 'month' as const,
  ...given,
});

/** Ids that no row has, or could have. */
export const UNHOLDABLE = ['', 'unknown', '\0', '\ud800', 'x'.repeat(10_000), "'; select 1"];
