// Builds and tests these sources on drizzle-orm 1.0 and says what does not work: a report, not a gate.
//
//   pnpm compat:drizzle1 [--version 1.0.0-rc.5] [--all] [--strict]
//
// --all     every test of the three packages in place of the chosen ones
// --strict  exit code 1 where anything fails
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { attempt, makeWorkingCopy, run } from './working-copy.mjs';

const { values: options } = parseArgs({
  options: {
    version: { type: 'string', default: '1.0.0-rc.5' },
    all: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
  },
});

/** In the order of their layers. */
const PACKAGES = ['core', 'schema', 'migrations', 'repositories', 'test-utils', 'adapter'];
/** What Drizzle reaches: tables, statement texts, values, and one aggregate on every driver. */
const TESTS = {
  schema: [],
  repositories: ['statements', 'codecs', 'pages', 'database-errors', 'promo-codes'],
  adapter: ['create-storage', 'errors'],
};

const copy = makeWorkingCopy();
useDrizzle(options.version);
run(copy, 'pnpm', 'install', '--no-frozen-lockfile', '--prefer-offline');

const results = PACKAGES.map((name) => {
  const folder = path.join(copy, 'packages', name);
  // Types and modules apart: esbuild makes modules of sources that do not type-check.
  const types = attempt(folder, 'pnpm', 'exec', 'tsc', '-b').output.match(/^src\/.*error TS\d+.*$/gm) ?? [];
  const built = attempt(folder, 'pnpm', 'exec', 'tsup').ok;
  return { name, types, built, tests: name in TESTS ? test(name, folder) : undefined };
});

console.log(`Same sources on drizzle-orm ${options.version}\n`);
console.log('package        type errors  modules  tests passed  tests failed');
for (const { name, types, built, tests } of results) {
  const columns = [
    String(types.length).padStart(11),
    built ? 'built ' : 'failed',
    tests?.passed ?? '',
    tests?.failed ?? '',
  ];
  console.log(
    name.padEnd(14),
    columns[0],
    columns[1].padStart(8),
    String(columns[2]).padStart(13),
    String(columns[3]).padStart(13),
  );
}
for (const { name, types, tests } of results) {
  tell(
    `Type errors of ${name}`,
    types.map((line) => line.replace(/\(\d+,\d+\)/, '')),
  );
  tell(`Failures in tests of ${name}`, tests?.messages ?? []);
}

const failed = results.some(({ types, built, tests }) => types.length > 0 || !built || (tests?.failed ?? 0) > 0);
process.exitCode = failed && options.strict ? 1 : 0;

function useDrizzle(version) {
  const file = path.join(copy, 'pnpm-workspace.yaml');
  const catalog = readFileSync(file, 'utf8');
  writeFileSync(file, catalog.replace(/^( {2}drizzle-(?:orm|kit)): .*$/gm, `$1: ${version}`));
}

function test(name, folder) {
  const report = path.join(folder, 'report.json');
  const files = options.all ? [] : TESTS[name].map((file) => `test/${file}.test.ts`);
  const { output } = attempt(
    folder,
    'pnpm',
    'exec',
    'vitest',
    'run',
    ...files,
    '--reporter=json',
    '--outputFile',
    report,
  );
  if (!existsSync(report)) return { passed: 0, failed: 1, messages: [output.trim().split('\n').at(-1)] };
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot be loaded has a message of its own and no tests.
  const messages = testResults.flatMap(({ message, assertionResults }) => [
    ...(assertionResults.length === 0 && message ? [message] : []),
    ...assertionResults.flatMap(({ failureMessages }) => failureMessages.slice(0, 1)),
  ]);
  return { passed: numPassedTests, failed: messages.length, messages: messages.map((text) => text.split('\n')[0]) };
}

function tell(title, lines) {
  if (lines.length === 0) return;
  console.log(`\n${title}`);
  const counts = new Map();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const [line, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    console.log(`${String(count).padStart(5)} × ${line.replaceAll(copy, '').slice(0, 160)}`);
  }
}
