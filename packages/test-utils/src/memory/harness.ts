import type { QZPayConformanceOptions } from '../conformance/run.js';
import { createQZPayMemoryStorage, createQZPayMemoryStore } from './storage.js';

/** A harness of the suites for the reference storage: with it they can be tried, and other storages be compared. */
export const createQZPayMemoryHarness: QZPayConformanceOptions['createHarness'] = async ({ clock }) => {
  const store = createQZPayMemoryStore();
  const open = ({ livemode }: { readonly livemode: boolean }) => createQZPayMemoryStorage({ store, livemode, clock });
  return {
    storage: open({ livemode: false }),
    open: (options) => Promise.resolve(open(options)),
    interrupt: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  };
};
