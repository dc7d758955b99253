import { qzpayStorageConformance } from '@qzpay/test-utils';
import { it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';
import { harnessOf } from '../support/harness.js';

describeOnEveryDriver('the storage', (setup, driver) => {
  qzpayStorageConformance({ describe: (_name, body) => body(), it, name: driver, createHarness: harnessOf(setup) });
});
