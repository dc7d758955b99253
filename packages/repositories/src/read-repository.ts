import { QZPayValidationError } from '@qzpay/core';
import { anything, checkOptions, LIST_OPTIONS, type OptionRules } from '@qzpay/core/options';
import { type SQL, sql } from 'drizzle-orm';
import { type ColumnCodec, FIELD_OF_COLUMN } from './codecs.js';
import type { QZPayRepositoryContext } from './context.js';
import type { TableKey } from './entities.js';
import { compileFilters, type FilterRules } from './filters.js';
import {
  checkedFirst,
  checkedLimit,
  checkedOffset,
  decodeCursor,
  encodeCursor,
  type QZPayKeysetPage,
  type QZPayOffsetPage,
} from './pages.js';
import { argument, listArgument, type StatementSource, typedArgument, type Values } from './statements.js';
import { type QZPayDeletedRows, QZPayTableRepository } from './table-repository.js';

export interface QZPayListQuery {
  /** Default 100, at most 10 000. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /**
   * A field that holds a plain value (no list, no JSON). Default: newest first, which has an index; most other orders sort
   * what the filters leave. Ties are broken by id.
   */
  readonly orderBy?: string | undefined;
  readonly orderDirection?: 'asc' | 'desc' | undefined;
  readonly filters?: Readonly<Record<string, unknown>> | undefined;
  /** Default `exclude`; anything else is refused where no row is ever hidden. Indexes serve lists of live rows only. */
  readonly deleted?: QZPayDeletedRows | undefined;
  /** `none` saves counting rows that nobody looks at. Default `exact`. */
  readonly total?: 'exact' | 'none' | undefined;
}

const LIST_QUERY = { ...LIST_OPTIONS, deleted: anything, total: anything } satisfies OptionRules<QZPayListQuery>;

export interface QZPayPageQuery {
  /** How many rows. Default 100, at least 1, at most 10 000. */
  readonly first?: number | undefined;
  /** The `endCursor` of the page before. */
  readonly after?: string | undefined;
  /** By creation instant and id. Default `desc`: newest first. */
  readonly orderDirection?: 'asc' | 'desc' | undefined;
  readonly filters?: Readonly<Record<string, unknown>> | undefined;
  /** Default `exclude`; anything else is refused where no row is ever hidden. Indexes serve lists of live rows only. */
  readonly deleted?: QZPayDeletedRows | undefined;
}

const PAGE_QUERY = {
  first: anything,
  after: anything,
  orderDirection: anything,
  filters: anything,
  deleted: anything,
} satisfies OptionRules<QZPayPageQuery>;

/** What a repository says about its table. */
export interface RepositorySettings {
  readonly key: TableKey;
  /** Fields that an update may change; it ignores all others. */
  readonly updatable: readonly string[];
  readonly filters: FilterRules;
  /** The instant by which rows are listed and paged. Default `createdAt`. */
  readonly listedBy?: string;
  /** The field that maps provider names to ids, if any: updates merge into it. */
  readonly providerIds?: string;
  /** Values of a new row where the caller gives none. Fields that may be null need no entry. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/**
 * What every repository can look up. Rows in, rows out.
 *
 * Every statement is scoped by the storage's mode and, where the table has soft deletion, sees live rows only unless
 * a list asks for deleted ones. Each method is one round trip unless it says otherwise.
 */
export abstract class QZPayReadRepository<Row extends object> extends QZPayTableRepository<Row> {
  protected readonly settings: RepositorySettings;
  readonly #listedBy: string;

  protected constructor(context: QZPayRepositoryContext, settings: RepositorySettings) {
    super(context, settings.key);
    this.settings = settings;
    this.#listedBy = settings.listedBy ?? 'createdAt';
  }

  /** Returns the row, or `null`. */
  findById(id: string): Promise<Row | null> {
    return this.findOneBy({ id });
  }

  /** Returns the rows that exist, in the order of their ids; unknown ids are left out. */
  async findByIds(ids: readonly string[]): Promise<Row[]> {
    const id = this.codec('id');
    const wanted = ids.filter((candidate) => id.holds(candidate));
    if (wanted.length === 0) return [];
    const statement = this.fixed('find_by_ids', () =>
      this.select(
        sql`${this.visible()} and ${id.column} = any(${listArgument(id, 'ids')})`,
        sql`order by ${id.column}`,
      ),
    );
    return this.run(statement, { ids: wanted });
  }

  /**
   * One page of rows, newest first unless asked otherwise, with the exact number of matching rows. Page and total are of
   * the same moment.
   *
   * @throws QZPayValidationError for an unknown option, filter or order and for a limit outside 0…10 000.
   */
  async list(query: QZPayListQuery = {}): Promise<QZPayOffsetPage<Row>> {
    checkOptions(query, LIST_QUERY);
    const limit = checkedLimit(query.limit, 'limit');
    const offset = checkedOffset(query.offset);
    const order = this.#order(query.orderBy, query.orderDirection);
    const filters = this.#filters(query.filters, query.deleted);
    const counts = query.total !== 'none';
    if (!filters.satisfiable) return { data: [], total: counts ? 0 : null, limit, offset, hasMore: false };

    const name = `list${counts ? '_with_total' : ''}(${filters.shape})(${order.shape})`;
    const values = { ...filters.values, limit: counts ? limit : limit + 1, offset };
    const rows = await this.run(
      this.shaped('list', name, () =>
        counts ? this.#pageWithTotal(filters.where(), order.by) : this.#page(filters.where(), order.by),
      ),
      values,
    );
    const data = rows.slice(0, limit).map(({ row }) => row);
    if (!counts) return { data, total: null, limit, offset, hasMore: rows.length > limit };
    // An empty page carries no row to say the total on.
    const total = rows[0]?.total ?? (offset === 0 && limit > 0 ? 0 : await this.count(query.filters, query));
    return { data, total, limit, offset, hasMore: offset + data.length < total };
  }

  /**
   * One page of rows by creation instant and id, continued by cursor: as fast at any depth, and no row is skipped or
   * repeated when others come or go.
   *
   * @throws QZPayValidationError for an unknown option or filter, a `first` outside 1…10 000 or a cursor of another list.
   */
  async page(query: QZPayPageQuery = {}): Promise<QZPayKeysetPage<Row>> {
    checkOptions(query, PAGE_QUERY);
    const first = checkedFirst(query.first);
    const direction = checkedDirection(query.orderDirection);
    const filters = this.#filters(query.filters, query.deleted);
    const list = `${this.model.key}:${direction}`;
    const after = query.after === undefined ? undefined : decodeCursor(list, query.after);
    if (!filters.satisfiable) return { data: [], hasNextPage: false, endCursor: null };

    const instant = this.codec(this.#listedBy);
    const id = this.codec('id');
    const name = `page(${filters.shape})(${direction}${after === undefined ? '' : ' after'})`;
    const statement = this.shaped('page', name, () => {
      const compare = sql.raw(direction === 'asc' ? '>' : '<');
      const rest = sql` and (${instant.column}, ${id.column}) ${compare} (${argument(instant, 'afterInstant')}, ${argument(id, 'afterId')})`;
      const { by } = this.#order(this.#listedBy, direction);
      return this.#page(after === undefined ? filters.where() : sql`${filters.where()}${rest}`, by, false);
    });
    const rows = await this.run(statement, {
      ...filters.values,
      afterInstant: after?.instant,
      afterId: after?.id,
      limit: first + 1,
    });
    const data = rows.slice(0, first).map(({ row }) => row);
    const last = data.at(-1) as (Values & { id: string }) | undefined;
    return {
      data,
      hasNextPage: rows.length > first,
      endCursor: last === undefined ? null : encodeCursor(list, { instant: last[this.#listedBy] as Date, id: last.id }),
    };
  }

  /**
   * How many rows match.
   *
   * @throws QZPayValidationError for an unknown filter.
   */
  async count(
    given?: Readonly<Record<string, unknown>>,
    { deleted }: { readonly deleted?: QZPayDeletedRows | undefined } = {},
  ): Promise<number> {
    const filters = this.#filters(given, deleted);
    if (!filters.satisfiable) return 0;
    const statement = this.shaped('list', `count(${filters.shape})`, () => ({
      source: sql`select count(*) from ${this.model.table} where ${filters.where()}`,
      decode: (row: readonly unknown[]) => Number(row[0]),
    }));
    const [count] = await this.run(statement, filters.values);
    return count ?? 0;
  }

  /** The row whose fields equal `values`, or `null`; with `orderBy`, the first one. */
  protected async findOneBy(values: Values, orderBy?: RowOrder): Promise<Row | null> {
    if (!this.holds(values)) return null;
    const keys = Object.keys(values);
    const statement = this.fixed(`find_by(${keys.join(',')})${orderBy?.name ?? ''}`, () =>
      this.select(this.where(...keys), orderBy === undefined ? sql`` : sql`order by ${orderBy.by} limit 1`),
    );
    const [row] = await this.run(statement, values);
    return row ?? null;
  }

  /** All rows whose fields equal `values`, newest first unless `orderBy` says otherwise. Complete. */
  protected async findAllBy(values: Values, orderBy?: RowOrder): Promise<Row[]> {
    if (!this.holds(values)) return [];
    const keys = Object.keys(values);
    const statement = this.fixed(`find_all_by(${keys.join(',')})${orderBy?.name ?? ''}`, () =>
      this.select(this.where(...keys), sql`order by ${orderBy?.by ?? this.#order(undefined, undefined).by}`),
    );
    return this.run(statement, values);
  }

  /**
   * The live rows that a condition of fixed text selects, in its order, at most `limit` of them (default 100).
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  protected async findWhere(
    name: string,
    build: () => { readonly where: SQL; readonly orderBy: SQL },
    values: Values,
    limit: number | undefined,
  ): Promise<Row[]> {
    const statement = this.fixed(name, () => {
      const { where, orderBy } = build();
      return this.select(
        sql`${this.visible()} and ${where}`,
        sql`order by ${orderBy}, ${this.codec('id').column} limit ${typedArgument('bigint', 'limit')}`,
      );
    });
    return this.run(statement, { ...values, limit: checkedLimit(limit, 'limit') });
  }

  /**
   * The oldest row that carries this id at this provider, or `null`.
   *
   * The containment test stands alone in a materialized CTE: beside ORDER BY or LIMIT the planner, which knows nothing
   * of the map's contents, walks the whole table instead of using the index.
   */
  protected async findByProvider(provider: string, providerId: string): Promise<Row | null> {
    const { providerIds } = this.settings;
    if (providerIds === undefined) throw new TypeError(`${this.model.key} has no provider ids`);
    const map = this.codec(providerIds);
    const wanted = { [provider]: providerId };
    if (!map.holds(wanted)) return null;
    const id = this.codec('id').column;
    const createdAt = this.codec('createdAt').column;
    const statement = this.fixed('find_by_provider_id', () =>
      this.select(
        sql`${this.equals('livemode')} and ${id} = (
          with candidates as materialized (
            select ${id}, ${createdAt} from ${this.model.table} where ${map.column} @> ${argument(map, 'wanted')} and ${this.visible()}
          ) select candidates.id from candidates order by candidates.created_at, candidates.id limit 1)`,
      ),
    );
    const [row] = await this.run(statement, { wanted });
    return row ?? null;
  }

  /** For look-ups that can match several rows and must always answer the same one. */
  protected oldestFirst(): RowOrder {
    return { name: 'oldest_first', by: sql`${this.codec(this.#listedBy).column}, ${this.codec('id').column}` };
  }

  /** @throws QZPayValidationError for a filter that the list does not have, and where no row is ever hidden. */
  #filters(given: Values | undefined, deleted: QZPayDeletedRows = 'exclude') {
    if (!DELETED.has(deleted)) {
      throw new QZPayValidationError('deleted must be exclude, include or only', 'deleted');
    }
    if (deleted !== 'exclude' && !this.model.has('deletedAt')) {
      throw new QZPayValidationError(`${this.model.entity} rows are not hidden when they are deleted`, 'deleted');
    }
    const filters = compileFilters(given, this.settings.filters, (column) => this.codec(column));
    return {
      ...filters,
      shape: deleted === 'exclude' ? filters.shape : `${filters.shape} ${deleted} deleted`,
      where: () => sql.join([this.visible(deleted), ...filters.conditions], sql` and `),
    };
  }

  #order(orderBy: string | undefined, direction: string | undefined): { shape: string; by: SQL } {
    const field = orderBy ?? this.#listedBy;
    if (!this.model.has(field) || !isSortable(this.codec(field))) {
      const sortable = [...this.model.codecs.values()].filter(isSortable).map(({ key }) => key);
      throw new QZPayValidationError(`Unknown order; this list can be ordered by ${sortable.join(', ')}`, 'orderBy');
    }
    const towards = checkedDirection(direction);
    const { column } = this.codec(field);
    const keyword = sql.raw(column.notNull ? towards : `${towards} nulls last`);
    const name = sql.identifier(column.name);
    return { shape: `${field} ${towards}`, by: sql`${name} ${keyword}, ${sql.identifier('id')} ${sql.raw(towards)}` };
  }

  #page(where: SQL, orderBy: SQL, skips = true): StatementSource<PageRow<Row>> {
    const skip = skips ? sql` offset ${typedArgument('bigint', 'offset')}` : sql``;
    const { source, decode } = this.select(
      where,
      sql`order by ${orderBy} limit ${typedArgument('bigint', 'limit')}${skip}`,
    );
    return { source, decode: (row) => ({ row: decode(row), total: null }) };
  }

  /** Counts all matching rows only where the page itself does not reveal their number. */
  #pageWithTotal(where: SQL, orderBy: SQL): StatementSource<PageRow<Row>> {
    const { width, decode } = this.projection;
    const limit = typedArgument('bigint', 'limit');
    const offset = typedArgument('bigint', 'offset');
    return {
      source: sql`with page as materialized (
          select ${this.projection.select} from ${this.model.table} where ${where} order by ${orderBy} limit ${limit} offset ${offset}
        ), size as (select count(*) as rows from page)
        select page.*, case when size.rows < ${limit} then ${offset} + size.rows
          else (select count(*) from ${this.model.table} where ${where}) end
        from page, size order by ${orderBy}`,
      decode: (row) => ({ row: decode(row), total: Number(row[width]) }),
    };
  }
}

/** Plain values, under the names that callers know. */
function isSortable({ column, key }: ColumnCodec): boolean {
  return SORTABLE_TYPES.has(column.dataType) && key !== 'version' && !Object.hasOwn(FIELD_OF_COLUMN, key);
}

const SORTABLE_TYPES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'date']);

const DELETED: ReadonlySet<string> = new Set<QZPayDeletedRows>(['exclude', 'include', 'only']);

/** An order that a finder asks for, with a name that tells its statement apart. */
export interface RowOrder {
  readonly name: string;
  readonly by: SQL;
}

interface PageRow<Row> {
  readonly row: Row;
  readonly total: number | null;
}

function checkedDirection(direction: string | undefined): 'asc' | 'desc' {
  if (direction === undefined || direction === 'desc') return 'desc';
  if (direction === 'asc') return 'asc';
  throw new QZPayValidationError('orderDirection must be asc or desc', 'orderDirection');
}
