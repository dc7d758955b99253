import { parseArgs } from 'node:util';
import { fromPostgresJs, runMigrations } from '@qzpay/migrations';
import Table from 'cli-table3';
import { openDatabase, startDurableServer } from '../server.js';
import { fillBilling } from './fill.js';

const { values } = parseArgs({
  options: {
    invoices: { type: 'string', default: '1000000' },
    lines: { type: 'string', default: '5' },
  },
});

const server = await startDurableServer();
try {
  const { url } = await server.createDatabase();
  const { sql, storage } = openDatabase(url, 2);
  await runMigrations(fromPostgresJs(sql));
  await fillBilling(sql, Number(values.invoices), Number(values.lines));
  await storage.repositories.usageRollups.rebuild();
  const before = process.memoryUsage.rss();
  const table = new Table({ head: ['check', 'rows', 'seconds', 'rows/s', 'peak RSS so far, MB', 'findings'] });
  const started = performance.now();
  for (const { name } of [...storage.repositories.checks.all, { name: 'invoice-numbers' }]) {
    const begun = performance.now();
    const { checks, errors, warnings } = await storage.verify({ only: [name] });
    const seconds = (performance.now() - begun) / 1000;
    const rows = checks[0]?.checked ?? 0;
    const peak = process.resourceUsage().maxRSS / 1000;
    table.push([name, rows, seconds.toFixed(1), Math.round(rows / seconds), peak.toFixed(0), errors + warnings]);
    if (errors + warnings > 0) process.exitCode = 1;
  }
  const seconds = (performance.now() - started) / 1000;
  console.info(table.toString());
  console.info(
    `${values.invoices} invoices with ${values.lines} lines each: ${seconds.toFixed(0)} s, ${(before / 1e6).toFixed(0)} MB RSS before.`,
  );
  await sql.end();
} finally {
  await server.stop();
}
