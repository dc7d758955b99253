import { type QZPayListOptions, type QZPayPaginatedResult, QZPayValidationError } from '@qzpay/core';
import type { Shape, TableContext, Values } from './shape.js';
import type { Data, Operation, Row } from './store.js';
import { type QZPayMemoryUpdateOptions, Table } from './table.js';

/** A returned entity carries the version that an update may expect. */
export type Versioned<Entity> = Entity & { readonly version: string };

/** What the collections of one storage share. */
export interface CollectionContext extends TableContext {
  read<Result>(operation: Operation<Result>): Promise<Result>;
  write<Result>(operation: Operation<Result>): Promise<Result>;
  /** Like `write`, but what is refused fails only this operation and not the transaction around it. */
  writeApart<Result>(operation: Operation<Result>): Promise<Result>;
}

/** What the collections of entities with an id have in common. */
export abstract class Collection<Entity> {
  protected readonly context: CollectionContext;
  protected readonly table: Table;

  protected constructor(shape: Shape, context: CollectionContext) {
    this.context = context;
    this.table = new Table(shape, context);
  }

  async findById(id: string): Promise<Versioned<Entity> | null> {
    return this.find(this.table.findById(id));
  }

  async list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<Versioned<Entity>>> {
    const list = this.table.list(options);
    return this.context.read((data) => {
      const page = list(data);
      return { ...page, data: page.data.map((row) => this.entity(row, data)) };
    });
  }

  /** The entity of a row; collections whose entities have children override it. */
  protected entity(row: Row, _data: Data): Versioned<Entity> {
    return this.table.entity(row) as Versioned<Entity>;
  }

  protected store(given: Values): Promise<Versioned<Entity>> {
    return this.writing(this.table.insert(given));
  }

  protected change(id: string, patch: Values, options?: QZPayMemoryUpdateOptions): Promise<Versioned<Entity>> {
    return this.writing(this.table.patch(id, patch, options));
  }

  protected hide(id: string): Promise<void> {
    return this.context.write(this.table.hide(id));
  }

  protected writing(operation: Operation<Row>): Promise<Versioned<Entity>> {
    return this.context.write((data) => this.entity(operation(data), data));
  }

  protected find(operation: Operation<Row | undefined>): Promise<Versioned<Entity> | null> {
    return this.context.read((data) => {
      const row = operation(data);
      return row === undefined ? null : this.entity(row, data);
    });
  }

  protected findAll(operation: Operation<Row[]>): Promise<Versioned<Entity>[]> {
    return this.context.read((data) => operation(data).map((row) => this.entity(row, data)));
  }
}

/** The first of the rows that an operation finds. */
export function first(operation: Operation<Row[]>): Operation<Row | undefined> {
  return (data) => operation(data)[0];
}

/** The named fields of an input; it may bring others along. */
export function pick(input: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, (input as Values)[name]]));
}

/** @throws QZPayValidationError for what plain JavaScript callers may give in the place of a list. */
export function checkedList<Item>(items: readonly Item[], entity: string, field: string): readonly Item[] {
  if (!Array.isArray(items) || items.some((item) => typeof item !== 'object' || item === null)) {
    throw new QZPayValidationError(`${entity} ${field} is invalid: expected a list of objects`, field);
  }
  return items;
}

/** What look-ups without regard to case compare. What is no text is refused later. */
export function caseless(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
