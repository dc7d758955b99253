import type { Bench } from '../bench.js';
import { fillBilling } from '../support/fill-billing.js';
import { short } from '../support/statistics.js';

const LINES = 5;

/** Every check of `storage.verify` over invoices with lines, usage and payments that are sound: rate and memory. */
export async function measureVerify(bench: Bench): Promise<void> {
  const { ours, raw } = await bench.empty();
  if (ours === undefined) return;
  const invoices = Math.ceil(bench.options.rows / 10);
  await fillBilling(raw, invoices, LINES);
  await ours.repositories.usageRollups.rebuild();
  const rows: string[][] = [];
  const before = process.memoryUsage.rss();
  for (const name of [...ours.repositories.checks.all.map((check) => check.name), 'invoice-numbers']) {
    const started = performance.now();
    const { checks, errors, warnings } = await ours.verify({ only: [name] });
    if (errors + warnings > 0) throw new Error(`${name} found something in sound data`);
    const checked = checks[0]?.checked ?? 0;
    const grown = (process.memoryUsage.rss() - before) / 1e6;
    rows.push([name, String(checked), short(checked / ((performance.now() - started) / 1000)), grown.toFixed(0)]);
  }
  bench.section.addTable(['check', 'rows', 'per second', 'process grew by, MB'], rows);
  bench.section.notes.push(`${invoices} invoices with ${LINES} lines each.`);
}
