import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, inject, it } from 'vitest';
import { openServerDatabase } from '../migrations/support/databases.js';
import { CONSUMERS, type Consumer } from './matrix.js';
import { CONSUMER_TIMEOUT, command, makeProject, removeFolder } from './support/install.js';

const FULL = process.env['QZPAY_TEST_MATRIX'] === 'full';
const skipped = CONSUMERS.filter(({ full }) => full && !FULL);

afterAll(() => {
  if (skipped.length === 0) return;
  const names = skipped.map(({ name }) => `\n  - ${name}`).join('');
  console.warn(`SKIPPED ${skipped.length} consumers, which \`pnpm test:full\` runs:${names}`);
});

for (const consumer of CONSUMERS.filter((candidate) => !skipped.includes(candidate))) {
  it(`works for ${consumer.name}`, { timeout: CONSUMER_TIMEOUT }, async ({ signal }) => {
    const { dependencies, installer, steps } = consumer;
    const { url } = await openServerDatabase();
    const files = filesOf(consumer);
    const folder = await makeProject({ files, dependencies, installer, tarballs: inject('tarballs') });
    try {
      for (const { command: text, prints = '' } of steps) {
        const output = await command(folder, programOf(text, consumer), {
          environment: { DATABASE_URL: url },
          signal,
        });
        expect(output, text).toContain(prints);
      }
    } finally {
      removeFolder(folder);
    }
  });
}

if (skipped.length > 0) it.skip(`works for ${skipped.length} more consumers: QZPAY_TEST_MATRIX=full`);

function filesOf({ project }: Consumer): ReadonlyMap<string, string> {
  const folder = path.join(import.meta.dirname, 'projects', project);
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
}

function programOf(text: string, { node }: Consumer): readonly string[] {
  const [program = '', ...args] = text.split(' ');
  return program === 'node' && node !== undefined ? ['npx', '-y', `node@${node}`, ...args] : [program, ...args];
}
