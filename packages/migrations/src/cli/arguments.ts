import { parseArgs } from 'node:util';
import { DATABASE_URL_FORM, isDatabaseUrl } from './database-url.js';

type Command = 'up' | 'status' | 'plan' | 'check';

export interface Invocation {
  readonly command: Command;
  readonly databaseUrl: string | undefined;
  readonly schema: string | undefined;
  readonly integrity: boolean;
  readonly lockTimeout: number | undefined;
  readonly json: boolean;
  readonly pendingOnly: boolean;
}

export type Arguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'mistake'; readonly message: string }
  | { readonly kind: 'run'; readonly invocation: Invocation };

export const HELP = `Usage: qzpay-migrate <command> [options]

Commands
  up       apply the steps that the database does not have yet
  status   list the steps and their state
  plan     print the complete SQL of the steps, for psql; connects to nothing unless --pending is given
  check    compare ledger and live tables with this release; exits 1 when something is pending or differs

Options
  --database-url <url>   the database; default: environment variable DATABASE_URL
  --schema <name>        PostgreSQL schema; default: qzpay
  --no-integrity         without the triggers that keep audit log, refunds and usage records append-only
  --lock-timeout <ms>    up: how long to wait for a lock; default: 30000, 0 waits for ever
  --json                 status: print JSON
  --pending              plan: only the steps that the database does not have
  --help, --version

Exit codes: 0 done, 1 refused, failed or (check) different, 2 wrong arguments.
`;

const COMMANDS: readonly string[] = ['up', 'status', 'plan', 'check'] satisfies Command[];

// Options that only one command understands: elsewhere they would be accepted and do nothing.
const ONLY_FOR = { json: 'status', pending: 'plan', 'lock-timeout': 'up' } as const;

export function parseArguments(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Arguments {
  try {
    return interpret(parse(argv), env);
  } catch (error) {
    return { kind: 'mistake', message: withoutAdvice((error as Error).message) };
  }
}

type Parsed = ReturnType<typeof parse>;

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      'database-url': { type: 'string' },
      schema: { type: 'string' },
      'no-integrity': { type: 'boolean' },
      'lock-timeout': { type: 'string' },
      json: { type: 'boolean' },
      pending: { type: 'boolean' },
      help: { type: 'boolean' },
      version: { type: 'boolean' },
    },
  });
}

function interpret({ values, positionals }: Parsed, env: Readonly<Record<string, string | undefined>>): Arguments {
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [command, ...rest] = positionals;
  if (command === undefined) return { kind: 'mistake', message: 'Give a command: up, status, plan or check.' };
  if (!isCommand(command)) return { kind: 'mistake', message: `Unknown command${shown(command)}` };
  if (rest.length > 0) return { kind: 'mistake', message: `Unexpected argument${shown(rest[0])}` };
  for (const [option, only] of Object.entries(ONLY_FOR)) {
    if (option in values && command !== only) {
      return { kind: 'mistake', message: `--${option} belongs to the command ${only}.` };
    }
  }
  const timeout = values['lock-timeout'];
  if (timeout !== undefined && !/^\d+$/.test(timeout)) {
    return { kind: 'mistake', message: '--lock-timeout is a whole number of milliseconds.' };
  }
  const databaseUrl = values['database-url'] ?? env['DATABASE_URL'];
  const needsDatabase = command !== 'plan' || values.pending === true;
  if (needsDatabase && !databaseUrl) {
    return { kind: 'mistake', message: 'No database given: use --database-url or set DATABASE_URL.' };
  }
  if (needsDatabase && !isDatabaseUrl(databaseUrl)) {
    return { kind: 'mistake', message: `The database is given as ${DATABASE_URL_FORM}.` };
  }
  return {
    kind: 'run',
    invocation: {
      command,
      databaseUrl,
      schema: values.schema,
      integrity: values['no-integrity'] !== true,
      lockTimeout: timeout === undefined ? undefined : Number(timeout),
      json: values.json === true,
      pendingOnly: values.pending === true,
    },
  };
}

function isCommand(text: string): text is Command {
  return COMMANDS.includes(text);
}

/** A connection URL in the wrong place holds a password, and error output ends up in logs. */
function shown(argument = ''): string {
  return /^[\w-]+$/.test(argument) ? `: ${argument}` : '. The database is given with --database-url.';
}

/** Drops the parser's hint on positional arguments that begin with a dash, which this command does not have. */
function withoutAdvice(message: string): string {
  return message.split('. To specify')[0] ?? message;
}
