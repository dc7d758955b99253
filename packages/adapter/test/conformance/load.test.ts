import { checkQZPayStorageUnderLoad } from '@qzpay/test-utils/model';
import { it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';
import { harnessOf } from '../support/harness.js';

describeOnEveryDriver('the storage under load', (setup) => {
  it('loses, doubles and tears nothing', () => checkQZPayStorageUnderLoad({ createHarness: harnessOf(setup) }));
});
