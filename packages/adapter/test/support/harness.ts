import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayClock } from '@qzpay/core';
import type { QZPayConformanceOptions } from '@qzpay/test-utils';
import type { Setup } from './drivers.js';

type CreateHarness = QZPayConformanceOptions['createHarness'];

/**
 * The harness of the test kit's suites for the storage that `setup` makes.
 *
 * It makes its storages once and only empties the tables for each case: to make one takes longer than most cases.
 */
export function harnessOf(setup: Setup): CreateHarness {
  let now: QZPayClock = () => new Date();
  let made: Promise<Shared> | undefined;
  return async ({ clock }) => {
    made ??= share(setup, () => now());
    const { storage, others, reset, cutConnections } = await made;
    await reset();
    now = clock;
    return {
      storage,
      open: ({ livemode }) => Promise.resolve(livemode ? others.live : others.test),
      interrupt: cutConnections,
      dispose: () => Promise.resolve(),
    };
  };
}

interface Shared {
  readonly storage: QZPayStorage;
  readonly others: { readonly live: QZPayStorage; readonly test: QZPayStorage };
  reset(this: void): Promise<void>;
  cutConnections(this: void): Promise<void>;
}

async function share(setup: Setup, clock: QZPayClock): Promise<Shared> {
  const { storage, reopen, reset, cutConnections } = await setup({ clock });
  return { storage, others: { live: reopen({ livemode: true }), test: reopen() }, reset, cutConnections };
}
