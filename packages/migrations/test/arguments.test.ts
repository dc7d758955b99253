import { describe, expect, it } from 'vitest';
import { type Invocation, parseArguments } from '../src/cli/arguments.js';

const DATABASE_URL = 'postgres://user:secret@host/database';

function parse(argv: readonly string[], env: Readonly<Record<string, string>> = { DATABASE_URL }) {
  return parseArguments(argv, env);
}

function invocation(argv: readonly string[], env?: Readonly<Record<string, string>>): Invocation {
  const args = parse(argv, env);
  if (args.kind !== 'run') throw new Error(`Not a run: ${JSON.stringify(args)}`);
  return args.invocation;
}

describe('arguments', () => {
  it('are a command, and defaults for the rest', () => {
    expect(invocation(['up'])).toEqual({
      command: 'up',
      databaseUrl: DATABASE_URL,
      schema: undefined,
      integrity: true,
      lockTimeout: undefined,
      json: false,
      pendingOnly: false,
    });
  });

  it('carry every option to where it belongs', () => {
    const up = ['up', '--database-url', 'postgres://other', '--schema', 'a b', '--no-integrity', '--lock-timeout=0'];
    expect(invocation(up)).toMatchObject({
      databaseUrl: 'postgres://other',
      schema: 'a b',
      integrity: false,
      lockTimeout: 0,
    });
    expect(invocation(['status', '--json'])).toMatchObject({ command: 'status', json: true });
    expect(invocation(['plan', '--pending'])).toMatchObject({ command: 'plan', pendingOnly: true });
  });

  it('may stand before the command', () => {
    expect(invocation(['--schema', 'billing', 'check'])).toMatchObject({ command: 'check', schema: 'billing' });
  });

  it('ask for a database only where one is needed', () => {
    const missing = 'No database given: use --database-url or set DATABASE_URL.';
    for (const argv of [['up'], ['status'], ['check'], ['plan', '--pending']]) {
      expect(parse(argv, {})).toEqual({ kind: 'mistake', message: missing });
    }
    expect(invocation(['plan'], {})).toMatchObject({ databaseUrl: undefined });
    expect(parse(['up', '--database-url='])).toEqual({ kind: 'mistake', message: missing });
  });

  it('refuse what is no address of PostgreSQL, without showing it', () => {
    for (const url of [
      'foo',
      'mysql://user:secret@host/db',
      'host=localhost',
      'postgres://user:secret@host:99999/db',
      'postgres://user:100%@host/db',
    ]) {
      const message = 'The database is given as postgres://user:password@host:port/database.';
      expect(parse(['up', '--database-url', url])).toEqual({ kind: 'mistake', message });
    }
    for (const url of [
      'postgresql://host',
      'postgres://u:p,w@a:1,b:2/db?sslmode=require',
      'postgres:///db?host=/run',
    ]) {
      expect(invocation(['up', '--database-url', url])).toMatchObject({ databaseUrl: url });
    }
  });

  it('ask for help or the version, whatever else is there', () => {
    expect(parse(['--help'])).toEqual({ kind: 'help' });
    expect(parse(['nonsense', '--help'], {})).toEqual({ kind: 'help' });
    expect(parse(['up', '--version'], {})).toEqual({ kind: 'version' });
  });
});

describe('a mistake in the arguments', () => {
  it.each<[string[], string]>([
    [[], 'Give a command: up, status, plan or check.'],
    [['down'], 'Unknown command: down'],
    [['up', 'now'], 'Unexpected argument: now'],
    [['up', '--force'], "Unknown option '--force'"],
    [['up', '-h'], "Unknown option '-h'"],
    [['up', '--json'], '--json belongs to the command status.'],
    [['status', '--pending'], '--pending belongs to the command plan.'],
    [['check', '--lock-timeout', '5'], '--lock-timeout belongs to the command up.'],
    [['up', '--lock-timeout', '5s'], '--lock-timeout is a whole number of milliseconds.'],
    [['up', '--lock-timeout', ''], '--lock-timeout is a whole number of milliseconds.'],
    [['up', '--lock-timeout', '1.5'], '--lock-timeout is a whole number of milliseconds.'],
  ])('%j is explained', (argv, message) => {
    expect(parse(argv)).toEqual({ kind: 'mistake', message });
  });

  it('is explained where an option lacks its value', () => {
    for (const argv of [
      ['up', '--schema'],
      ['up', '--schema', '--json'],
    ]) {
      expect(parse(argv)).toMatchObject({ kind: 'mistake', message: expect.stringContaining('--schema') });
    }
  });

  it('never quotes a connection URL in the wrong place', () => {
    const places = [
      [DATABASE_URL],
      ['up', DATABASE_URL],
      ['up', `--databaseurl=${DATABASE_URL}`],
      ['up', 'host=localhost password=secret'],
      ['status', `--json=${DATABASE_URL}`],
      ['up', `--lock-timeout=${DATABASE_URL}`],
    ];
    for (const argv of places) {
      const args = parse(argv, {});
      expect(args.kind, argv.join(' ')).toBe('mistake');
      expect(JSON.stringify(args), argv.join(' ')).not.toContain('secret');
    }
  });
});
