import { checkQZPayStorageModel } from '@qzpay/test-utils/model';
import { it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';
import { harnessOf } from '../support/harness.js';

describeOnEveryDriver('the storage and the reference', (setup) => {
  it('answer the same to any sequence of calls', () => checkQZPayStorageModel({ createHarness: harnessOf(setup) }));
});
