import type { QZPayCatalogueDifference } from '../catalogue.js';
import type { QZPayMigrationCheck } from '../check.js';
import { QZPayMigrationError } from '../errors.js';
import type { QZPayMigrationProgress } from '../run-steps.js';
import { isPending, type QZPayMigrationStatus } from '../status.js';

export function statusTable(status: QZPayMigrationStatus): string {
  const rows = [
    ['step', 'state', 'applied at'],
    ...status.steps.map(({ id, state, appliedAt }) => [id, state, time(appliedAt)]),
    ...status.unknown.map(({ id, breaking, appliedAt }) => [
      id,
      breaking ? 'newer, breaking' : 'newer',
      time(appliedAt),
    ]),
  ];
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [first, second] = [width(0), width(1)];
  return rows
    .map(([step = '', state = '', at = '']) => `${step.padEnd(first)}  ${state.padEnd(second)}  ${at}`.trimEnd())
    .join('\n');
}

function time(instant: Date | null): string {
  return instant === null ? '' : instant.toISOString();
}

/** Instants as ISO 8601 text; the problem as its code, step and message, or null. */
export function statusJson(status: QZPayMigrationStatus): string {
  const { problem } = status;
  const shown = problem && { code: problem.code, step: problem.step, message: problem.message };
  return JSON.stringify({ ...status, problem: shown }, null, 2);
}

export function checkReport({ ok, status, differences }: QZPayMigrationCheck): string {
  const lines: string[] = [];
  if (status.problem !== null) lines.push(status.problem.message);
  else if (isPending(status)) lines.push('Steps are pending: run `qzpay-migrate up`.');
  lines.push(...differences.map(differenceLine));
  lines.push(ok ? 'The database is as this release expects it.' : 'The database is not as this release expects it.');
  return lines.join('\n');
}

function differenceLine({ kind, object, expected, actual }: QZPayCatalogueDifference): string {
  if (kind === 'changed') return `changed  ${object}\n  expected  ${expected}\n  found     ${actual}`;
  return `${kind.padEnd(7)}  ${object}`;
}

export function progressLine({ id, position, total, phase }: QZPayMigrationProgress): string {
  const text = { started: 'applying', applied: 'applied', skipped: 'applied by another migrator' }[phase];
  return `[${position}/${total}] ${id}: ${text}`;
}

/** What went wrong, with the database's own words where the error passes them on. */
export function errorReport(error: unknown): string {
  const cause = error instanceof QZPayMigrationError ? error.cause : undefined;
  return cause === undefined ? textOf(error) : `${textOf(error)}\n  cause: ${textOf(deepest(cause))}`;
}

// The outer layers of a query builder's error repeat the statement.
function deepest(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? deepest(error.cause) : error;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection to a host with several addresses has a code and an empty message.
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}
