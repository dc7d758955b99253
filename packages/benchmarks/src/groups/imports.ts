import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Bench } from '../bench.js';
import { quantile, spreadOf, written } from '../support/statistics.js';

const run = promisify(execFile);
const ROUNDS = 15;
const MODULES = {
  ours: ['@qzpay/adapter/postgres-js'],
  theirs: ['drizzle-orm/postgres-js', 'postgres'],
};

/** What importing costs, each time in a new process: milliseconds. */
export async function measureImports(bench: Bench): Promise<void> {
  const rounds = bench.options.smoke ? 1 : ROUNDS;
  const measured: { ours: number; theirs: number }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const oursFirst = round % 2 === 0;
    const first = await importTime(oursFirst ? MODULES.ours : MODULES.theirs);
    const second = await importTime(oursFirst ? MODULES.theirs : MODULES.ours);
    // The first round brings the files into memory.
    if (round > 0) measured.push(oursFirst ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  const ratio = measured.map(({ ours, theirs }) => ours / theirs);
  bench.section.addTable(
    ['import', 'ms', 'ratio'],
    [
      [
        MODULES.ours.join(' + '),
        quantile(
          measured.map(({ ours }) => ours),
          0.5,
        ).toFixed(0),
        written(spreadOf(ratio)),
      ],
      [
        MODULES.theirs.join(' + '),
        quantile(
          measured.map(({ theirs }) => theirs),
          0.5,
        ).toFixed(0),
        '1',
      ],
    ],
  );
  bench.section.promise(`time to import ${MODULES.ours[0]} / ${MODULES.theirs.join(' + ')}`, { most: 1.3 }, ratio);
}

async function importTime(modules: readonly string[]): Promise<number> {
  const source = `const started = performance.now();
${modules.map((module) => `await import(${JSON.stringify(module)});`).join('\n')}
console.log(performance.now() - started);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: import.meta.dirname,
  });
  return Number(stdout);
}
