import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { blocksIn, programsIn } from '../src/examples/blocks.js';
import { pages, REPOSITORY, readmes } from '../src/pages.js';

const run = promisify(execFile);
const FOLDER = path.resolve(import.meta.dirname, '..', '.examples');
const TSC = path.join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');

const COMPILER_OPTIONS = {
  extends: '../../../tsconfig.base.json',
  compilerOptions: {
    outDir: 'dist',
    rootDir: '.',
    declaration: false,
    sourceMap: false,
    // An example need not use all that it makes, and reads its environment as applications do.
    noUnusedLocals: false,
    noUnusedParameters: false,
    noPropertyAccessFromIndexSignature: false,
  },
  include: ['*.ts'],
};
const GIVEN = path.resolve(import.meta.dirname, '..', 'src', 'examples', 'given.d.ts');

const read = (name: string) => ({ name, text: readFileSync(path.join(REPOSITORY, name), 'utf8') });
const texts = pages()
  .map(read)
  .filter(({ text }) => text.includes('```'));
const programs = texts.flatMap(({ name, text }) =>
  programsIn(name, text).map((code, index) => ({
    name: `${name}, program ${index + 1}`,
    file: `${name.slice('docs/'.length, -'.md'.length).replaceAll('/', '-')}-${index + 1}`,
    code,
  })),
);

/** Each block of a README stands for itself. */
const fragments = readmes()
  .map(read)
  .flatMap(({ name, text }) =>
    blocksIn(text)
      .filter(({ language }) => language === 'ts')
      .map(({ code, line }) => ({
        file: `${name.slice(0, -'.md'.length).replaceAll('/', '-')}-${line}`,
        code: `// ${name}:${line}\n${code}export {};\n`,
      })),
  );

describe('examples of the documents', () => {
  beforeAll(async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER);
    writeFileSync(path.join(FOLDER, 'tsconfig.json'), JSON.stringify(COMPILER_OPTIONS));
    copyFileSync(GIVEN, path.join(FOLDER, 'given.d.ts'));
    for (const { file, code } of [...programs, ...fragments]) writeFileSync(path.join(FOLDER, `${file}.ts`), code);
    await run(process.execPath, [TSC, '-p', FOLDER]).catch(({ stdout }: { stdout: string }) => {
      throw new Error(`The examples do not compile; in the files, comments name page and line.\n${stdout}`);
    });
  });

  it.concurrent.each(programs)('$name runs', async ({ file }) => {
    const database = await createQZPayTestDatabase({ server: useQZPayTestServer() });
    if (database.url === null) throw new Error('The examples need a server');
    try {
      await run(process.execPath, [path.join(FOLDER, 'dist', `${file}.js`)], {
        env: { PATH: process.env['PATH'], DATABASE_URL: database.url },
      });
    } finally {
      await database.drop();
    }
  });
});

describe('blocks of the documents', () => {
  it.each(texts)('$name says of each what it is', ({ text }) => {
    const blocks = blocksIn(text);
    expect(text.match(/^ *```/gm)).toHaveLength(2 * blocks.length);
    for (const { language, mark, line } of blocks) {
      expect(`${line}: ${language} ${mark}`.trim()).toMatch(/: (ts|ts new|ts check|ts file=\S+|sh|sql|text)$/);
    }
  });

  it.each(texts)('$name quotes files as they are', ({ text }) => {
    for (const { mark, code } of blocksIn(text).filter((block) => block.mark.startsWith('file='))) {
      expect(code).toBe(readFileSync(path.join(REPOSITORY, mark.slice('file='.length)), 'utf8'));
    }
  });
});
