import { parseArgs } from 'node:util';
import type { QZPayFinding } from '@qzpay/repositories';
import type { QZPayVerifyOptions, QZPayVerifyReport } from '../maintenance/verify.js';
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

export const VERIFY_HELP = `Usage: qzpay-verify [options]

Checks what no constraint can hold, and reports what is broken. Reads only; may run beside the application.

Options
  --database-url <url>        the database; default: environment variable DATABASE_URL
  --schema <name>             PostgreSQL schema; default: qzpay
  --mode <live|test|both>     default: both
  --only <check>              one check, by its name in the report; may be repeated
  --from, --to <id|instant>   a part of the rows: from an id or an instant of creation (2026-01-31T00:00:00Z) on, up to
                              but without another one. Checks of whole series run only when they are named
  --prefix <series>=<prefix>  the prefix of a series of invoice numbers, where it is not the series; may be repeated
  --max-findings <n>          how many findings to print for each mode; default: 1000. All are counted
  --strict                    warnings count as well
  --json                      print JSON
  --help, --version

Exit codes: 0 nothing is broken, 1 something is, 2 wrong arguments, 3 could not finish.
`;

interface Invocation {
  readonly target: Target;
  readonly modes: readonly boolean[];
  readonly options: QZPayVerifyOptions;
  readonly strict: boolean;
  readonly json: boolean;
}

/** Runs `qzpay-verify` and resolves with its exit code. */
export function runVerify(environment: CommandEnvironment): Promise<number> {
  return runCommand(
    'qzpay-verify',
    VERIFY_HELP,
    environment,
    () => interpret(environment),
    (invocation) => run(invocation, environment),
  );
}

function interpret({ argv, env }: CommandEnvironment): Invocation | 'help' | 'version' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...COMMON_OPTIONS,
      only: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      prefix: { type: 'string', multiple: true },
      'max-findings': { type: 'string' },
      strict: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  if (values.version) return 'version';
  return {
    target: targetOf(values, env),
    modes: modesOf(values.mode),
    options: {
      only: values.only,
      ...bound('from', values.from),
      ...bound('to', values.to),
      prefixes: Object.fromEntries((values.prefix ?? []).map(prefixOf)),
      maxFindings: wholeNumber('max-findings', values['max-findings'], 0),
    },
    strict: values.strict === true,
    json: values.json === true,
  };
}

const DATE = /^\d{4}-\d\d-\d\d(T.*)?$/;

function bound(option: 'from' | 'to', text: string | undefined): QZPayVerifyOptions {
  if (text === undefined) return {};
  if (!DATE.test(text)) return { [`${option}Id`]: text };
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) throw new Mistake(`--${option} looks like an instant and is none.`);
  return { [option]: instant };
}

function prefixOf(text: string): [string, string] {
  const [series, prefix, ...rest] = text.split('=');
  if (!series || !prefix || rest.length > 0) throw new Mistake('--prefix is written <series>=<prefix>.');
  return [series, prefix];
}

async function run(
  { target, modes, options, strict, json }: Invocation,
  environment: CommandEnvironment,
): Promise<number> {
  const { stdout } = environment;
  if (!json) stdout.write(`${heading(target)}\n`);
  const reports = await withEachMode(environment, target, modes, async (storage, mode, bar) => {
    const report = await storage.verify({
      ...options,
      onProgress: ({ check, checked, expected }) => bar.update(`${mode} ${check}`, checked, expected),
    });
    // The report belongs where the bar was.
    bar.stop();
    if (!json) stdout.write(`\n${mode} data\n${reportText(report)}`);
    return report;
  });
  const sum = (count: (report: QZPayVerifyReport) => number) =>
    reports.reduce((total, { result }) => total + count(result), 0);
  const [errors, warnings] = [sum((report) => report.errors), sum((report) => report.warnings)];
  const sound = errors === 0 && (!strict || warnings === 0);
  if (json) {
    const found = reports.map(({ mode, result }) => ({ mode, ...result }));
    stdout.write(`${JSON.stringify({ ok: sound, errors, warnings, modes: found }, null, 2)}\n`);
  } else {
    stdout.write(
      `\n${errors + warnings === 0 ? 'Nothing is broken.' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`}\n`,
    );
  }
  return sound ? EXIT.done : EXIT.found;
}

function reportText({ checks, findings, errors, warnings }: QZPayVerifyReport): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap((check) => {
    const state = check.errors > 0 ? 'BROKEN' : check.warnings > 0 ? 'warned' : 'ok';
    const rows = counted(check.checked, 'row');
    const own = findings.filter((finding) => finding.check === check.name).map(findingLine);
    return [`  ${state.padEnd(6)}  ${check.name.padEnd(width)}  ${rows.padStart(14)}  ${check.promise}`, ...own];
  });
  const left = errors + warnings - findings.length;
  if (left > 0) lines.push(`  … and ${counted(left, 'finding')} more: see --max-findings`);
  return `${lines.join('\n')}\n`;
}

function findingLine({ severity, entity, id, message }: QZPayFinding): string {
  return `          ${severity.padEnd(7)}  ${entity} ${id}: ${message}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
