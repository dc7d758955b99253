import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BenchOptions } from '../options.js';
import { SERVER_SETTINGS } from '../support/server.js';
import { written } from '../support/statistics.js';
import { plotOf } from './plot.js';
import { listed } from './print.js';
import type { ReportTable, Section } from './section.js';

export interface Run {
  readonly options: BenchOptions;
  readonly sections: readonly Section[];
  /** Of the server, as it tells itself. */
  readonly postgres: string;
  readonly started: Date;
  readonly reference: string;
}

/** Writes `RESULTS.md` and a plot for each group into the folder. */
export async function writeResults(folder: string, run: Run): Promise<void> {
  await mkdir(path.join(folder, 'plots'), { recursive: true });
  for (const { title, bars } of run.sections) {
    if (bars.length > 0) await writeFile(plotFile(folder, title), plotOf(title, run.reference, bars));
  }
  await writeFile(path.join(folder, 'RESULTS.md'), resultsOf(run));
}

const plotFile = (folder: string, title: string) => path.join(folder, 'plots', `${title}.svg`);

function resultsOf({ options, sections, postgres, started }: Run): string {
  const verdicts = sections.flatMap((section) => section.verdicts);
  const minutes = (Date.now() - started.getTime()) / 60_000;
  const loads = sections.map(({ load }) => load);
  const settings = Object.entries(SERVER_SETTINGS).map(([name, value]) => `\`${name} = ${value}\``);
  return `# Results

Written by \`pnpm bench\`; do not edit. How to read and repeat it: [README](README.md).

- ${started.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${minutes.toFixed(1)} minutes, ${options.seconds} s per comparison; load average of the machine before each group
  ${Math.min(...loads).toFixed(1)}–${Math.max(...loads).toFixed(1)}, of which this run makes up to ${os.availableParallelism()}.
- ${os.availableParallelism()} cores (${os.cpus()[0]?.model ?? 'unknown'}), ${Math.round(os.totalmem() / 2 ** 30)} GiB, client and server on the same machine; Node ${process.version}, PostgreSQL ${postgres}, driver ${options.driver}, pool 10.
- ${settings.join(', ')}.
- Ratios are medians of rounds in which all contenders take turns, [least–most]. CPU is that of the client's process, per call.

## Targets

${markdown({
  head: ['promise', 'target', 'measured', 'met'],
  rows: verdicts.map(({ promise, target, result, met }) => [promise, target, written(result), met ? 'yes' : '**no**']),
})}

${verdicts.filter(({ met }) => met).length} of ${verdicts.length} met.
${sections.map(sectionOf).join('')}`;
}

function sectionOf({ title, tables, bars, notes, profiles, seconds, load }: Section): string {
  return `
## ${title}

${seconds.toFixed(0)} s, load ${load.toFixed(1)}.
${notes.map((note) => `\n${note}\n`).join('')}
${tables.map((table) => `${markdown(table)}\n`).join('\n')}${bars.length > 0 ? `\n![throughput](plots/${title}.svg)\n` : ''}${profiles
  .map(
    ({ title: of, profile }) =>
      `\nProfile of ${of}, µs per call: ${listed(profile.packages.slice(0, 6))}. Functions: ${listed(profile.functions)}.\n`,
  )
  .join('')}`;
}

function markdown({ head, rows }: ReportTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
