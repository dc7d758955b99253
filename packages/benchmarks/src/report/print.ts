import Table from 'cli-table3';
import { written } from '../support/statistics.js';
import type { Section, Verdict } from './section.js';

export function printSection(section: Section): void {
  console.info(`\n${section.title} (${section.seconds.toFixed(0)} s, load ${section.load.toFixed(1)})`);
  for (const { head, rows } of section.tables) {
    const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
    table.push(...rows.map((row) => [...row]));
    console.info(table.toString());
  }
  for (const note of section.notes) console.info(note);
  for (const { title, profile } of section.profiles) {
    console.info(`Profile of ${title}, µs per call: ${listed(profile.packages.slice(0, 6))}`);
    console.info(`  ${listed(profile.functions)}`);
  }
}

export function printVerdicts(verdicts: readonly Verdict[]): void {
  const table = new Table({
    head: ['promise', 'target', 'measured', ''],
    style: { head: [], border: [], compact: true },
  });
  table.push(
    ...verdicts.map(({ promise, target, result, met }) => [promise, target, written(result), met ? '' : 'MISSED']),
  );
  if (verdicts.length > 0) console.info(table.toString());
}

export function listed(spent: readonly (readonly [string, number])[]): string {
  return spent.map(([name, microseconds]) => `${name} ${microseconds.toFixed(1)}`).join(' · ');
}
