import { QZPayMigrationError } from '../errors.js';
import { checkMigrations, getMigrationStatus, planMigrations, runMigrations } from '../migrations.js';
import { DEFAULT_SCHEMA } from '../options.js';
import type { QZPayMigrationProgress } from '../run-steps.js';
import { LIBRARY_VERSION } from '../version.js';
import { HELP, type Invocation, parseArguments } from './arguments.js';
import type { Connection } from './connect.js';
import { checkReport, errorReport, progressLine, statusJson, statusTable } from './report.js';
import { describeDatabase, redact } from './secrets.js';

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface CliEnvironment {
  /** Arguments after the name of the command. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly connect: (url: string) => Promise<Connection>;
}

/** Runs one command and resolves with its exit code; never rejects. */
export async function runCli(cli: CliEnvironment): Promise<number> {
  const args = parseArguments(cli.argv, cli.env);
  switch (args.kind) {
    case 'help':
      cli.stdout.write(HELP);
      return 0;
    case 'version':
      cli.stdout.write(`${LIBRARY_VERSION}\n`);
      return 0;
    case 'mistake':
      cli.stderr.write(`${args.message}\nSee qzpay-migrate --help.\n`);
      return 2;
    case 'run':
      return run(args.invocation, cli).catch((error: unknown) => {
        cli.stderr.write(`${redact(errorReport(error), args.invocation.databaseUrl)}\n`);
        return exitCodeOf(error);
      });
  }
}

function exitCodeOf(error: unknown): number {
  const isMistake =
    error instanceof QZPayMigrationError && ['invalid_schema_name', 'invalid_option'].includes(error.code);
  return isMistake ? 2 : 1;
}

function run(invocation: Invocation, cli: CliEnvironment): Promise<number> {
  switch (invocation.command) {
    case 'up':
      return connected(invocation, cli, (connection) => up(connection, invocation, cli.stdout));
    case 'status':
      return connected(invocation, cli, (connection) => status(connection, invocation, cli.stdout));
    case 'check':
      return connected(invocation, cli, (connection) => check(connection, invocation, cli.stdout));
    case 'plan':
      return invocation.pendingOnly
        ? connected(invocation, cli, (connection) => planPending(connection, invocation, cli.stdout))
        : plan(invocation, cli.stdout);
  }
}

async function connected(
  { databaseUrl = '' }: Invocation,
  { connect }: CliEnvironment,
  fn: (connection: Connection) => Promise<number>,
): Promise<number> {
  const connection = await connect(databaseUrl);
  try {
    return await fn(connection);
  } finally {
    await connection.close();
  }
}

async function up({ database }: Connection, invocation: Invocation, out: Output): Promise<number> {
  out.write(`${heading(invocation)}\n`);
  const onStep = (progress: QZPayMigrationProgress) => showProgress(progress, out);
  const { applied } = await runMigrations(database, { ...invocation, onStep });
  out.write(
    applied.length === 0
      ? 'Nothing to apply.\n'
      : `Applied ${applied.length} ${applied.length === 1 ? 'step' : 'steps'}.\n`,
  );
  return 0;
}

function showProgress(progress: QZPayMigrationProgress, out: Output): void {
  const line = progressLine(progress);
  // On a terminal the line of a running step is overwritten by its outcome; a log gets outcomes only.
  if (progress.phase !== 'started') out.write(out.isTTY ? `\r\u001b[K${line}\n` : `${line}\n`);
  else if (out.isTTY) out.write(`${line} …`);
}

async function status({ database }: Connection, invocation: Invocation, out: Output): Promise<number> {
  const found = await getMigrationStatus(database, invocation);
  if (invocation.json) {
    out.write(`${statusJson(found)}\n`);
    return 0;
  }
  const problem = found.problem === null ? '' : `\n${found.problem.message}\n`;
  out.write(`${heading(invocation)}\n\n${statusTable(found)}\n${problem}`);
  return 0;
}

async function check({ database }: Connection, invocation: Invocation, out: Output): Promise<number> {
  const found = await checkMigrations(database, invocation);
  out.write(`${heading(invocation)}\n${checkReport(found)}\n`);
  return found.ok ? 0 : 1;
}

async function plan(invocation: Invocation, out: Output): Promise<number> {
  out.write(planMigrations(invocation));
  return 0;
}

async function planPending({ database }: Connection, invocation: Invocation, out: Output): Promise<number> {
  const { steps, problem } = await getMigrationStatus(database, invocation);
  if (problem !== null) throw problem;
  const applied = steps.filter((step) => step.state === 'applied').map((step) => step.id);
  out.write(planMigrations({ ...invocation, applied }));
  return 0;
}

function heading({ schema = DEFAULT_SCHEMA, databaseUrl = '' }: Invocation): string {
  return `Schema ${JSON.stringify(schema)} on ${describeDatabase(databaseUrl)}`;
}
