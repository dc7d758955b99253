import { type SQL, sql } from 'drizzle-orm';
import type { ColumnCodec } from './codecs.js';
import type { QZPayRepositoryContext } from './context.js';
import type { TableKey } from './entities.js';
import { changeExpressions, changeStatement, type RowChange } from './row-changes.js';
import { argument, type QZPayStatement, type StatementSource, type Values } from './statements.js';
import { columnNamesOf, modelOf, type Projection, type TableModel, tableProjection } from './table-model.js';

/** Which rows are meant, of a table whose rows are hidden rather than removed. */
export type QZPayDeletedRows = 'exclude' | 'include' | 'only';

interface Insertion {
  readonly rows?: SQL;
  readonly onConflict?: SQL;
  readonly upserts?: boolean;
}

/** What the repository of any table stands on: pieces of statements, kept once built and run in the caller's transaction. */
export abstract class QZPayTableRepository<Row extends object> {
  protected readonly context: QZPayRepositoryContext;
  protected readonly model: TableModel;
  protected readonly projection: Projection<Row>;

  protected constructor(context: QZPayRepositoryContext, key: TableKey) {
    this.context = context;
    this.model = modelOf(context, key);
    this.projection = context.runner.memo(`projection.${key}`, () => this.projectionOf(this.model));
  }

  /** How rows are selected; repositories with children override it. */
  protected projectionOf(model: TableModel): Projection<Row> {
    return tableProjection(model);
  }

  protected codec(key: string): ColumnCodec {
    return this.model.codec(key);
  }

  /** Whether a row could hold all of these values; a look-up by any others finds nothing. */
  protected holds(values: Values): boolean {
    return Object.entries(values).every(([key, value]) => this.codec(key).holds(value));
  }

  /** `column = $value` */
  protected equals(key: string): SQL {
    const codec = this.codec(key);
    return sql`${codec.column} = ${argument(codec)}`;
  }

  /** `column <operator> $name`, where the argument is a value of the column. */
  protected compares(key: string, operator: '<' | '<=' | '>' | '>=', name: string): SQL {
    const codec = this.codec(key);
    return sql`${codec.column} ${sql.raw(operator)} ${argument(codec, name)}`;
  }

  /** Rows of this mode that are not deleted, or deleted ones where asked for. */
  protected visible(deleted: QZPayDeletedRows = 'exclude'): SQL {
    const inMode = this.equals('livemode');
    if (deleted === 'include' || !this.model.has('deletedAt')) return inMode;
    return sql`${inMode} and ${this.codec('deletedAt').column} is ${sql.raw(deleted === 'only' ? 'not null' : 'null')}`;
  }

  /** Visible rows whose columns equal the arguments of their names. */
  protected where(...keys: readonly string[]): SQL {
    return sql.join([this.visible(), ...keys.map((key) => this.equals(key))], sql` and `);
  }

  protected columnNames(): SQL {
    return columnNamesOf(this.model);
  }

  /** A value for each column; `computed` gives an expression instead of the caller's value. */
  protected allArguments(computed: Readonly<Record<string, SQL>> = {}): SQL {
    return sql.join(
      [...this.model.codecs.values()].map((codec) => computed[codec.key] ?? argument(codec)),
      sql`, `,
    );
  }

  protected select(where: SQL, rest: SQL = sql``): StatementSource<Row> {
    return {
      source: sql`select ${this.projection.select} from ${this.model.table} where ${where} ${rest}`,
      decode: this.projection.decode,
    };
  }

  /** Changes rows and selects them as they are now; `before` are expressions that the change reads. */
  protected changing(change: RowChange, before?: SQL): StatementSource<Row> {
    const { select, decode } = this.projection;
    return { source: this.#changing(change, before, select, select, sql`*`), decode };
  }

  /** Changes rows and answers one row for each, with nothing in it. */
  protected changingSilently(change: RowChange): StatementSource<undefined> {
    const columns = tableProjection(this.model).select;
    return { source: this.#changing(change, undefined, columns, sql`1`, sql`1`), decode: () => undefined };
  }

  /** The expression `name` of rows that the change leaves, for a statement that does more than that. */
  protected changed(name: string, change: RowChange, returning?: SQL): SQL {
    return changeExpressions(this.context, name, change, tableProjection(change.model).select, returning);
  }

  #changing(change: RowChange, before: SQL | undefined, columns: SQL, returning: SQL, answer: SQL): SQL {
    if (this.context.audits) {
      const expressions = changeExpressions(this.context, 'changed', change, columns);
      return sql`with ${before === undefined ? sql`` : sql`${before}, `}${expressions} select ${answer} from changed`;
    }
    const alone = sql`${changeStatement(change)} returning ${returning}`;
    return before === undefined ? alone : sql`with ${before} ${alone}`;
  }

  /** An insert of the arguments, or of other rows; one that `upserts` may find its row there and update it. */
  protected insertion({ rows, onConflict, upserts = false }: Insertion = {}): RowChange {
    const source = rows ?? sql`values (${this.allArguments()})`;
    const statement = sql`insert into ${this.model.table} (${this.columnNames()}) ${source}`;
    return {
      kind: 'insert',
      model: this.model,
      single: rows === undefined,
      statement: onConflict === undefined ? statement : sql`${statement} on conflict ${onConflict}`,
      upserts,
    };
  }

  /** An update of the visible rows that `where` selects. */
  protected modification(fields: readonly string[], set: SQL, where: SQL, action = 'update') {
    return { kind: 'update', model: this.model, fields, set, where, action } as const;
  }

  protected removal(where: SQL, action = 'delete'): RowChange {
    return {
      kind: 'delete',
      model: this.model,
      statement: sql`delete from ${this.model.table} where ${where}`,
      action,
    };
  }

  /** A statement that always has the same text. */
  protected fixed<Result>(name: string, build: () => StatementSource<Result>): QZPayStatement<Result> {
    return this.context.runner.statement(`${this.model.key}.${name}`, build);
  }

  /** A statement of one of many shapes. */
  protected shaped<Result>(group: string, name: string, build: () => StatementSource<Result>): QZPayStatement<Result> {
    const { key } = this.model;
    return this.context.runner.shape(`${key}.${group}`, `${key}.${name}`, build);
  }

  /** Runs a statement in the caller's transaction, or on its own; `livemode` is always the storage's. */
  protected run<Result>(statement: QZPayStatement<Result>, values: Values): Promise<Result[]> {
    const { runner, livemode, scope } = this.context;
    return runner.run(statement, { ...values, livemode }, this.model, scope);
  }
}
