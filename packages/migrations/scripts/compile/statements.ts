import { collate, keyedTextColumns, type Snapshot } from './collation.js';

const BREAKPOINT = '--> statement-breakpoint';
const BREAKING = /^-- qzpay: breaking$/m;

/** The statements of a migration file as the runner will send them, one by one. */
export function compileStatements(source: string, snapshot: Snapshot | undefined): readonly string[] {
  const keyed = snapshot === undefined ? new Set<string>() : keyedTextColumns(snapshot);
  return (
    source
      .split(BREAKPOINT)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '')
      // The runner creates the schema, after a look whether it has to.
      .filter((statement) => !statement.startsWith('CREATE SCHEMA '))
      .map((statement) => collate(statement, keyed))
  );
}

/** Whether a line `-- qzpay: breaking` says that older releases must not run on a database with this step. */
export function isBreaking(source: string): boolean {
  return BREAKING.test(source);
}

/** The file that is shipped and whose SHA-256 is the checksum. */
export function shippedFile(statements: readonly string[]): string {
  return `${statements.join('\n\n')}\n`;
}
