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

interface Import {
  readonly elapsed: number;
  readonly cpu: number;
}

/** What importing costs, each time in a new process: milliseconds. */
export async function measureImports(bench: Bench): Promise<void> {
  const rounds = bench.options.smoke ? 1 : ROUNDS;
  const measured: { ours: Import; theirs: Import }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const oursFirst = round % 2 === 0;
    const first = await importTime(oursFirst ? MODULES.ours : MODULES.theirs);
    const second = await importTime(oursFirst ? MODULES.theirs : MODULES.ours);
    // The first round brings the files into memory.
    if (round > 0) measured.push(oursFirst ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  const median = (of: (pair: (typeof measured)[number]) => number) => quantile(measured.map(of), 0.5).toFixed(0);
  const ratio = measured.map(({ ours, theirs }) => ours.elapsed / theirs.elapsed);
  const cpuRatio = measured.map(({ ours, theirs }) => ours.cpu / theirs.cpu);
  const [our, their] = [MODULES.ours.join(' + '), MODULES.theirs.join(' + ')];
  bench.section.addTable(
    ['import', 'ms', 'ratio', 'CPU ms', 'CPU ratio'],
    [
      [our, median(({ ours }) => ours.elapsed), ratios(ratio), median(({ ours }) => ours.cpu), ratios(cpuRatio)],
      [their, median(({ theirs }) => theirs.elapsed), '1', median(({ theirs }) => theirs.cpu), '1'],
    ],
  );
  bench.section.promise(`time to import ${our} / ${their}`, { most: 1.3 }, ratio);
}

const ratios = (values: readonly number[]) => written(spreadOf(values));

async function importTime(modules: readonly string[]): Promise<Import> {
  const source = `const [started, before] = [performance.now(), process.cpuUsage()];
${modules.map((module) => `await import(${JSON.stringify(module)});`).join('\n')}
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ elapsed: performance.now() - started, cpu: (user + system) / 1000 }));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: import.meta.dirname,
  });
  return JSON.parse(stdout) as Import;
}
