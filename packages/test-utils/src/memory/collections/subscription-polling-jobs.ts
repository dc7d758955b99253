import {
  QZPAY_POLLING_DEFAULTS,
  QZPAY_POLLING_JOB_STATUS_VALUES,
  QZPAY_POLLING_RESOURCE_TYPE_VALUES,
  type QZPaySchedulePollingInput,
  type QZPaySubscriptionPollingJob,
  type QZPaySubscriptionPollingJobStorage,
  type QZPayUpdatePollingJobInput,
  QZPayValidationError,
} from '@qzpay/core';
import { type CollectionContext, first, pick } from '../collection.js';
import { checkedLimit, OLDEST_FIRST } from '../list.js';
import type { Shape, Unique } from '../shape.js';
import type { Operation, Row } from '../store.js';
import { Table } from '../table.js';
import { flag, hidden, instant, integer, isUuid, key, object, oneOf, optional, text } from '../values.js';

const ONE_PENDING: Unique = {
  fields: ['provider', 'providerResourceId'],
  among: (row) => row['status'] === 'pending',
};

const POLLING_JOBS: Shape = {
  entity: 'SubscriptionPollingJob',
  fields: {
    id: key,
    subscriptionId: key,
    provider: key,
    providerResourceId: key,
    resourceType: oneOf(QZPAY_POLLING_RESOURCE_TYPE_VALUES),
    status: oneOf(QZPAY_POLLING_JOB_STATUS_VALUES),
    attempts: integer,
    maxAttempts: integer,
    nextPollAt: instant,
    lastPolledAt: optional(instant),
    lastProviderStatus: optional(text),
    lastError: optional(text),
    livemode: hidden(flag),
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
    completedAt: optional(instant),
  },
  defaults: {
    resourceType: 'subscription',
    status: 'pending',
    attempts: 0,
    maxAttempts: QZPAY_POLLING_DEFAULTS.MAX_ATTEMPTS,
    metadata: {},
  },
  uniques: [ONE_PENDING],
  references: { subscriptionId: 'Subscription' },
  updatable: ['status', 'nextPollAt', 'lastPolledAt', 'lastProviderStatus', 'lastError', 'completedAt'],
};

export class MemorySubscriptionPollingJobs implements QZPaySubscriptionPollingJobStorage {
  readonly #context: CollectionContext;
  readonly #jobs: Table;
  readonly #defaultProvider: string | undefined;

  constructor(context: CollectionContext, defaultProvider: string | undefined) {
    this.#context = context;
    this.#jobs = new Table(POLLING_JOBS, context);
    this.#defaultProvider = defaultProvider;
  }

  async create(input: QZPaySchedulePollingInput): Promise<QZPaySubscriptionPollingJob | null> {
    const provider = input.provider ?? this.#defaultProvider;
    if (provider === undefined) {
      throw new QZPayValidationError(
        'SubscriptionPollingJob provider is required: neither the input nor the option defaultProvider names one',
        'provider',
      );
    }
    const { initialDelayMs = QZPAY_POLLING_DEFAULTS.INITIAL_DELAY_MS } = input;
    const job = this.#jobs.complete({
      ...pick(input, ['subscriptionId', 'providerResourceId', 'resourceType', 'maxAttempts', 'metadata']),
      provider,
      nextPollAt: new Date(this.#context.clock().getTime() + initialDelayMs),
    });
    return this.#context.write((data) =>
      this.#jobs.isTaken(data, job, ONE_PENDING) ? null : this.#entity(this.#jobs.add(data, job)),
    );
  }

  async update(input: QZPayUpdatePollingJobInput): Promise<QZPaySubscriptionPollingJob | null> {
    const { id, expectedVersion, incrementAttemptsBy, ...patch } = input;
    if (!isUuid(expectedVersion)) return null;
    const find = this.#jobs.findById(id);
    const by = this.#jobs.keep('attempts', incrementAttemptsBy ?? 0) as number;
    const change = this.#jobs.changes(patch);
    return this.#context.write((data) => {
      const job = find(data);
      if (job === undefined || job['version'] !== expectedVersion.toLowerCase()) return null;
      const attempts = (job['attempts'] as number) + by;
      return this.#entity(this.#jobs.replace(data, { ...change(job), attempts }));
    });
  }

  async findById(id: string): Promise<QZPaySubscriptionPollingJob | null> {
    return this.#find(this.#jobs.findById(id));
  }

  async findActiveByProviderResourceId(
    provider: string,
    providerResourceId: string,
  ): Promise<QZPaySubscriptionPollingJob | null> {
    return this.#find(first(this.#jobs.where({ provider, providerResourceId, status: 'pending' }, OLDEST_FIRST)));
  }

  async findActiveBySubscriptionId(subscriptionId: string): Promise<QZPaySubscriptionPollingJob | null> {
    return this.#find(first(this.#jobs.where({ subscriptionId, status: 'pending' }, OLDEST_FIRST)));
  }

  async findDuePending(now: Date, limit: number): Promise<QZPaySubscriptionPollingJob[]> {
    const due = this.#jobs.keep('nextPollAt', now) as number;
    const atMost = checkedLimit(limit);
    const pending = this.#jobs.where({ status: 'pending' }, ['nextPollAt', 'id']);
    const rows = await this.#context.read(pending);
    return rows
      .filter((row) => (row['nextPollAt'] as number) <= due)
      .slice(0, atMost)
      .map((row) => this.#entity(row));
  }

  async #find(operation: Operation<Row | undefined>): Promise<QZPaySubscriptionPollingJob | null> {
    const row = await this.#context.read(operation);
    return row === undefined ? null : this.#entity(row);
  }

  #entity(row: Row): QZPaySubscriptionPollingJob {
    return this.#jobs.entity(row) as unknown as QZPaySubscriptionPollingJob;
  }
}
