import { defineConfig } from 'tsup';
// @boundaries-ignore: the same for every package
import { packageOf } from '../../tsup.package.js';

export default defineConfig(packageOf(['src/index.ts', 'src/create-tables.ts', 'src/relations.ts', 'src/zod.ts']));
