import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayClock } from '@qzpay/core';
import type { QZPayConformanceOptions } from '@qzpay/test-utils';
import type { Setup, StorageSetup } from './drivers.js';

type CreateHarness = QZPayConformanceOptions['createHarness'];

/** The harness of the test kit's suites for the storage that `setup` makes. */
export function harnessOf(setup: Setup): CreateHarness {
  const shared = sharing(setup);
  return async ({ clock }) => {
    const { storage, others, reset, cutConnections } = await shared(clock);
    await reset();
    return {
      storage,
      open: ({ livemode }) => Promise.resolve(livemode ? others.live : others.test),
      interrupt: cutConnections,
      dispose: () => Promise.resolve(),
    };
  };
}

interface Shared extends StorageSetup {
  /** Other storages on the same rows, by their mode. */
  readonly others: { readonly live: QZPayStorage; readonly test: QZPayStorage };
}

/**
 * The storages of all cases, which give each case's clock to them: to make a storage takes longer than most cases. Rows
 * that are there stay.
 */
export function sharing(setup: Setup): (clock: QZPayClock) => Promise<Shared> {
  let now: QZPayClock = () => new Date();
  const share = async (): Promise<Shared> => {
    const made = await setup({ clock: () => now() });
    return { ...made, others: { live: made.reopen({ livemode: true }), test: made.reopen() } };
  };
  let shared: Promise<Shared> | undefined;
  return (clock) => {
    now = clock;
    shared ??= share();
    return shared;
  };
}
