import { parseArgs } from 'node:util';
import type { QZPayRetentionRule } from '@qzpay/repositories';
import type { QZPayErasedRows, QZPayEraseOptions, QZPayEraseReport } from '../maintenance/erase-customer.js';
import type { QZPayPurgeResult, QZPayRetention } from '../maintenance/purge.js';
import {
  COMMON_OPTIONS,
  type CommandEnvironment,
  EXIT,
  heading,
  Mistake,
  modesOf,
  runCommand,
  type Target,
  targetOf,
  wholeNumber,
  withEachMode,
} from './command.js';

export const MAINTAIN_HELP = `Usage: qzpay-maintain purge [options]
       qzpay-maintain erase <customer id> --mode <live|test> [options]
       qzpay-maintain erase --email <address> --mode <live|test> [options]

Commands
  purge    remove for good what has been kept long enough
  erase    replace the personal data of a customer, or of a guest who left an address at a checkout without being one;
           invoices, payments and the audit log's chain stay

Options
  --database-url <url>          the database; default: environment variable DATABASE_URL
  --schema <name>               PostgreSQL schema; default: qzpay
  --mode <live|test|both>       purge: default both; erase: must be given
  --email <address>             erase: of the guest; default: environment variable QZPAY_ERASE_EMAIL, which lists of
                                processes do not show
  --dry-run                     count what would be done, and change nothing
  --keep <rule>=<days|forever>  purge: other days than the default, by the rule's name in the report; may be repeated
  --only <rule>                 purge: one rule; may be repeated
  --batch-size <n>              rows of one transaction at most; default: purge 1000, erase 500
  --json                        print JSON
  --help, --version

Exit codes: 0 done, 2 wrong arguments, 3 could not finish; run it again to go on.
`;

type Person = { readonly customerId: string } | { readonly email: string };

interface Invocation {
  readonly target: Target;
  readonly modes: readonly boolean[];
  /** Whom to erase; `undefined` purges. */
  readonly person: Person | undefined;
  readonly retention: QZPayRetention;
  readonly only: readonly QZPayRetentionRule[] | undefined;
  readonly dryRun: boolean;
  readonly batchSize: number | undefined;
  readonly json: boolean;
}

/** Runs `qzpay-maintain` and resolves with its exit code. */
export function runMaintain(environment: CommandEnvironment): Promise<number> {
  return runCommand(
    'qzpay-maintain',
    MAINTAIN_HELP,
    environment,
    () => interpret(environment),
    (invocation) =>
      invocation.person === undefined
        ? purge(invocation, environment)
        : erase(invocation, invocation.person, environment),
  );
}

function interpret({ argv, env }: CommandEnvironment): Invocation | 'help' | 'version' {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      ...COMMON_OPTIONS,
      'dry-run': { type: 'boolean' },
      keep: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      email: { type: 'string' },
      'batch-size': { type: 'string' },
    },
  });
  if (values.help) return 'help';
  if (values.version) return 'version';
  const [command, customerId, ...rest] = positionals;
  if (command !== 'purge' && command !== 'erase') throw new Mistake('Give a command: purge or erase.');
  if (rest.length > 0 || (command === 'purge' && customerId !== undefined))
    throw new Mistake('There are too many arguments.');
  if (values.email !== undefined && positionals.join() !== 'erase')
    throw new Mistake('--email belongs to erase, without the id of a customer.');
  const modes = modesOf(values.mode);
  const person = command === 'erase' ? personOf(customerId, values.email ?? env['QZPAY_ERASE_EMAIL']) : undefined;
  if (person !== undefined) {
    if (modes.length > 1 || values.mode === undefined) throw new Mistake('erase needs --mode live or --mode test.');
    if (values.keep !== undefined || values.only !== undefined) throw new Mistake('--keep and --only belong to purge.');
  }
  return {
    target: targetOf(values, env),
    modes,
    person,
    retention: Object.fromEntries((values.keep ?? []).map(daysOf)),
    only: values.only as QZPayRetentionRule[] | undefined,
    dryRun: values['dry-run'] === true,
    batchSize: wholeNumber('batch-size', values['batch-size'], 1),
    json: values.json === true,
  };
}

function personOf(customerId: string | undefined, email: string | undefined): Person {
  if (customerId) return { customerId };
  if (customerId === undefined && email) return { email };
  throw new Mistake('erase needs the id of a customer, or the e-mail of a guest.');
}

function daysOf(text: string): [string, number | null] {
  const [rule, days, ...rest] = text.split('=');
  if (rule && rest.length === 0 && days === 'forever') return [rule, null];
  if (rule && rest.length === 0 && /^\d{1,6}$/.test(days ?? '')) return [rule, Number(days)];
  throw new Mistake('--keep is written <rule>=<days> or <rule>=forever.');
}

async function purge(invocation: Invocation, environment: CommandEnvironment): Promise<number> {
  const { target, modes, json, person: _, ...options } = invocation;
  const { stdout } = environment;
  const results = await withEachMode(environment, target, modes, (storage, mode, bar) =>
    storage.maintenance.purge({
      ...options,
      onProgress: ({ rule, rows }) => bar.update(`${mode} ${rule}`, rows, null),
    }),
  );
  if (json) {
    const modesOfResults = results.map(({ mode, result }) => ({ mode, rules: result }));
    stdout.write(`${JSON.stringify({ dryRun: options.dryRun, modes: modesOfResults }, null, 2)}\n`);
    return EXIT.done;
  }
  stdout.write(`${heading(target)}\n`);
  for (const { mode, result } of results) stdout.write(`\n${mode} data\n${purgeText(result)}`);
  if (options.dryRun) stdout.write('\nNothing was removed: this was a dry run.\n');
  return EXIT.done;
}

function purgeText(results: readonly QZPayPurgeResult[]): string {
  const width = Math.max(...results.map(({ rule }) => rule.length));
  return results
    .map(({ rule, days, before, rows }) => {
      const kept = before === null ? 'kept for ever' : `older than ${days} days, before ${before.toISOString()}`;
      return `  ${String(rows).padStart(10)}  ${rule.padEnd(width)}  ${kept}\n`;
    })
    .join('');
}

async function erase(invocation: Invocation, person: Person, environment: CommandEnvironment): Promise<number> {
  const { target, modes, json, dryRun, batchSize } = invocation;
  const { stdout } = environment;
  const [found] = await withEachMode(environment, target, modes, ({ maintenance }, _mode, bar) => {
    const options: QZPayEraseOptions = {
      dryRun,
      batchSize,
      onProgress: ({ table, rows }) => bar.update(table, rows, null),
    };
    return 'email' in person
      ? maintenance.eraseGuest(person.email, options)
      : maintenance.eraseCustomer(person.customerId, options);
  });
  const report = found?.result as QZPayErasedRows | QZPayEraseReport;
  stdout.write(
    json ? `${JSON.stringify({ dryRun, ...report }, null, 2)}\n` : `${heading(target)}\n\n${eraseText(report, dryRun)}`,
  );
  return EXIT.done;
}

function eraseText(report: QZPayErasedRows | QZPayEraseReport, dryRun: boolean): string {
  const { tables, rows } = report;
  const lines = tables.map(({ table, rows: count }) => `  ${String(count).padStart(10)}  ${table}`);
  lines.push(`${rows} rows ${dryRun ? 'would be erased: this was a dry run.' : 'erased.'}`);
  if ('waitingEvents' in report && report.waitingEvents > 0)
    lines.push(`${report.waitingEvents} events wait for their handler: erase again once they are handled.`);
  return `${lines.join('\n')}\n`;
}
