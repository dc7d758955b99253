import { defineConfig } from 'tsup';
// @boundaries-ignore: the same for every package
import { packageOf } from '../../tsup.package.js';

export default defineConfig(packageOf(['src/index.ts', 'src/options.ts']));
