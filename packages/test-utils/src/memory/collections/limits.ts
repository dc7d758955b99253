import {
  QZPAY_SOURCE_TYPE_VALUES,
  QZPayConflictError,
  type QZPayCustomerLimit,
  type QZPayIncrementLimitInput,
  type QZPayLimit,
  type QZPayLimitStorage,
  QZPayNotFoundError,
  type QZPaySetLimitInput,
  type QZPaySourceType,
  type QZPayUsageRecord,
} from '@qzpay/core';
import { type CollectionContext, first, pick } from '../collection.js';
import type { Shape } from '../shape.js';
import type { Data, Row } from '../store.js';
import { Table } from '../table.js';
import { applyUsage, USAGE_RECORDS } from '../usage-records.js';
import { addDecimals, decimal, exactDecimal, flag, hidden, instant, key, oneOf, optional, text } from '../values.js';
import { Definitions } from './definitions.js';

const DEFINITIONS: Shape = {
  entity: 'Limit',
  fields: {
    id: key,
    key,
    name: text,
    description: optional(text),
    defaultValue: decimal,
    livemode: hidden(flag),
    createdAt: instant,
    updatedAt: instant,
  },
  defaults: { defaultValue: 0 },
  uniques: [{ fields: ['key'] }],
};

const CUSTOMER_LIMITS: Shape = {
  entity: 'CustomerLimit',
  primaryKey: ['customerId', 'limitKey'],
  fields: {
    customerId: key,
    limitKey: key,
    maxValue: decimal,
    currentValue: exactDecimal,
    resetAt: optional(instant),
    source: oneOf(QZPAY_SOURCE_TYPE_VALUES),
    sourceId: optional(key),
    livemode: hidden(flag),
    createdAt: hidden(instant),
    updatedAt: hidden(instant),
  },
  defaults: { currentValue: 0, source: 'manual' },
  references: { customerId: 'Customer' },
};

export class MemoryLimits implements QZPayLimitStorage {
  readonly #context: CollectionContext;
  readonly #definitions: Definitions<QZPayLimit>;
  readonly #limits: Table;
  readonly #usage: Table;
  readonly #usageMovesLimits: boolean;

  constructor(context: CollectionContext, usageMovesLimits: boolean) {
    this.#context = context;
    this.#definitions = new Definitions(DEFINITIONS, context);
    this.#limits = new Table(CUSTOMER_LIMITS, context);
    this.#usage = new Table(USAGE_RECORDS, context);
    this.#usageMovesLimits = usageMovesLimits;
  }

  async createDefinition(limit: QZPayLimit): Promise<QZPayLimit> {
    return this.#definitions.create(
      pick(limit, ['id', 'key', 'name', 'description', 'defaultValue', 'createdAt', 'updatedAt']),
    );
  }

  async findDefinitionByKey(key: string): Promise<QZPayLimit | null> {
    return this.#definitions.findByKey(key);
  }

  async listDefinitions(): Promise<QZPayLimit[]> {
    return this.#definitions.list();
  }

  async set(input: QZPaySetLimitInput): Promise<QZPayCustomerLimit> {
    const limit = this.#limits.complete({
      ...pick(input, ['customerId', 'limitKey', 'maxValue', 'resetAt', 'sourceId']),
      source: input.source ?? 'manual',
    });
    const find = this.#find(input.customerId, input.limitKey);
    return this.#context.write((data) => {
      const known = find(data);
      if (known === undefined) return this.#entity(this.#limits.add(data, limit));
      const { currentValue = null, createdAt = null } = known;
      return this.#entity(this.#limits.replace(data, { ...limit, currentValue, createdAt }));
    });
  }

  async delete(customerId: string, limitKey: string): Promise<void> {
    await this.#remove({ customerId, limitKey });
  }

  async deleteBySource(source: QZPaySourceType, sourceId: string): Promise<number> {
    return this.#remove({ source, sourceId });
  }

  async increment({ customerId, limitKey, incrementBy = 1 }: QZPayIncrementLimitInput): Promise<QZPayCustomerLimit> {
    const by = this.#limits.keep('currentValue', incrementBy) as string;
    const find = this.#find(customerId, limitKey);
    const stamps = this.#limits.stamps();
    return this.#context.write((data) => {
      const limit = find(data);
      if (limit === undefined) throw new QZPayNotFoundError('CustomerLimit', `${customerId}:${limitKey}`);
      const currentValue = addDecimals(limit['currentValue'] as string, by);
      return this.#entity(this.#limits.replace(data, { ...limit, ...stamps, currentValue }));
    });
  }

  async findByCustomerId(customerId: string): Promise<QZPayCustomerLimit[]> {
    const rows = await this.#context.read(this.#limits.where({ customerId }, ['limitKey']));
    return rows.map((row) => this.#entity(row));
  }

  async check(customerId: string, limitKey: string): Promise<QZPayCustomerLimit | null> {
    const row = await this.#context.read(this.#find(customerId, limitKey));
    return row === undefined ? null : this.#entity(row);
  }

  async recordUsage(record: QZPayUsageRecord): Promise<QZPayUsageRecord> {
    const row = this.#usage.complete({
      ...pick(record, ['id', 'customerId', 'limitKey', 'quantity', 'action', 'metadata']),
      timestamp: record.timestamp ?? this.#context.clock(),
    });
    return this.#context.write((data) => {
      // Not by the constraint, which would fail the transaction around it: whoever repeats a record may go on.
      if (this.#usage.isStored(data, 'UsageRecord', row['id'] as string)) {
        throw new QZPayConflictError('UsageRecord already exists', 'already_exists');
      }
      this.#usage.add(data, row);
      if (this.#usageMovesLimits) this.#move(data, row);
      return this.#usage.entity(row) as unknown as QZPayUsageRecord;
    });
  }

  /** Moves the counter of the record's limit, where the customer has one. */
  #move(data: Data, record: Row): void {
    const limit = this.#find(record['customerId'] as string, record['limitKey'] as string)(data);
    if (limit === undefined) return;
    const currentValue = applyUsage(limit['currentValue'] as string, record);
    this.#limits.replace(data, { ...limit, ...this.#limits.stamps(), currentValue });
  }

  async #remove(values: Readonly<Record<string, string>>): Promise<number> {
    const find = this.#limits.where(values, ['customerId', 'limitKey']);
    return this.#context.write((data) => {
      const rows = find(data);
      for (const row of rows) this.#limits.remove(data, row);
      return rows.length;
    });
  }

  #find(customerId: string, limitKey: string) {
    return first(this.#limits.where({ customerId, limitKey }, ['limitKey']));
  }

  #entity(row: Row): QZPayCustomerLimit {
    return this.#limits.entity(row) as unknown as QZPayCustomerLimit;
  }
}
