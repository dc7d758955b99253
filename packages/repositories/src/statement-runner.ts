import type { QZPayTables } from '@qzpay/schema';
import { type ConstraintCatalogue, constraintCatalogue } from './constraint-catalogue.js';
import { type QZPayDrizzleDatabase, runOn } from './database.js';
import { databaseFailureOf, mapCommitError, mapDriverError, type StatementContext } from './database-errors.js';
import { type QZPayQueryEvent, queryEvent } from './query-events.js';
import { compile, type QZPayStatement, type StatementSource, type Values } from './statements.js';
import { type QZPayTransactionScope, QZPayTransactions } from './transactions.js';

export interface StatementRunnerOptions {
  readonly preparedStatements?: boolean | undefined;
  readonly onQuery?: ((event: QZPayQueryEvent) => void) | undefined;
}

/** Shapes of one group of dynamic statements (patched columns, filters) that are kept prepared. */
const MAX_SHAPES = 32;

/** Keeps the statements of one storage and runs them: in the caller's transaction, timed, with errors mapped. */
export class StatementRunner {
  readonly transactions: QZPayTransactions;
  readonly #constraints: ConstraintCatalogue;
  readonly #statements = new Map<string, QZPayStatement<unknown>>();
  readonly #shapes = new Map<string, number>();
  readonly #derived = new Map<string, unknown>();
  readonly #prepares: boolean;
  readonly #onQuery: ((event: QZPayQueryEvent) => void) | undefined;

  constructor(database: QZPayDrizzleDatabase, tables: QZPayTables, options: StatementRunnerOptions) {
    this.#constraints = constraintCatalogue(tables);
    this.#prepares = options.preparedStatements ?? true;
    this.#onQuery = options.onQuery;
    this.transactions = new QZPayTransactions(database, (error, committing) =>
      committing ? mapCommitError(error, this.#constraints) : mapDriverError(error, this.#constraints),
    );
  }

  /** What all repositories of this storage make once. */
  memo<T>(name: string, build: () => T): T {
    let value = this.#derived.get(name) as T | undefined;
    if (value === undefined) {
      value = build();
      this.#derived.set(name, value);
    }
    return value;
  }

  /** A statement of fixed shape, built at its first use. */
  statement<Result>(name: string, build: () => StatementSource<Result>): QZPayStatement<Result> {
    const known = this.#statements.get(name);
    if (known !== undefined) return known as QZPayStatement<Result>;
    const { source, decode } = build();
    const statement = compile(name, source, decode);
    this.#statements.set(name, statement as QZPayStatement<unknown>);
    return statement;
  }

  /**
   * A statement whose shape depends on the call (patched columns, filters). The first shapes of a group are kept; later
   * ones are built each time and sent unprepared, so that a server connection holds a bounded number of statements.
   */
  shape<Result>(group: string, name: string, build: () => StatementSource<Result>): QZPayStatement<Result> {
    const known = this.#statements.get(name);
    if (known !== undefined) return known as QZPayStatement<Result>;
    const count = this.#shapes.get(group) ?? 0;
    if (count >= MAX_SHAPES) {
      const { source, decode } = build();
      return { ...compile(name, source, decode), preparedName: undefined };
    }
    this.#shapes.set(group, count + 1);
    return this.statement(name, build);
  }

  /**
   * Runs a statement in the caller's transaction, or on its own.
   *
   * @throws core's error classes only; a value that the database could not hold is refused before anything is sent.
   */
  async run<Result>(
    statement: QZPayStatement<Result>,
    values: Values,
    subject: { readonly entity: string; readonly deletes?: boolean },
    scope: QZPayTransactionScope | undefined,
  ): Promise<Result[]> {
    const parameters = statement.encode(values);
    const commits = statement.writes && this.transactions.scope(scope) === undefined;
    const context: StatementContext = { entity: subject.entity, values, deletes: subject.deletes ?? false, commits };
    const rows = await this.transactions.run((handle) => this.#send(handle, statement, parameters, context), scope);
    return rows.map(statement.decode);
  }

  async #send(
    handle: QZPayDrizzleDatabase,
    statement: QZPayStatement<unknown>,
    parameters: unknown[],
    context: StatementContext,
  ): Promise<unknown[][]> {
    const started = this.#onQuery === undefined ? 0 : performance.now();
    try {
      const rows = await runOn(handle, statement.text, parameters, this.#prepares ? statement.preparedName : undefined);
      if (this.#onQuery !== undefined) this.#report(statement.name, started, rows.length, undefined);
      return rows;
    } catch (error) {
      if (this.#onQuery !== undefined) this.#report(statement.name, started, 0, error);
      throw mapDriverError(error, this.#constraints, context);
    }
  }

  #report(name: string, started: number, rows: number, error: unknown): void {
    const errorCode = error === undefined ? undefined : codeOf(error);
    try {
      this.#onQuery?.(queryEvent(name, performance.now() - started, rows, errorCode));
    } catch {
      // An observer must not change what it observes.
    }
  }
}

function codeOf(error: unknown): string {
  const failure = databaseFailureOf(error);
  return failure?.sqlState ?? failure?.driverCode ?? 'unknown';
}
