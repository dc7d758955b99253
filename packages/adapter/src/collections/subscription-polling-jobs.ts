import {
  type QZPayClock,
  type QZPaySchedulePollingInput,
  type QZPaySubscriptionPollingJob,
  type QZPaySubscriptionPollingJobStorage,
  type QZPayUpdatePollingJobInput,
  QZPayValidationError,
} from '@qzpay/core';
import type { QZPaySubscriptionPollingJobsRepository } from '@qzpay/repositories';
import { fromSchedulePolling, fromUpdatePollingJob, toPollingJob } from '../mappers/subscription-polling-jobs.js';
import { mapNullable } from './results.js';

export class SubscriptionPollingJobCollection implements QZPaySubscriptionPollingJobStorage {
  readonly #jobs: QZPaySubscriptionPollingJobsRepository;
  readonly #defaultProvider: string | undefined;
  readonly #clock: QZPayClock;

  constructor(jobs: QZPaySubscriptionPollingJobsRepository, defaultProvider: string | undefined, clock: QZPayClock) {
    this.#jobs = jobs;
    this.#defaultProvider = defaultProvider;
    this.#clock = clock;
  }

  async create(input: QZPaySchedulePollingInput): Promise<QZPaySubscriptionPollingJob | null> {
    const provider = input.provider ?? this.#defaultProvider;
    if (provider === undefined) {
      throw new QZPayValidationError(
        'SubscriptionPollingJob provider is required: neither the input nor the option defaultProvider names one',
        'provider',
      );
    }
    return mapNullable(await this.#jobs.create(fromSchedulePolling(input, provider, this.#clock())), toPollingJob);
  }

  async update(input: QZPayUpdatePollingJobInput): Promise<QZPaySubscriptionPollingJob | null> {
    return mapNullable(
      await this.#jobs.update(input.id, input.expectedVersion, fromUpdatePollingJob(input)),
      toPollingJob,
    );
  }

  async findById(id: string): Promise<QZPaySubscriptionPollingJob | null> {
    return mapNullable(await this.#jobs.findById(id), toPollingJob);
  }

  async findActiveByProviderResourceId(
    provider: string,
    providerResourceId: string,
  ): Promise<QZPaySubscriptionPollingJob | null> {
    return mapNullable(await this.#jobs.findActiveByProviderResourceId(provider, providerResourceId), toPollingJob);
  }

  async findActiveBySubscriptionId(subscriptionId: string): Promise<QZPaySubscriptionPollingJob | null> {
    return mapNullable(await this.#jobs.findActiveBySubscriptionId(subscriptionId), toPollingJob);
  }

  async findDuePending(now: Date, limit: number): Promise<QZPaySubscriptionPollingJob[]> {
    return (await this.#jobs.findDuePending(now, limit)).map(toPollingJob);
  }
}
