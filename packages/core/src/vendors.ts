import type { QZPayCurrency, QZPayPayoutInterval, QZPayVendorPayoutStatus, QZPayVendorStatus } from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

export interface QZPayPayoutSchedule {
  interval: QZPayPayoutInterval;
  /** 0 is Sunday. */
  dayOfWeek?: number;
  /** 1 to 31. */
  dayOfMonth?: number;
}

/** Somebody who sells through the host and is paid out. */
export interface QZPayVendor {
  id: string;
  /** The host application's id; unique per mode among vendors that are not deleted. */
  externalId: string;
  name: string;
  email: string;
  status: QZPayVendorStatus;
  /** Percent from 0 to 100, with all its decimals. */
  commissionRate: number;
  payoutSchedule: QZPayPayoutSchedule;
  /** Provider name to the vendor's account there; `{}` when there is none. */
  providerAccountIds: Record<string, string>;
  metadata: QZPayMetadata;
  livemode: boolean;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export interface QZPayCreateVendorInput {
  externalId: string;
  name: string;
  email: string;
  /** Percent. Default 10. */
  commissionRate?: number;
  /** Default: monthly on day 1. */
  payoutSchedule?: QZPayPayoutSchedule;
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayUpdateVendorInput {
  name?: string;
  email?: string;
  /** Percent. */
  commissionRate?: number;
  /** Replaces the whole value. */
  payoutSchedule?: QZPayPayoutSchedule;
  /** Replaces the stored object. */
  metadata?: QZPayMetadata;
}

/** Money sent to a vendor for a period. */
export interface QZPayVendorPayout {
  /** Any string, for example `po_…`. */
  id: string;
  vendorId: string;
  /** Minor units. */
  amount: number;
  currency: QZPayCurrency;
  status: QZPayVendorPayoutStatus;
  periodStart: Date;
  periodEnd: Date;
  /** Provider name to the payout's id there; `{}` when there is none. */
  providerPayoutIds: Record<string, string>;
  paidAt: Date | null;
  createdAt: Date;
}

export interface QZPayVendorStorage {
  /**
   * Stores a vendor in state `pending`; returns it.
   *
   * Rejects with `conflict` (`already_exists`) for an id in use, and for an `externalId` that a vendor of this mode
   * that is not deleted has. MUST let one caller win when several create the same `externalId` at once.
   *
   * @conformance vendors/one-winner-per-external-id
   */
  create(input: QZPayCreateVendorInput & { id: string }): Promise<QZPayVendor>;

  /**
   * Changes the given fields; returns the vendor as it is now. Rejects with `not_found` for an unknown id.
   *
   * At run time `status` and `providerAccountIds` (merged per provider) are accepted as well: there is no other way to
   * approve a vendor or to link its account. MUST NOT lose an account when two callers link different providers at once.
   *
   * @conformance vendors/accounts-linked-at-once-are-all-kept
   */
  update(id: string, input: QZPayUpdateVendorInput): Promise<QZPayVendor>;

  /** Hides the vendor and frees its `externalId`; its payouts stay. Resolves as well when there is nothing to delete. */
  delete(id: string): Promise<void>;

  /** Returns the vendor, or null when it is unknown or deleted. */
  findById(id: string): Promise<QZPayVendor | null>;

  /** Returns the vendor that is not deleted, or null. */
  findByExternalId(externalId: string): Promise<QZPayVendor | null>;

  /** Newest first, then by id. Filters include `status`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVendor>>;

  /**
   * Stores the payout as given, its timestamp and every provider id included; returns it.
   *
   * Rejects with `not_found` for an unknown vendor, with `conflict` (`already_exists`) for an id in use.
   */
  createPayout(payout: QZPayVendorPayout): Promise<QZPayVendorPayout>;

  /** All payouts of the vendor, newest first, then by id; empty when there is none. */
  findPayoutsByVendorId(vendorId: string): Promise<QZPayVendorPayout[]>;
}
