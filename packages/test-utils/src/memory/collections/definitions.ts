import { type CollectionContext, first } from '../collection.js';
import type { Shape, Values } from '../shape.js';
import { Table } from '../table.js';

/** Definitions of entitlements or limits, one per key and mode. */
export class Definitions<Definition> {
  readonly #context: CollectionContext;
  readonly #table: Table;

  constructor(shape: Shape, context: CollectionContext) {
    this.#context = context;
    this.#table = new Table(shape, context);
  }

  async create(given: Values): Promise<Definition> {
    return this.#table.entity(await this.#context.write(this.#table.insert(given))) as Definition;
  }

  async findByKey(key: string): Promise<Definition | null> {
    const row = await this.#context.read(first(this.#table.where({ key }, ['key'])));
    return row === undefined ? null : (this.#table.entity(row) as Definition);
  }

  async list(): Promise<Definition[]> {
    const rows = await this.#context.read(this.#table.where({}, ['key']));
    return rows.map((row) => this.#table.entity(row) as Definition);
  }
}
