import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HELP, parseArguments } from '../src/cli/arguments.js';
import type { QZPayMigrationErrorCode } from '../src/errors.js';
import * as api from '../src/index.js';
import { migrate } from './readme-example.js';
import { PACKAGE } from './support/package-copy.js';

const read = (file: string) => readFileSync(`${PACKAGE}/${file}`, 'utf8');
const README = read('README.md');
const MIGRATIONS = read('../../docs/migrations.md');
const [, MIGRATION_ERRORS = ''] = read('../../docs/errors.md').split('\n## Migration errors\n');

const CODES: Record<QZPayMigrationErrorCode, true> = {
  pending: true,
  drift: true,
  out_of_order: true,
  unmanaged_tables: true,
  newer_database: true,
  step_failed: true,
  lock_timeout: true,
  invalid_schema_name: true,
  invalid_option: true,
};

describe('the README and the pages that it sends to', () => {
  it('shows the example that is compiled here', () => {
    expect(README).toContain(read('test/readme-example.ts').replace('../src/index.js', '@qzpay/migrations'));
  });

  it('shows an example that reports a database that it cannot reach', async () => {
    await expect(migrate('postgres://user@127.0.0.1:1/database')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('gives commands that the command line understands', () => {
    const commands = [...README.matchAll(/^qzpay-migrate ([^#>\n]+)/gm)].map(([, line = '']) => line.trim().split(' '));
    expect(commands.length).toBeGreaterThan(3);
    for (const argv of commands) expect(parseArguments(argv, { DATABASE_URL: 'postgres://h' }).kind).toBe('run');
  });

  it('names options and functions that exist', () => {
    const options = `${README}${MIGRATIONS}`.match(/(?<=`|`qzpay-migrate \w+ )--[a-z-]+/g) ?? [];
    expect(options).toEqual(expect.arrayContaining(['--schema', '--no-integrity', '--lock-timeout']));
    for (const option of options) expect(HELP).toContain(option);
    const functions = [...README.matchAll(/`(from\w+|assert\w+|run\w+)\(/g)].map(([, name = '']) => name);
    expect(functions).toContain('fromDrizzle');
    for (const name of functions) expect(api).toHaveProperty(name);
  });

  it('says of every error code what to do', () => {
    for (const code of Object.keys(CODES)) expect(MIGRATION_ERRORS).toMatch(new RegExp(`^\\|.*\`${code}\``, 'm'));
  });

  it('gives package scripts that exist', () => {
    const own = (JSON.parse(read('package.json')) as { scripts: object }).scripts;
    const root = (JSON.parse(read('../../package.json')) as { scripts: object }).scripts;
    const scripts = [...MIGRATIONS.matchAll(/pnpm@\S+ (?:(--filter) \S+ )?(\S+)/g)];
    expect(scripts.length).toBeGreaterThan(3);
    for (const [, filter, script = ''] of scripts) expect(filter === undefined ? root : own).toHaveProperty(script);
  });
});
