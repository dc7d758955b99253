import { isQZPayError } from '@qzpay/core';
import {
  DATABASE_URL_FORM,
  describeDatabase,
  isDatabaseUrl,
  LIBRARY_VERSION,
  redact,
} from '@qzpay/migrations/command-line';
import type { QZPayStorage } from '../storage.js';
import { type ProgressBar, progressBar } from './progress.js';

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A storage as the commands need it. */
export type CommandStorage = Pick<QZPayStorage, 'verify' | 'maintenance' | 'close'>;

/** The database that a command is for. */
export interface Target {
  readonly url: string;
  readonly schema: string | undefined;
}

/** What a command touches of the world. */
export interface CommandEnvironment {
  /** Arguments after the name of the command. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: NodeJS.WriteStream | Output;
  readonly open: (target: Target, livemode: boolean) => Promise<CommandStorage>;
}

/** Arguments that make no sense; its message is for the user. */
export class Mistake extends Error {}

export const EXIT = { done: 0, found: 1, mistaken: 2, failed: 3 } as const;

/** The modes that an option names, live data first. */
export function modesOf(mode: string | undefined): readonly boolean[] {
  switch (mode) {
    case undefined:
    case 'both':
      return [true, false];
    case 'live':
      return [true];
    case 'test':
      return [false];
    default:
      throw new Mistake('--mode is live, test or both.');
  }
}

const nameOfMode = (livemode: boolean): string => (livemode ? 'live' : 'test');

/** @throws Mistake when no database is given, or none of PostgreSQL. */
export function targetOf(
  values: { readonly 'database-url'?: string | undefined; readonly schema?: string | undefined },
  env: CommandEnvironment['env'],
): Target {
  const url = values['database-url'] ?? env['DATABASE_URL'];
  if (!url) throw new Mistake('No database given: use --database-url or set DATABASE_URL.');
  if (!isDatabaseUrl(url)) throw new Mistake(`The database is given as ${DATABASE_URL_FORM}.`);
  return { url, schema: values.schema };
}

export function heading({ url, schema = 'qzpay' }: Target): string {
  return `Schema ${JSON.stringify(schema)} on ${describeDatabase(url)}`;
}

/** A whole number of at least `least`. */
export function wholeNumber(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  throw new Mistake(`--${option} is a whole number of at least ${least}.`);
}

/** What `parseArgs` is told of the options that every command has. */
export const COMMON_OPTIONS = {
  'database-url': { type: 'string' },
  schema: { type: 'string' },
  mode: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const;

/** Calls `use` with a storage of each mode, one after the other, and with a bar for its progress. */
export async function withEachMode<Result>(
  environment: CommandEnvironment,
  target: Target,
  modes: readonly boolean[],
  use: (storage: CommandStorage, mode: string, bar: ProgressBar) => Promise<Result>,
): Promise<{ readonly mode: string; readonly result: Result }[]> {
  const results: { mode: string; result: Result }[] = [];
  for (const livemode of modes) {
    const storage = await environment.open(target, livemode);
    const bar = progressBar(environment.stderr);
    try {
      const mode = nameOfMode(livemode);
      results.push({ mode, result: await use(storage, mode, bar) });
    } finally {
      bar.stop();
      await storage.close();
    }
  }
  return results;
}

/**
 * Runs a command and resolves with its exit code; never rejects.
 *
 * @param interpret reads the arguments; throws a {@link Mistake} or what `parseArgs` throws.
 */
export async function runCommand<Invocation extends { readonly target: Target }>(
  name: string,
  help: string,
  environment: CommandEnvironment,
  interpret: () => Invocation | 'help' | 'version',
  run: (invocation: Invocation) => Promise<number>,
): Promise<number> {
  const { stdout, stderr } = environment;
  let invocation: Invocation | 'help' | 'version';
  try {
    invocation = interpret();
  } catch (error) {
    stderr.write(`${(error as Error).message.split('. To specify')[0]}\nSee ${name} --help.\n`);
    return EXIT.mistaken;
  }
  if (typeof invocation === 'string') {
    stdout.write(invocation === 'help' ? help : `${LIBRARY_VERSION}\n`);
    return EXIT.done;
  }
  try {
    return await run(invocation);
  } catch (error) {
    stderr.write(`${redact(errorText(error), invocation.target.url)}\n`);
    return isQZPayError(error, 'validation') ? EXIT.mistaken : EXIT.failed;
  }
}

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let deepest: unknown = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  const text = (one: unknown) => (one instanceof Error ? one.message || one.name : String(one));
  // An opener tells the reason of the migrations as its own.
  return text(deepest) === text(error) ? text(error) : `${text(error)}\n  cause: ${text(deepest)}`;
}
