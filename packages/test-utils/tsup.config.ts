import { defineConfig } from 'tsup';
// @boundaries-ignore: the same for every package
import { packageOf } from '../../tsup.package.js';

export default defineConfig(
  packageOf({
    index: 'src/index.ts',
    model: 'src/model/index.ts',
    vitest: 'src/vitest.ts',
    'vitest-setup': 'src/vitest-setup.ts',
  }),
);
