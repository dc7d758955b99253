import { defineConfig } from 'tsup';
// @boundaries-ignore: the same for every package
import { packageOf } from '../../tsup.package.js';

export default defineConfig(
  packageOf([
    'src/index.ts',
    'src/postgres-js.ts',
    'src/node-postgres.ts',
    'src/pglite.ts',
    'src/mappers.ts',
    'src/qzpay-verify.ts',
    'src/qzpay-maintain.ts',
  ]),
);
