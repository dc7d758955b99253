import type { QZPayConformanceOptions } from '@qzpay/test-utils';
import type { Setup } from './drivers.js';

/** The harness of the test kit's suites for the storage that `setup` makes. */
export function harnessOf(setup: Setup): QZPayConformanceOptions['createHarness'] {
  return async ({ clock }) => {
    const { storage, reopen, cutConnections } = await setup({ clock });
    return {
      storage,
      open: ({ livemode }) => Promise.resolve(reopen({ livemode })),
      interrupt: cutConnections,
      dispose: () => Promise.resolve(),
    };
  };
}
