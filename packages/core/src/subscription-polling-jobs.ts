import type { QZPayPollingResourceType, QZPaySubscriptionPollingJobStatus } from './constants.js';
import type { QZPayMetadata } from './metadata.js';

/** Work to be done until a provider has made up its mind about a resource. */
export interface QZPaySubscriptionPollingJob {
  /** Made by the storage. */
  id: string;
  subscriptionId: string;
  provider: string;
  /** Id at the provider of what is polled. */
  providerResourceId: string;
  resourceType: QZPayPollingResourceType;
  status: QZPaySubscriptionPollingJobStatus;
  attempts: number;
  maxAttempts: number;
  nextPollAt: Date;
  lastPolledAt: Date | null;
  /** The provider's own word, of any length. */
  lastProviderStatus: string | null;
  lastError: string | null;
  metadata: QZPayMetadata;
  createdAt: Date;
  updatedAt: Date;
  /** When the job reached a final state; set by the caller. */
  completedAt: Date | null;
  /** Opaque; changes with every update. */
  version: string;
}

export interface QZPaySchedulePollingInput {
  subscriptionId: string;
  providerResourceId: string;
  /** Default `subscription`. */
  resourceType?: QZPayPollingResourceType;
  /** Default: the storage's default provider; a `validation` error when it has none. */
  provider?: string;
  /** Milliseconds until the first poll. Default 30 000. */
  initialDelayMs?: number;
  /** Default 60. */
  maxAttempts?: number;
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayUpdatePollingJobInput {
  id: string;
  /** The version that the caller has read. */
  expectedVersion: string;
  status?: QZPaySubscriptionPollingJobStatus;
  /** Added to the attempts. */
  incrementAttemptsBy?: number;
  lastPolledAt?: Date;
  lastProviderStatus?: string | null;
  lastError?: string | null;
  nextPollAt?: Date;
  completedAt?: Date | null;
}

export interface QZPaySubscriptionPollingJobStorage {
  /**
   * Schedules a job in state `pending` with no attempts; returns it, or null when a pending job exists for the same
   * provider and resource, whichever subscription that one belongs to.
   *
   * MUST let one caller win when several schedule the same resource at once. Rejects with `not_found` for an unknown
   * subscription, with `validation` when no provider is given or configured.
   *
   * @conformance subscription-polling-jobs/one-winner-per-resource
   */
  create(input: QZPaySchedulePollingInput): Promise<QZPaySubscriptionPollingJob | null>;

  /**
   * Applies the change when the stored version is `expectedVersion`, and rotates the version; returns the job, or null
   * when somebody else was faster, the id is unknown, or the version is no version at all.
   *
   * MUST let one caller win when several bring the same version. Does not set `completedAt` by itself. Rejects with
   * `conflict` (`already_exists`) when a job moves back to `pending` while another one is pending for its resource.
   *
   * @conformance subscription-polling-jobs/one-winner-per-version
   */
  update(input: QZPayUpdatePollingJobInput): Promise<QZPaySubscriptionPollingJob | null>;

  /** Returns the job in any state, or null. */
  findById(id: string): Promise<QZPaySubscriptionPollingJob | null>;

  /** Returns the pending job of exactly this provider and resource, or null. */
  findActiveByProviderResourceId(
    provider: string,
    providerResourceId: string,
  ): Promise<QZPaySubscriptionPollingJob | null>;

  /** Returns the oldest pending job of the subscription by creation and id, or null. */
  findActiveBySubscriptionId(subscriptionId: string): Promise<QZPaySubscriptionPollingJob | null>;

  /**
   * Pending jobs whose `nextPollAt` is at or before `now`, earliest first, then by id; at most `limit` of them.
   *
   * Claims nothing: two callers may get the same jobs, and the version decides whose update counts.
   */
  findDuePending(now: Date, limit: number): Promise<QZPaySubscriptionPollingJob[]>;
}
