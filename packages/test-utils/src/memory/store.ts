import type { Kept } from './values.js';

/** A row is never changed, only replaced. */
export type Row = Readonly<Record<string, Kept>>;

/** Reads and changes data; either carries through or throws and leaves nothing behind. */
export type Operation<Result> = (data: Data) => Result;

/** The rows of all entities and of both modes, with a way back. */
export class Data {
  readonly #rows = new Map<string, Map<string, Row>>();
  readonly #undo: (() => void)[] = [];

  rows(entity: string): Iterable<Row> {
    return this.#of(entity).values();
  }

  get(entity: string, key: string): Row | undefined {
    return this.#of(entity).get(key);
  }

  put(entity: string, key: string, row: Row): void {
    this.#remember(entity, key);
    this.#of(entity).set(key, row);
  }

  remove(entity: string, key: string): void {
    this.#remember(entity, key);
    this.#of(entity).delete(key);
  }

  /** Marks the present state; what is returned goes back to it. */
  savepoint(): () => void {
    const mark = this.#undo.length;
    return () => {
      while (this.#undo.length > mark) this.#undo.pop()?.();
    };
  }

  /** Runs the operation; when it throws, nothing of it remains. */
  attempt<Result>(operation: Operation<Result>): Result {
    const rollback = this.savepoint();
    try {
      return operation(this);
    } catch (error) {
      rollback();
      throw error;
    }
  }

  /** Another set of the same rows, without the way back. */
  copy(): Data {
    const copy = new Data();
    for (const [entity, rows] of this.#rows) copy.#rows.set(entity, new Map(rows));
    return copy;
  }

  /** Makes the present state final. */
  commit(): void {
    this.#undo.length = 0;
  }

  #of(entity: string): Map<string, Row> {
    let rows = this.#rows.get(entity);
    if (rows === undefined) {
      rows = new Map();
      this.#rows.set(entity, rows);
    }
    return rows;
  }

  #remember(entity: string, key: string): void {
    const rows = this.#of(entity);
    const before = rows.get(key);
    this.#undo.push(() => {
      if (before === undefined) rows.delete(key);
      else rows.set(key, before);
    });
  }
}

/**
 * What a constraint of a database would refuse: it fails the transaction around it, also where the caller swallows it.
 * Unwrapped before callers see it.
 */
export class Refusal extends Error {
  readonly reason: Error;

  constructor(reason: Error) {
    super(reason.message);
    this.reason = reason;
  }
}
