import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { main } from '../scripts/compile/main.js';
import { copyPackage, PACKAGE } from './support/package-copy.js';

async function compile(root: string, ...argv: string[]) {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const spies = [vi.spyOn(console, 'error'), vi.spyOn(console, 'log')].map((spy) => spy.mockImplementation(log));
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return { code: await main(argv, root), output: lines.join('\n') };
}

function setup() {
  const root = copyPackage();
  const file = (name: string) => path.join(root, name);
  return { root, file, read: (name: string) => readFileSync(file(name), 'utf8') };
}

describe('the compiled migrations', () => {
  it('are in step with their sources', async () => {
    expect(await compile(PACKAGE, '--check')).toEqual({ code: 0, output: '' });
  });

  it('are called stale when they are edited, missing or superfluous', async () => {
    const { root, file } = setup();
    appendFileSync(file('sql/0001_reference_data.sql'), '\n');
    appendFileSync(file('src/generated/catalogue.ts'), '\n');
    rmSync(file('src/generated/migrations.ts'));
    writeFileSync(file('sql/0099_left_over.sql'), 'select 1;\n');
    const { code, output } = await compile(root, '--check');
    expect(code).toBe(1);
    for (const name of [
      'sql/0001_reference_data.sql',
      'src/generated/catalogue.ts',
      'src/generated/migrations.ts',
      'sql/0099_left_over.sql',
    ]) {
      expect(output).toContain(name);
    }
    expect(output).toContain('pnpm compile');
  });

  it('are mended by a run without --check', async () => {
    const { root, file, read } = setup();
    const before = [read('sql/0000_initial.sql'), read('src/generated/migrations.ts'), read('migrations.lock.json')];
    rmSync(file('sql'), { recursive: true });
    rmSync(file('src/generated'), { recursive: true });
    expect(await compile(root)).toMatchObject({ code: 0 });
    expect([read('sql/0000_initial.sql'), read('src/generated/migrations.ts'), read('migrations.lock.json')]).toEqual(
      before,
    );
  });
});

describe('a released file', () => {
  it.each(['migrations/0001_reference_data.sql', 'migrations/integrity/0000_append_only.sql'])(
    'is refused once edited: %s',
    async (name) => {
      const { root, file, read } = setup();
      appendFileSync(file(name), '\nselect 1;\n');
      const shipped = read('src/generated/migrations.ts');
      for (const argv of [['--check'], []]) {
        const { code, output } = await compile(root, ...argv);
        expect(code).toBe(1);
        expect(output).toContain(name.slice('migrations/'.length, -'.sql'.length));
        expect(output).toContain('A released step never changes: write a new one');
      }
      expect(read('src/generated/migrations.ts')).toBe(shipped);
    },
  );

  it('is missed once deleted', async () => {
    const { root, file } = setup();
    rmSync(file('migrations/0002_storage_parameters.sql'));
    expect(await compile(root)).toMatchObject({ code: 1, output: expect.stringContaining('0002_storage_parameters') });
  });
});

describe('a new file', () => {
  it('is compiled and locked', async () => {
    const { root, file, read } = setup();
    writeFileSync(
      file('migrations/integrity/9000_more.sql'),
      '-- qzpay: breaking\ncreate table "__qzpay__"."more" (id text);\n',
    );
    expect(await compile(root)).toEqual({ code: 0, output: expect.stringMatching(/^Compiled \d+ steps\.$/) });
    expect(Object.keys(JSON.parse(read('migrations.lock.json')) as object)).toContain('integrity/9000_more');
    expect(read('sql/integrity/9000_more.sql')).toContain('create table "__qzpay__"."more"');
    expect(read('src/generated/catalogue.ts')).toContain('"table more"');
    expect(read('src/generated/migrations.ts')).toMatch(
      /"integrity\/9000_more",\s+"set": "integrity",\s+"breaking": true/,
    );
    expect(await compile(root, '--check')).toMatchObject({ code: 0 });
  });

  it('is refused while it leaves a key with the collation of the database', async () => {
    const { root, file } = setup();
    writeFileSync(
      file('migrations/integrity/9000_more.sql'),
      'create table "__qzpay__"."more" (id text primary key, other text);\n',
    );
    await expect(compile(root)).rejects.toThrow('Text columns in keys without collation "C": more.id. ');
  });
});

it('knows one option', async () => {
  expect(await compile(PACKAGE, '--force')).toEqual({
    code: 2,
    output: 'Usage: node scripts/compile.mjs [--check]',
  });
});
