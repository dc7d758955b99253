import { qzpayStorageConformance } from '@qzpay/test-utils';
import { it } from 'vitest';
import { sampled } from '../support/configurations.js';
import { describeBehindPgBouncer } from '../support/drivers.js';
import { harnessOf } from '../support/harness.js';
import { requirePgBouncer } from '../support/pgbouncer.js';

if (requirePgBouncer() !== null) {
  describeBehindPgBouncer('the storage', (setup, driver) => {
    qzpayStorageConformance({
      describe: (_name, body) => body(),
      it: sampled(it),
      name: driver,
      createHarness: harnessOf(setup),
    });
  });
} else {
  it.skip('runs behind PgBouncer', () => {});
}
