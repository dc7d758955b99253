import {
  QZPayConflictError,
  type QZPayListOptions,
  QZPayNotFoundError,
  type QZPayPaginatedResult,
  QZPayValidationError,
} from '@qzpay/core';
import { anything, checkOptions, LIST_OPTIONS, type OptionRules } from '@qzpay/core/options';
import { checkedFilters, checkedLimit, checkedOffset, checkedOrder, type Order, sorted } from './list.js';
import { isLive, type Shape, type TableContext, type Unique, type Values } from './shape.js';
import { type Data, type Operation, Refusal, type Row } from './store.js';
import { holds, isUuid, type Kept } from './values.js';

/** Options of an update. */
export interface QZPayMemoryUpdateOptions {
  /** The `version` that the caller has read; the update is refused when the entity has moved on. */
  readonly expectedVersion?: string | undefined;
}

const UPDATE_OPTIONS = { expectedVersion: anything } satisfies OptionRules<QZPayMemoryUpdateOptions>;

/** Finds what no row can hold. */
const NOTHING: Operation<undefined> = () => undefined;

/**
 * The rows of one entity in one mode. Its methods check what they are given and answer with an operation, which does
 * the rest in one step.
 */
export class Table {
  readonly shape: Shape;
  readonly #context: TableContext;

  constructor(shape: Shape, context: TableContext) {
    this.shape = shape;
    this.#context = context;
  }

  /**
   * Stores a new row. Id, version and instants are made where they are missing.
   *
   * @throws QZPayValidationError at once for a value that no row can hold.
   */
  insert(given: Values): Operation<Row> {
    const row = this.complete(given);
    return (data) => this.add(data, row);
  }

  complete(given: Values): Row {
    const { clock, generateId, livemode } = this.#context;
    const now = clock();
    const values: Record<string, unknown> = {
      createdAt: now,
      updatedAt: now,
      ...this.shape.defaults,
      ...defined(given),
    };
    const { providerIds } = this.shape;
    if (providerIds !== undefined) values[providerIds] = withoutAbsent(values[providerIds]);
    if ('id' in this.shape.fields) values['id'] ??= generateId();
    values['version'] = crypto.randomUUID();
    values['livemode'] = livemode;
    return Object.fromEntries(Object.keys(this.shape.fields).map((name) => [name, this.keep(name, values[name])]));
  }

  /** Stores a complete new row, unless a constraint refuses it. */
  add(data: Data, row: Row): Row {
    this.#checkValues(row);
    if (data.get(this.shape.entity, this.#keyOf(row)) !== undefined) throw this.#exists();
    this.#checkUniques(data, row);
    this.#checkReferences(data, row);
    data.put(this.shape.entity, this.#keyOf(row), row);
    return row;
  }

  /** Puts a row in the place of the one with its key, unless a constraint refuses it. */
  replace(data: Data, row: Row): Row {
    this.#checkValues(row);
    this.#checkUniques(data, row);
    this.#checkReferences(data, row);
    data.put(this.shape.entity, this.#keyOf(row), row);
    return row;
  }

  remove(data: Data, row: Row): void {
    data.remove(this.shape.entity, this.#keyOf(row));
  }

  /**
   * Changes the given fields of one live row. Fields that are absent or `undefined` stay as they are. The operation throws
   * `not_found` when there is no such row, and a conflict `version_mismatch` when it is not in the expected version.
   *
   * @param find how to find the row; by default by its id.
   * @param adjust changes the changed row once more.
   */
  patch(
    id: string,
    given: Values,
    options: QZPayMemoryUpdateOptions = {},
    find: Operation<Row | undefined> = this.findById(id),
    adjust: (after: Row, before: Row) => Row = (after) => after,
  ): Operation<Row> {
    checkOptions(options, UPDATE_OPTIONS);
    const { expectedVersion } = options;
    const isKnown = find !== NOTHING && (expectedVersion === undefined || isUuid(expectedVersion));
    const change = isKnown ? this.changes(given) : (row: Row) => row;
    return (data) => {
      const row = find(data);
      if (row === undefined) throw new QZPayNotFoundError(this.shape.entity, id);
      if (!isVersion(row, expectedVersion)) {
        throw new QZPayConflictError(
          `${this.shape.entity} has changed since it was read: version conflict`,
          'version_mismatch',
        );
      }
      return this.replace(data, adjust(change(row), row));
    };
  }

  /** What an update does to a row: the given fields, and the stamps. */
  changes(given: Values): (row: Row) => Row {
    const kept: Record<string, Kept> = this.stamps();
    const merges: ((row: Row) => Row)[] = [];
    for (const name of this.shape.updatable ?? []) {
      const value = given[name];
      if (value === undefined) continue;
      if (this.#merges(name)) merges.push(this.#merge(name, value));
      else kept[name] = this.keep(name, value);
    }
    return (row) => merges.reduce((changed, merge) => merge(changed), { ...row, ...kept });
  }

  /** What every update writes. */
  stamps(): Record<string, Kept> {
    const stamps = { updatedAt: this.#context.clock().getTime(), version: crypto.randomUUID() };
    return Object.fromEntries(Object.entries(stamps).filter(([name]) => name in this.shape.fields));
  }

  /** Hides the row. Nothing happens when there is none. */
  hide(id: string): Operation<void> {
    const stamps = { deletedAt: this.#context.clock().getTime(), ...this.stamps() };
    const find = this.findById(id);
    return (data) => {
      const row = find(data);
      if (row !== undefined) this.replace(data, { ...row, ...stamps });
    };
  }

  findById(id: string): Operation<Row | undefined> {
    if (!holds(this.shape.fields['id'], id)) return NOTHING;
    return (data) => {
      const row = data.get(this.shape.entity, keyOf(this.#context.livemode, [id]));
      return row !== undefined && isLive(row) ? row : undefined;
    };
  }

  /** The live rows of this mode whose fields equal the values, in order. None for values that no row can hold. */
  where(values: Values, order: Order): Operation<Row[]> {
    const wanted = Object.entries(values);
    if (!wanted.every(([name, value]) => holds(this.shape.fields[name], value))) return () => [];
    const kept = wanted.map(([name, value]) => [name, this.keep(name, value)] as const);
    return (data) =>
      sorted(
        this.live(data).filter((row) => kept.every(([name, value]) => row[name] === value)),
        order,
      );
  }

  /** Whether an entity has a row with this id, deleted or not. */
  isStored(data: Data, entity: string, id: string): boolean {
    return data.get(entity, keyOf(this.#context.livemode, [id])) !== undefined;
  }

  live(data: Data): Row[] {
    const { livemode } = this.#context;
    return [...data.rows(this.shape.entity)].filter((row) => row['livemode'] === livemode && isLive(row));
  }

  /** @throws QZPayValidationError at once for an unknown option, filter or order and for a limit outside 0…10 000. */
  list(options: QZPayListOptions = {}): Operation<QZPayPaginatedResult<Row>> {
    checkOptions(options, LIST_OPTIONS);
    const limit = checkedLimit(options.limit);
    const offset = checkedOffset(options.offset);
    const order = checkedOrder(options, this.shape.fields);
    const { filters = {}, fields } = this.shape;
    const matches = checkedFilters(options.filters ?? {}, filters, fields, (name, value) => this.keep(name, value));
    return (data) => {
      const rows = sorted(this.live(data).filter(matches), order);
      const page = rows.slice(offset, offset + limit);
      return { data: page, total: rows.length, limit, offset, hasMore: offset + page.length < rows.length };
    };
  }

  /** Whether a row that counts stands in the way of this one. */
  isTaken(data: Data, row: Row, { fields, among = () => true }: Unique): boolean {
    if (!among(row) || fields.some((name) => row[name] === null)) return false;
    const own = this.#keyOf(row);
    for (const other of data.rows(this.shape.entity)) {
      const agrees = other['livemode'] === row['livemode'] && fields.every((name) => other[name] === row[name]);
      if (agrees && among(other) && this.#keyOf(other) !== own) return true;
    }
    return false;
  }

  /** The entity that callers see: fresh values of all fields that are not hidden. */
  entity(row: Row): Record<string, unknown> {
    const shown = Object.entries(this.shape.fields).filter(([, field]) => !field.hidden);
    return Object.fromEntries(
      shown.map(([name, field]) => {
        const kept = row[name] ?? null;
        return [name, kept === null ? null : field.give(kept)];
      }),
    );
  }

  /** @throws QZPayValidationError for a value that the field cannot hold. */
  keep(name: string, value: unknown): Kept {
    const { entity, fields } = this.shape;
    const field = fields[name];
    if (field === undefined) throw new TypeError(`${entity} has no field ${name}`);
    if (value === null || value === undefined) {
      if (field.nullable) return null;
      throw new QZPayValidationError(`${entity} ${name} is required and must not be null`, name);
    }
    const problem = field.problem(value);
    if (problem !== undefined) throw new QZPayValidationError(`${entity} ${name} is invalid: ${problem}`, name);
    return field.keep(value);
  }

  #merges(name: string): boolean {
    return name === this.shape.providerIds || (name === 'metadata' && this.#context.mergesMetadata);
  }

  /** Null and undefined remove a key. */
  #merge(name: string, given: unknown): (row: Row) => Row {
    const { entity } = this.shape;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw new QZPayValidationError(`${entity} ${name} is invalid: expected an object`, name);
    }
    this.keep(name, given);
    const entries = Object.entries(given);
    return (row) => {
      const merged = new Map(Object.entries(JSON.parse(row[name] as string) as object));
      for (const [part, value] of entries) {
        if (isAbsent(value)) merged.delete(part);
        else merged.set(part, value);
      }
      return { ...row, [name]: JSON.stringify(Object.fromEntries(merged)) };
    };
  }

  #checkValues(row: Row): void {
    const { entity, fields } = this.shape;
    for (const [name, field] of Object.entries(fields)) {
      const kept = row[name] ?? null;
      if (kept !== null && field.refuses(kept)) {
        throw new Refusal(new QZPayValidationError(`${entity} has an invalid value`, name));
      }
    }
  }

  #checkReferences(data: Data, row: Row): void {
    for (const [name, entity] of Object.entries(this.shape.references ?? {})) {
      const id = row[name] as string;
      if (!this.isStored(data, entity, id)) throw new Refusal(new QZPayNotFoundError(entity, id));
    }
  }

  #checkUniques(data: Data, row: Row): void {
    if (this.shape.uniques?.some((unique) => this.isTaken(data, row, unique))) throw this.#exists();
  }

  #exists(): Refusal {
    return new Refusal(new QZPayConflictError(`${this.shape.entity} already exists`, 'already_exists'));
  }

  #keyOf(row: Row): string {
    const { primaryKey = ['id'] } = this.shape;
    return keyOf(
      row['livemode'] as boolean,
      primaryKey.map((name) => row[name] ?? null),
    );
  }
}

function keyOf(livemode: boolean, key: readonly Kept[]): string {
  return JSON.stringify([livemode, ...key]);
}

function isVersion(row: Row, expected: string | undefined): boolean {
  return expected === undefined || (isUuid(expected) && row['version'] === expected.toLowerCase());
}

function isAbsent(value: unknown): boolean {
  return value === null || value === undefined;
}

/** What is no map stays as it is, and is refused when it is kept. */
function withoutAbsent(map: unknown): unknown {
  if (typeof map !== 'object' || map === null || Array.isArray(map) || !Object.values(map).some(isAbsent)) return map;
  return Object.fromEntries(Object.entries(map).filter(([, value]) => !isAbsent(value)));
}

function defined(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
