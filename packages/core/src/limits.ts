import type { QZPaySourceType, QZPayUsageAction } from './constants.js';
import type { QZPayMetadata } from './metadata.js';

/** Definition of something that customers may use up. */
export interface QZPayLimit {
  id: string;
  /** Unique per mode. */
  key: string;
  name: string;
  description: string | null;
  /** Default cap. */
  defaultValue: number;
  createdAt: Date;
  updatedAt: Date;
}

/** A customer's cap and what has been used of it. */
export interface QZPayCustomerLimit {
  customerId: string;
  /** A definition need not exist. */
  limitKey: string;
  /** Any finite number: fractions, and -1 where the host means unlimited. */
  maxValue: number;
  /** Used so far; may be below 0 and above the cap. */
  currentValue: number;
  /** When the host means to reset the counter; storage does not act on it. */
  resetAt: Date | null;
  source: QZPaySourceType;
  /** Any string; names the subscription, purchase or add-on behind the limit. */
  sourceId: string | null;
}

export interface QZPaySetLimitInput {
  customerId: string;
  limitKey: string;
  maxValue: number;
  /** Default null. */
  resetAt?: Date;
  /** Default `manual`. */
  source?: QZPaySourceType;
  /** Default null. */
  sourceId?: string;
}

export interface QZPayIncrementLimitInput {
  customerId: string;
  limitKey: string;
  /** Default 1; may be 0 or negative. */
  incrementBy?: number;
}

/** One observation of usage. */
export interface QZPayUsageRecord {
  id: string;
  customerId: string;
  limitKey: string;
  quantity: number;
  action: QZPayUsageAction;
  timestamp: Date;
  metadata: QZPayMetadata;
}

export interface QZPayLimitStorage {
  /** Stores the definition as given, timestamps included; returns it. `conflict` (`already_exists`) for a key in use. */
  createDefinition(limit: QZPayLimit): Promise<QZPayLimit>;

  /** Returns the definition, or null. */
  findDefinitionByKey(key: string): Promise<QZPayLimit | null>;

  /** All definitions by key, ascending. */
  listDefinitions(): Promise<QZPayLimit[]>;

  /**
   * Sets the customer's cap; returns the limit as it is now.
   *
   * On an existing limit `maxValue`, `resetAt`, `source` and `sourceId` are replaced, absent ones by their defaults,
   * and what has been used stays. MUST leave one limit per customer and key however many callers set it at once.
   * Rejects with `not_found` for an unknown customer.
   *
   * @conformance limits/one-limit-of-sets-at-once
   */
  set(input: QZPaySetLimitInput): Promise<QZPayCustomerLimit>;

  /** Removes the limit and its counter. Resolves as well when there is none. */
  delete(customerId: string, limitKey: string): Promise<void>;

  /** Removes all limits of one source, across customers; returns how many there were. */
  deleteBySource(source: QZPaySourceType, sourceId: string): Promise<number>;

  /**
   * Adds to what has been used; returns the limit as it is now. Rejects with `not_found` when there is no limit.
   *
   * MUST count every one of several concurrent calls exactly once. Does not enforce the cap.
   *
   * @conformance limits/increments-at-once-all-count
   */
  increment(input: QZPayIncrementLimitInput): Promise<QZPayCustomerLimit>;

  /** All limits of the customer by key, ascending; empty when there is none. */
  findByCustomerId(customerId: string): Promise<QZPayCustomerLimit[]>;

  /** Returns the limit as stored, or null, which callers take for unlimited. */
  check(customerId: string, limitKey: string): Promise<QZPayCustomerLimit | null>;

  /**
   * Stores the record as given; returns it.
   *
   * It is history: a counter moves with it only where the storage was told to, and then in the same step. The customer
   * need not be stored. Rejects with `conflict` (`already_exists`) for an id in use, so that nothing counts twice.
   */
  recordUsage(record: QZPayUsageRecord): Promise<QZPayUsageRecord>;
}
