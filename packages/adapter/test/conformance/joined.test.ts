import { qzpayStorageConformance } from '@qzpay/test-utils';
import { it } from 'vitest';
import { sampled } from '../support/configurations.js';
import { describeOnEveryDriver } from '../support/drivers.js';
import { joinedHarnessOf } from '../support/joined.js';

describeOnEveryDriver('the storage inside a transaction of the host', (setup, driver) => {
  qzpayStorageConformance({
    describe: (_name, body) => body(),
    it: sampled(it),
    name: driver,
    createHarness: joinedHarnessOf(setup),
    deviations: {
      'usage/a-failure-ends-the-ingestion-between-batches':
        'A call is a savepoint here: one that fails leaves nothing.',
    },
  });
});
