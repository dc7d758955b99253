import type { QZPayListOptions, QZPayMetadata, QZPayPaginatedResult, QZPayStorageAdapter } from '@qzpay/core';
import type { QZPayConformanceContext } from '../case.js';
import { copyOf } from '../copy.js';

export interface Entity {
  id: string;
  metadata: QZPayMetadata;
  createdAt: Date;
  updatedAt: Date;
}

/** The methods that collections have in common. */
interface Collection<E extends Entity> {
  update(id: string, patch: Partial<E>): Promise<E>;
  findById(id: string): Promise<E | null>;
  findByCustomerId?(customerId: string): Promise<E[]>;
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<E>>;
}

export interface DeletingCollection<E extends Entity> extends Collection<E> {
  delete(id: string): Promise<void>;
}

/** What the cases that several aggregates share need to know of one. */
export interface Aggregate<E extends Entity, C extends Collection<E> = Collection<E>> {
  /** As errors name it. */
  readonly entityType: string;
  collection(this: void, storage: QZPayStorageAdapter): C;
  /**
   * Stores one, and before it what it refers to, unless that is there. The name is its id, or its key where the storage
   * makes the ids.
   */
  insert(this: void, context: Pick<QZPayConformanceContext, 'storage' | 'clock'>, name: string): Promise<E>;
  /** Ways to find one by the value of a key, beside id and customer. */
  readonly finders: readonly {
    readonly key: keyof E & string;
    find(this: void, storage: QZPayStorageAdapter, text: string): Promise<E | E[] | null>;
  }[];
  /** A patch for each mutable field, with a value that `insert` does not give it; then patches with null. */
  readonly changes: readonly Partial<E>[];
  /** What an update takes and ignores. */
  readonly ignored: Readonly<Record<string, unknown>>;
}

/** What each way to look for the entity comes back with; empty where it finds nothing. */
export async function sightings<E extends Entity>(
  aggregate: Aggregate<E>,
  storage: QZPayStorageAdapter,
  entity: E,
): Promise<readonly E[][]> {
  const collection = aggregate.collection(storage);
  const found = await Promise.all([
    collection.findById(entity.id),
    collection.list().then(({ data }) => data),
    ...aggregate.finders.map(({ key, find }) => find(storage, String(entity[key]))),
    ...(collection.findByCustomerId === undefined ? [] : [collection.findByCustomerId(customerOf(entity))]),
  ]);
  return found.map((one) => (one === null ? [] : ([one].flat() as E[])));
}

/** The customer that it belongs to. */
export function customerOf(entity: Entity): string {
  return (entity as Entity & { customerId: string }).customerId;
}

/** One patch for each mutable field, fresh. */
export function valuesOf<E extends Entity>({ changes }: Aggregate<E>): Partial<E>[] {
  const first = new Map<string, Partial<E>>();
  for (const change of changes) {
    const key = Object.keys(change).join();
    if (!first.has(key)) first.set(key, change);
  }
  return copyOf([...first.values()]);
}

/** One patch of every mutable field, fresh. */
export function everythingOf<E extends Entity>(aggregate: Aggregate<E>): Partial<E> {
  return Object.assign({}, ...valuesOf(aggregate)) as Partial<E>;
}

/** The entity after a patch, as the contract has it. */
export function patched<E extends Entity>(entity: E, patch: Partial<E>, updatedAt: Date): E {
  const { version: _, ...fields } = entity as E & { version?: string };
  return { ...(fields as E), ...patch, updatedAt };
}
