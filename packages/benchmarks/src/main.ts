import path from 'node:path';
import { Bench } from './bench.js';
import { GROUPS } from './groups/index.js';
import { type BenchOptions, parseOptions } from './options.js';
import { printSection, printVerdicts } from './report/print.js';
import { writeResults } from './report/results.js';
import { Section } from './report/section.js';
import { startDurableServer } from './support/server.js';

const options = readOptions();
const started = new Date();
const server = await startDurableServer();
try {
  const bench = await Bench.on(server, options);
  try {
    for (const [name, measure] of Object.entries(GROUPS)) {
      if (options.only.length > 0 && !options.only.includes(name)) continue;
      const section = new Section(name);
      bench.sections.push(section);
      const began = performance.now();
      await measure(bench);
      section.seconds = (performance.now() - began) / 1000;
      if (options.smoke) console.info(`${name} runs; ${section.comparisons} comparisons return equal results.`);
      else printSection(section);
    }
    if (!options.smoke) printVerdicts(bench.sections.flatMap((section) => section.verdicts));
    // Only a whole run of our own storage makes the results that are kept.
    if (!options.smoke && options.only.length === 0 && options.storage === undefined) {
      const { raw } = await bench.small();
      const [version] = await raw.query({ name: 'version', text: 'show server_version' }, []);
      const postgres = String(version?.['server_version']);
      const folder = path.join(import.meta.dirname, '..');
      await writeResults(folder, { options, sections: bench.sections, postgres, started, reference: raw.name });
    }
  } finally {
    await bench.close();
  }
} finally {
  await server.stop();
}

function readOptions(): BenchOptions {
  try {
    const options = parseOptions(process.argv.slice(2).filter((argument) => argument !== '--'));
    const unknown = options.only.filter((name) => !Object.hasOwn(GROUPS, name));
    if (unknown.length > 0) throw new Error(`No group ${unknown.join(', ')}: ${Object.keys(GROUPS).join(', ')}`);
    return options;
  } catch (error) {
    console.error(`${(error as Error).message}\nAll options: packages/benchmarks/README.md`);
    process.exit(2);
  }
}
