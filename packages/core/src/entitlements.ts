import type { QZPaySourceType } from './constants.js';

/** Definition of something that customers may have access to. */
export interface QZPayEntitlement {
  id: string;
  /** Unique per mode. */
  key: string;
  name: string;
  description: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A customer's access to an entitlement. */
export interface QZPayCustomerEntitlement {
  customerId: string;
  /** A definition need not exist. */
  entitlementKey: string;
  grantedAt: Date;
  /** Null: never. Access ends at this very instant. */
  expiresAt: Date | null;
  source: QZPaySourceType;
  /** Any string; names the subscription, purchase or add-on behind the grant. */
  sourceId: string | null;
}

export interface QZPayGrantEntitlementInput {
  customerId: string;
  entitlementKey: string;
  /** Absent: the grant never expires. */
  expiresAt?: Date;
  /** Default `manual`. */
  source?: QZPaySourceType;
  /** Default null. */
  sourceId?: string;
}

export interface QZPayEntitlementStorage {
  /** Stores the definition as given, timestamps included; returns it. `conflict` (`already_exists`) for a key in use. */
  createDefinition(entitlement: QZPayEntitlement): Promise<QZPayEntitlement>;

  /** Returns the definition, or null. */
  findDefinitionByKey(key: string): Promise<QZPayEntitlement | null>;

  /** All definitions by key, ascending. */
  listDefinitions(): Promise<QZPayEntitlement[]>;

  /**
   * Grants the entitlement; returns the grant as it is now.
   *
   * Each source has a grant of its own, so that ending one leaves what another one owes. Granting again from the same
   * source keeps `grantedAt` and the later expiry, where never is the latest. MUST leave one grant per customer, key
   * and source however many callers grant it at once. Rejects with `not_found` for an unknown customer.
   *
   * @conformance entitlements/one-grant-of-grants-at-once
   */
  grant(input: QZPayGrantEntitlementInput): Promise<QZPayCustomerEntitlement>;

  /** Ends all grants of the key, from every source. Resolves as well when there is none. */
  revoke(customerId: string, entitlementKey: string): Promise<void>;

  /** Ends all grants of one source, across customers; returns how many there were. */
  revokeBySource(source: QZPaySourceType, sourceId: string): Promise<number>;

  /**
   * The customer's unexpired entitlements by key, ascending; empty when there is none.
   *
   * One entry per key: of several grants the one that lasts longest.
   */
  findByCustomerId(customerId: string): Promise<QZPayCustomerEntitlement[]>;

  /** Whether the customer has a grant that has not expired; false for an unknown customer or key. */
  check(customerId: string, entitlementKey: string): Promise<boolean>;
}
