import { QZPayConflictError, QZPayNotFoundError, QZPayValidationError } from '@qzpay/core';
import { anything, checkOptions, type OptionRules } from '@qzpay/core/options';
import { type SQL, sql } from 'drizzle-orm';
import { type ColumnCodec, isUuid } from './codecs.js';
import { checkedCount } from './pages.js';
import { QZPayReadRepository } from './read-repository.js';
import { argument, type StatementSource, typedArgument, type Values } from './statements.js';
import { rowsArgument } from './table-model.js';

/** Options of an update. */
export interface QZPayUpdateOptions {
  /** The `version` that the caller has read; the update is refused when the row has moved on. */
  readonly expectedVersion?: string | undefined;
}

const UPDATE_OPTIONS = { expectedVersion: anything } satisfies OptionRules<QZPayUpdateOptions>;

/** What every aggregate's repository can do. */
export abstract class QZPayRepository<Row extends object> extends QZPayReadRepository<Row> {
  /**
   * Stores a new row and returns it as stored. Id, version and instants are made where they are missing.
   *
   * @throws QZPayConflictError `already_exists` for a taken id or natural key.
   * @throws QZPayNotFoundError for a referenced row that does not exist in this mode.
   * @throws QZPayValidationError for a value that the database could not hold exactly.
   */
  protected async insert(given: Values): Promise<Row> {
    const statement = this.fixed('create', () => this.changing(this.insertion()));
    const [row] = await this.run(statement, this.complete(given));
    return row as Row;
  }

  /**
   * Stores many new rows in one statement, all or none, and returns them in the order given.
   *
   * @throws QZPayValidationError for more than 10 000 rows; otherwise as for one row.
   */
  protected async insertMany(given: readonly Values[]): Promise<Row[]> {
    checkedCount(given.length);
    if (given.length === 0) return [];
    const statement = this.fixed('create_many', () => this.changing(this.insertion({ rows: this.givenRows('rows') })));
    const rows = given.map((values) => ({ ...this.complete(values), livemode: this.context.livemode }) as Values);
    const stored = new Map((await this.run(statement, { rows })).map((row) => [(row as Values)['id'], row]));
    return rows.map((values) => stored.get(values['id']) as Row);
  }

  /** The rows of an argument, as they are stored. */
  protected givenRows(key: string): SQL {
    return sql`select ${this.columnNames()} from ${rowsArgument(this.model, key, 'given')}`;
  }

  /** The values of a complete new row. */
  protected complete(given: Values): Record<string, unknown> {
    const now = this.context.clock();
    const values: Record<string, unknown> = { createdAt: now, updatedAt: now, ...this.settings.defaults };
    for (const [key, value] of Object.entries(given)) {
      if (value !== undefined) values[key] = value;
    }
    const { providerIds } = this.settings;
    if (providerIds !== undefined) values[providerIds] = withoutAbsent(values[providerIds]);
    values['id'] ??= this.context.generateId();
    if (this.model.has('version')) values['version'] = crypto.randomUUID();
    return values;
  }

  /**
   * Changes the given fields of one row and returns the row as stored. Fields that are absent or `undefined` stay as
   * they are; fields that may not change are ignored. Provider ids merge per provider, atomically.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when `expectedVersion` is given and is not the row's version.
   */
  protected async patch(id: string, given: object, options: QZPayUpdateOptions = {}): Promise<Row> {
    checkOptions(options, UPDATE_OPTIONS);
    const { keys, values } = this.changes(given);
    const { expectedVersion } = options;
    const known = this.codec('id').holds(id) && (expectedVersion === undefined || isUuid(expectedVersion));
    if (known) {
      const statement = this.shaped(
        'update',
        `update(${keys.join(',')})${expectedVersion === undefined ? '' : '(version)'}`,
        () => this.#update(keys, expectedVersion !== undefined),
      );
      const [row] = await this.run(statement, { ...values, id, expectedVersion });
      if (row !== undefined) return row;
      if (expectedVersion === undefined && (await this.hasMoved(id))) return this.patch(id, given, options);
    }
    throw await this.#missed(id, expectedVersion !== undefined);
  }

  /** The fields that an update changes, and their values with the stamps: arguments of {@link assignments}. */
  protected changes(given: object): { readonly keys: readonly string[]; readonly values: Values } {
    const keys: string[] = [];
    const values: Record<string, unknown> = this.stamps();
    for (const key of this.settings.updatable) {
      const value = (given as Values)[key];
      if (value === undefined) continue;
      keys.push(key);
      if (this.#merges(key)) {
        const { set, remove } = splitMerge(value, this.codec(key), this.model.entity);
        values[`${key}_set`] = set;
        values[`${key}_remove`] = remove;
      } else {
        values[`new_${key}`] = value;
      }
    }
    return { keys, values };
  }

  /** The values that every update writes. */
  protected stamps(): Record<string, unknown> {
    return { new_updatedAt: this.context.clock(), new_version: crypto.randomUUID() };
  }

  #merges(key: string): boolean {
    return key === this.settings.providerIds || (key === 'metadata' && this.context.mergesMetadata);
  }

  #update(keys: readonly string[], checksVersion: boolean): StatementSource<Row> {
    const versionMatches = checksVersion
      ? sql` and ${this.codec('version').column} = ${argument(this.codec('version'), 'expectedVersion')}`
      : sql``;
    const where = sql`${this.visible()} and ${this.equals('id')}${versionMatches}${this.isUnmoved()}`;
    return this.changing({ ...this.modification(keys, this.assignments(keys), where), single: true });
  }

  /** A further condition of updates, for rows that are returned together with others. */
  protected isUnmoved(): SQL {
    return sql``;
  }

  /** Whether an update that found no row failed at {@link isUnmoved}, so that it has to run again. */
  protected hasMoved(_id: string): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** `column = value` for each key, and for what every update stamps. */
  protected assignments(keys: readonly string[]): SQL {
    const stamped = ['updatedAt', 'version'].filter((key) => this.model.has(key));
    const assignments = [...keys, ...stamped].map((key) => {
      const codec = this.codec(key);
      const value = this.#merges(key)
        ? sql`(${codec.column} || ${typedArgument('jsonb', `${key}_set`)}) - ${typedArgument('text[]', `${key}_remove`)}`
        : argument(codec, `new_${key}`);
      return sql`${sql.identifier(codec.column.name)} = ${value}`;
    });
    return sql.join(assignments, sql`, `);
  }

  /** Why an update found no row: the row is not there, or not in the version that was read. */
  async #missed(id: string, checksVersion: boolean): Promise<Error> {
    if (checksVersion && (await this.findById(id)) !== null) {
      return versionMismatch(this.model.entity);
    }
    return new QZPayNotFoundError(this.model.entity, id);
  }
}

/** The refusal of an update that was made for another version of the row. */
export function versionMismatch(entity: string): QZPayConflictError {
  return new QZPayConflictError(`${entity} has changed since it was read: version conflict`, 'version_mismatch');
}

/** Splits a partial map into what is set and what is removed: null and undefined remove a key. */
function splitMerge(value: unknown, codec: ColumnCodec, entity: string): { set: object; remove: string[] } {
  if (!isMap(value)) {
    throw new QZPayValidationError(`${entity} ${codec.key} is invalid: expected an object`, codec.key);
  }
  codec.encode(value);
  const set = withoutAbsent(value) as object;
  const remove = Object.keys(value).filter((key) => !Object.hasOwn(set, key));
  return { set, remove };
}

/** What is no map stays as it is, and is refused when it is encoded. */
function withoutAbsent(value: unknown): unknown {
  if (!isMap(value) || !Object.values(value).some(isAbsent)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => !isAbsent(entry)));
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}
