import type {
  QZPayCustomerLimit,
  QZPayIncrementLimitInput,
  QZPayLimit,
  QZPayLimitStorage,
  QZPaySetLimitInput,
  QZPaySourceType,
  QZPayUsageRecord,
} from '@qzpay/core';
import type {
  QZPayCustomerLimitsRepository,
  QZPayLimitsRepository,
  QZPayUsageRecordsRepository,
} from '@qzpay/repositories';
import {
  fromCreateLimit,
  fromSetLimit,
  fromUsageRecord,
  toCustomerLimit,
  toLimit,
  toUsageRecord,
} from '../mappers/limits.js';
import { mapNullable } from './results.js';

export class LimitCollection implements QZPayLimitStorage {
  readonly #definitions: QZPayLimitsRepository;
  readonly #limits: QZPayCustomerLimitsRepository;
  readonly #usage: QZPayUsageRecordsRepository;
  readonly #usageMovesLimits: boolean;

  constructor(
    definitions: QZPayLimitsRepository,
    limits: QZPayCustomerLimitsRepository,
    usage: QZPayUsageRecordsRepository,
    usageMovesLimits: boolean,
  ) {
    this.#definitions = definitions;
    this.#limits = limits;
    this.#usage = usage;
    this.#usageMovesLimits = usageMovesLimits;
  }

  async createDefinition(limit: QZPayLimit): Promise<QZPayLimit> {
    return toLimit(await this.#definitions.create(fromCreateLimit(limit)));
  }

  async findDefinitionByKey(key: string): Promise<QZPayLimit | null> {
    return mapNullable(await this.#definitions.findByKey(key), toLimit);
  }

  async listDefinitions(): Promise<QZPayLimit[]> {
    return (await this.#definitions.findAll()).map(toLimit);
  }

  async set(input: QZPaySetLimitInput): Promise<QZPayCustomerLimit> {
    return toCustomerLimit(await this.#limits.set(fromSetLimit(input)));
  }

  delete(customerId: string, limitKey: string): Promise<void> {
    return this.#limits.delete(customerId, limitKey);
  }

  deleteBySource(source: QZPaySourceType, sourceId: string): Promise<number> {
    return this.#limits.deleteBySource(source, sourceId);
  }

  async increment({ customerId, limitKey, incrementBy }: QZPayIncrementLimitInput): Promise<QZPayCustomerLimit> {
    return toCustomerLimit(await this.#limits.increment(customerId, limitKey, incrementBy));
  }

  async findByCustomerId(customerId: string): Promise<QZPayCustomerLimit[]> {
    return (await this.#limits.findByCustomerId(customerId)).map(toCustomerLimit);
  }

  async check(customerId: string, limitKey: string): Promise<QZPayCustomerLimit | null> {
    return mapNullable(await this.#limits.find(customerId, limitKey), toCustomerLimit);
  }

  async recordUsage(record: QZPayUsageRecord): Promise<QZPayUsageRecord> {
    return toUsageRecord(await this.#usage.record(fromUsageRecord(record), { movesLimit: this.#usageMovesLimits }));
  }
}
