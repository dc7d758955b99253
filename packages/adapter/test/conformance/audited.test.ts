import { qzpayStorageConformance } from '@qzpay/test-utils';
import { it } from 'vitest';
import { describeOn } from '../support/drivers.js';
import { harnessOf } from '../support/harness.js';

describeOn('node-postgres', 'the audited storage', (setup, driver) => {
  const createHarness = harnessOf((options) => setup({ ...options, audit: true }));
  qzpayStorageConformance({ describe: (_name, body) => body(), it, name: driver, createHarness });
});
