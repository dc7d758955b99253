import { type SQL, sql } from 'drizzle-orm';
import { getTableConfig } from 'drizzle-orm/pg-core';
import type { QZPayRepositoryContext } from '../context.js';
import { ENTITY_NAMES } from '../entities.js';
import { argument, parameter, type StatementSource, typedArgument, type Values } from '../statements.js';
import { inMode, modelOf, type TableModel } from '../table-model.js';
import type { QZPayCheckSlice, QZPayCheckStep, QZPayFinding, QZPayFindingSeverity, Walk, WalkCheck } from './check.js';
import { defaultPaymentMethods } from './default-payment-methods.js';
import { invoiceLines } from './invoice-lines.js';
import { invoiceTotals } from './invoice-totals.js';
import { links } from './links.js';
import { promoCodeCaps } from './promo-code-caps.js';
import { refundLedger } from './refund-ledger.js';
import { usageRollups } from './usage-rollups.js';

const CHECKS: readonly WalkCheck[] = [
  invoiceTotals,
  invoiceLines,
  refundLedger,
  usageRollups,
  defaultPaymentMethods,
  promoCodeCaps,
  links,
];

const ROWS_PER_STEP = 5000;
const BEGINNING_OF_TIME = new Date('0001-01-01T00:00:00.000Z');
const END_OF_TIME = new Date('9999-12-31T23:59:59.999Z');

/** A check of {@link QZPayChecksRepository}. */
export interface QZPayCheckDescription {
  readonly name: string;
  /** What holds where it finds nothing. */
  readonly promise: string;
}

/**
 * Checks what no constraint can hold: promises across rows and tables.
 *
 * Each goes through its tables in steps of some thousand rows, and each step is a read-only transaction of its own: memory
 * is bounded however many rows there are, no old snapshot keeps the database from cleaning up, and rows that belong
 * together are read by one statement, so that writers at work are not mistaken for damage. In a transaction of the
 * caller's, the steps are part of it.
 */
export class QZPayChecksRepository {
  readonly #context: QZPayRepositoryContext;

  constructor(context: QZPayRepositoryContext) {
    this.#context = context;
  }

  /** Every check, in the order in which they are best run. */
  get all(): readonly QZPayCheckDescription[] {
    return CHECKS.map(({ name, promise }) => ({ name, promise }));
  }

  /** About how many rows a check looks at, both modes together, by the database's own statistics. */
  async estimate(name: string): Promise<number> {
    const names = this.#walksOf(name).map(({ table }) => {
      const config = getTableConfig(modelOf(this.#context, table).table);
      return `${quoted(this.#context.schema)}.${quoted(config.name)}`;
    });
    const [rows = 0] = await this.#run(
      'estimate',
      () => ({
        source: sql`select coalesce(sum(greatest(reltuples, 0)), 0) from pg_catalog.pg_class
          where oid = any(${typedArgument('text[]', 'names')}::regclass[])`,
        decode: ([sum]) => Math.round(Number(sum)),
      }),
      { names },
    );
    return rows;
  }

  /** Runs one check, a step each time that the caller asks for one. Steps without rows are left out. */
  async *run(name: string, slice: QZPayCheckSlice = {}): AsyncGenerator<QZPayCheckStep, void, undefined> {
    for (const walk of this.#walksOf(name)) {
      for (let first: string | undefined = slice.fromId ?? ''; first !== undefined; ) {
        const step: { readonly last: string | null } & QZPayCheckStep = await this.#step(name, walk, first, slice);
        if (step.last === null) break;
        yield { checked: step.checked, findings: step.findings };
        // The next text in the order of bytes.
        first = step.checked < ROWS_PER_STEP ? undefined : `${step.last}\u0001`;
      }
    }
  }

  #walksOf(name: string): readonly Walk[] {
    const check = CHECKS.find((candidate) => candidate.name === name);
    if (check === undefined) throw new TypeError(`There is no check ${name}`);
    return this.#context.runner.memo(`walks.${name}`, () => check.walks(this.#context.tables));
  }

  #step(name: string, walk: Walk, first: string, slice: QZPayCheckSlice) {
    const { runner, scope } = this.#context;
    const { transactions } = runner;
    // A savepoint cannot be made read-only: postgres.js never releases it, and the caller could not write any more.
    if (transactions.scope(scope) !== undefined) return this.#look(name, walk, first, slice);
    return transactions.transaction(
      async (bound) => {
        const checks = new QZPayChecksRepository({ ...this.#context, scope: bound });
        await checks.#run('read_only', () => ({
          source: sql`select set_config('transaction_read_only', 'on', true)`,
          decode: () => undefined,
        }));
        return checks.#look(name, walk, first, slice);
      },
      {},
      scope,
    );
  }

  async #look(name: string, walk: Walk, first: string, { toId, from, to }: QZPayCheckSlice) {
    const model = modelOf(this.#context, walk.table);
    const key = `${name}.${walk.table}`;
    const bounds = { first, toId, size: ROWS_PER_STEP };
    const [end = { last: null, checked: 0 }] = await this.#run(
      `${key}.end${toId === undefined ? '' : '_bounded'}`,
      () => this.#end(model, walk, toId !== undefined),
      bounds,
    );
    if (end.last === null) return { ...end, findings: [] };
    const values = { first, last: end.last, from: from ?? BEGINNING_OF_TIME, to: to ?? END_OF_TIME };
    const findings = await this.#run(key, () => this.#findings(name, model, walk), values);
    return { ...end, findings };
  }

  /** The last key of the next step, and how many rows have one up to it; rows that share the last key may be more. */
  #end(model: TableModel, walk: Walk, bounded: boolean): StatementSource<{ last: string | null; checked: number }> {
    const key = keyOf(model, walk);
    const before = bounded ? sql` and ${key} < ${text('toId')}` : sql``;
    return {
      source: sql`select max(key), count(*) from (
          select ${key} as key from ${model.table} where ${inMode(model)} and ${key} >= ${text('first')}${before}
          order by ${key} limit ${typedArgument('bigint', 'size')}
        ) as step`,
      decode: ([last, count]) => ({ last: last as string | null, checked: Number(count) }),
    };
  }

  #findings(check: string, model: TableModel, walk: Walk): StatementSource<QZPayFinding> {
    const key = keyOf(model, walk);
    const instant = walk.instant?.(this.#context.tables) ?? sql`${createdAt(model).column}`;
    const bound = (name: string) => argument(createdAt(model), name);
    const inSlice = sql`${inMode(model)} and ${key} >= ${text('first')} and ${key} <= ${text('last')}
      and ${instant} >= ${bound('from')} and ${instant} < ${bound('to')}`;
    return {
      source: walk.find(this.#context.tables, inSlice),
      decode: ([severity, id, message]) => ({
        check,
        severity: severity as QZPayFindingSeverity,
        entity: ENTITY_NAMES[walk.table],
        id: id as string,
        message: message as string,
      }),
    };
  }

  #run<Result>(name: string, build: () => StatementSource<Result>, values: Values = {}): Promise<Result[]> {
    const { runner, livemode, scope } = this.#context;
    return runner.run(runner.statement(`checks.${name}`, build), { ...values, livemode }, { entity: 'Check' }, scope);
  }
}

function keyOf(model: TableModel, { by = 'id' }: Walk): SQL {
  return sql`${model.codec(by).column}`;
}

/** When a row came to be, under whatever name. */
function createdAt(model: TableModel) {
  return model.codec(['createdAt', 'usedAt', 'hour'].find((name) => model.has(name)) ?? 'createdAt');
}

/** A bound of keys: may be a text that is no key itself. */
function text(name: string): SQL {
  return sql`${parameter(name, (value) => value)}::text`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
