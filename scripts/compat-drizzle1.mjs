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

const builds = PACKAGES.map((name) => {
  const folder = path.join(copy, 'packages', name);
  // Types and modules apart: esbuild makes modules of sources that do not type-check.
  const types = attempt(folder, 'pnpm', 'exec', 'tsc', '-b').output.match(/^src\/.*error TS\d+.*$/gm) ?? [];
  return { name, folder, types, built: attempt(folder, 'pnpm', 'exec', 'tsup').ok };
});
// After all builds: a package's tests use the test kit, which stands above it.
const results = builds.map((build) => (build.name in TESTS ? { ...build, tests: test(build) } : build));

console.log(`# The same sources on drizzle-orm ${options.version}\n`);
console.log('| package | type errors | modules | tests passed | tests failed |\n| --- | --- | --- | --- | --- |');
for (const { name, types, built, tests } of results) {
  const cells = [name, types.length, built ? 'built' : 'not built', tests?.passed ?? '', tests?.failed ?? ''];
  console.log(`| ${cells.join(' | ')} |`);
}
for (const { name, types, tests } of results) {
  tell(`Type errors of ${name}`, types);
  tell(`Failures in tests of ${name}`, tests?.messages ?? []);
}

const failed = results.some(({ types, built, tests }) => types.length > 0 || !built || (tests?.failed ?? 0) > 0);
process.exitCode = failed && options.strict ? 1 : 0;

function useDrizzle(version) {
  const file = path.join(copy, 'pnpm-workspace.yaml');
  const catalog = readFileSync(file, 'utf8');
  writeFileSync(file, catalog.replace(/^( {2}drizzle-(?:orm|kit)): .*$/gm, `$1: ${version}`));
}

function test({ name, folder }) {
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
  const { numPassedTests = 0, testResults = [] } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  if (testResults.length === 0)
    return { passed: 0, failed: 1, messages: [`No test ran: ${output.trim().slice(-140)}`] };
  // A file that cannot be loaded has a message of its own and no tests.
  const messages = testResults.flatMap(({ message, assertionResults }) => [
    ...(assertionResults.length === 0 && message ? [message] : []),
    ...assertionResults.flatMap(({ failureMessages }) => failureMessages.slice(0, 1)),
  ]);
  return { passed: numPassedTests, failed: messages.length, messages: messages.map((text) => text.split('\n')[0]) };
}

/** Each line once, and how often it came. */
function tell(title, lines) {
  if (lines.length === 0) return;
  const counts = new Map();
  for (const line of lines) {
    const text = line
      .replaceAll(copy, '')
      .replace(/\(\d+,\d+\)/, '')
      .slice(0, 160);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  console.log(`\n## ${title}\n`);
  for (const [text, count] of [...counts].sort((a, b) => b[1] - a[1])) console.log(`- ${count} × ${text}`);
}
