import { describe, it } from 'vitest';
import { createQZPayMemoryStorage, createQZPayMemoryStore, qzpayStorageConformance } from '../../src/index.js';

qzpayStorageConformance({
  describe,
  it,
  name: 'the reference storage in memory',
  level: 2,
  createHarness: async ({ clock }) => {
    const store = createQZPayMemoryStore();
    const open = ({ livemode }: { readonly livemode: boolean }) => createQZPayMemoryStorage({ store, livemode, clock });
    return {
      storage: open({ livemode: false }),
      open: (options) => Promise.resolve(open(options)),
      interrupt: () => Promise.resolve(),
      dispose: () => Promise.resolve(),
    };
  },
});
