import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

/** A card on file at a provider. */
export interface QZPaySavedCard {
  /** Id of the card at the provider. */
  id: string;
  /** Any provider name. */
  provider: string;
  lastFourDigits: string;
  firstSixDigits?: string;
  /** 1 to 12. */
  expirationMonth: number;
  /** Four digits. */
  expirationYear: number;
  cardholderName?: string;
  /** The provider's code for the kind of method, for example the card scheme. */
  paymentMethodId?: string;
  /** Display name of the scheme. */
  paymentMethodName?: string;
  /** URL of an image of the scheme. */
  paymentMethodThumbnail?: string;
  isDefault?: boolean;
  createdAt: Date;
}

/** Somebody who pays. */
export interface QZPayCustomer {
  /** Made by the storage. */
  id: string;
  /** The host application's id of the user; unique per mode among customers that are not deleted. */
  externalId: string;
  /** Case as given; not unique. */
  email: string;
  name: string | null;
  /** Free-form, of any length. */
  phone: string | null;
  /** Provider name to the customer's id there; `{}` when there is none. */
  providerCustomerIds: Record<string, string>;
  /** Absent until cards have been saved. Optional keys of a card that were absent stay absent. */
  savedCards?: QZPaySavedCard[];
  metadata: QZPayMetadata;
  livemode: boolean;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export interface QZPayCreateCustomerInput {
  externalId: string;
  email: string;
  /** Default null. */
  name?: string | null;
  /** Default null. */
  phone?: string | null;
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayUpdateCustomerInput {
  email?: string;
  name?: string | null;
  phone?: string | null;
  /** Replaces the stored object. */
  metadata?: QZPayMetadata;
  /** Merged per provider. */
  providerCustomerIds?: Record<string, string>;
  /** Replaces the whole list. */
  savedCards?: QZPaySavedCard[];
}

export interface QZPayCustomerStorage {
  /**
   * Stores a customer under an id that the storage makes; returns it.
   *
   * Rejects with `conflict` (`already_exists`) when a customer of this mode that is not deleted has the same
   * `externalId`. It never answers with that customer instead: callers delete what `create` returned when a later
   * step fails. MUST let one caller win when several create the same `externalId` at once; the others get the
   * conflict and may look the customer up.
   *
   * @conformance customers/one-winner-per-external-id
   */
  create(input: QZPayCreateCustomerInput): Promise<QZPayCustomer>;

  /**
   * Changes the given fields; returns the customer as it is now. Rejects with `not_found` for an unknown id.
   *
   * `externalId` may come along at run time and is ignored. MUST NOT lose an entry of `providerCustomerIds` when two
   * callers set different providers at once.
   *
   * @conformance customers/provider-ids-survive-callers-at-once
   */
  update(id: string, input: QZPayUpdateCustomerInput): Promise<QZPayCustomer>;

  /**
   * Hides the customer and frees its `externalId`. Resolves as well when there is nothing to delete.
   *
   * What belongs to the customer stays as it is.
   */
  delete(id: string): Promise<void>;

  /** Returns the customer, or null when it is unknown or deleted. */
  findById(id: string): Promise<QZPayCustomer | null>;

  /** Returns the customer that is not deleted, or null; an empty string is looked up like any other. */
  findByExternalId(externalId: string): Promise<QZPayCustomer | null>;

  /** Compares without regard to case; returns the oldest match by creation and id, or null. */
  findByEmail(email: string): Promise<QZPayCustomer | null>;

  /** Newest first, then by id. Filters include `email`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayCustomer>>;
}
