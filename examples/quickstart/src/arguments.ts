import { parseArgs } from 'node:util';

export const USAGE = `Usage: demo [--database-url postgres://user:password@host:port/database]

Without arguments the story runs on an embedded PostgreSQL that is gone afterwards. With a URL it runs on that server,
in a schema of its own that is dropped at the end.`;

export interface DemoArguments {
  readonly databaseUrl: string | undefined;
  readonly help: boolean;
}

/** @throws TypeError for an argument that the demo does not know. */
export function parseDemoArguments(args: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: args.filter((argument) => argument !== '--'),
    options: { 'database-url': { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    strict: true,
    allowPositionals: false,
  });
  return { databaseUrl: values['database-url'], help: values.help };
}
