import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';
// @boundaries-ignore: the same for every package
import { packageOf } from '../../tsup.package.js';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

export default defineConfig({
  ...packageOf(['src/index.ts', 'src/cli.ts', 'src/command-line.ts']),
  external: ['postgres', 'pg'],
  define: { QZPAY_MIGRATIONS_VERSION: JSON.stringify(version) },
});
