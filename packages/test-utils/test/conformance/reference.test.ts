import { describe, it } from 'vitest';
import { createQZPayMemoryHarness, qzpayStorageConformance } from '../../src/index.js';

qzpayStorageConformance({
  describe,
  it,
  name: 'the reference storage in memory',
  createHarness: createQZPayMemoryHarness,
});
