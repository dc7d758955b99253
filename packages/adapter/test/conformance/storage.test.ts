import { qzpayStorageConformance } from '@qzpay/test-utils';
import { it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';

describeOnEveryDriver('the storage', (setup, driver) => {
  qzpayStorageConformance({
    describe: (_name, body) => body(),
    it,
    name: driver,
    createHarness: async ({ clock }) => {
      const { storage, reopen, cutConnections } = await setup({ clock });
      return {
        storage,
        open: async (options) => reopen(options),
        interrupt: cutConnections,
        dispose: async () => {},
      };
    },
  });
});
