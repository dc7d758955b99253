import type {
  QZPayCustomerEntitlement,
  QZPayEntitlement,
  QZPayEntitlementStorage,
  QZPayGrantEntitlementInput,
  QZPaySourceType,
} from '@qzpay/core';
import type { QZPayCustomerEntitlementsRepository, QZPayEntitlementsRepository } from '@qzpay/repositories';
import { fromCreateEntitlement, fromGrant, toCustomerEntitlement, toEntitlement } from '../mappers/entitlements.js';
import { mapNullable } from './results.js';

export class EntitlementCollection implements QZPayEntitlementStorage {
  readonly #definitions: QZPayEntitlementsRepository;
  readonly #grants: QZPayCustomerEntitlementsRepository;

  constructor(definitions: QZPayEntitlementsRepository, grants: QZPayCustomerEntitlementsRepository) {
    this.#definitions = definitions;
    this.#grants = grants;
  }

  async createDefinition(entitlement: QZPayEntitlement): Promise<QZPayEntitlement> {
    return toEntitlement(await this.#definitions.create(fromCreateEntitlement(entitlement)));
  }

  async findDefinitionByKey(key: string): Promise<QZPayEntitlement | null> {
    return mapNullable(await this.#definitions.findByKey(key), toEntitlement);
  }

  async listDefinitions(): Promise<QZPayEntitlement[]> {
    return (await this.#definitions.findAll()).map(toEntitlement);
  }

  async grant(input: QZPayGrantEntitlementInput): Promise<QZPayCustomerEntitlement> {
    return toCustomerEntitlement(await this.#grants.grant(fromGrant(input)));
  }

  async revoke(customerId: string, entitlementKey: string): Promise<void> {
    await this.#grants.revoke(customerId, entitlementKey);
  }

  revokeBySource(source: QZPaySourceType, sourceId: string): Promise<number> {
    return this.#grants.revokeBySource(source, sourceId);
  }

  async findByCustomerId(customerId: string): Promise<QZPayCustomerEntitlement[]> {
    return (await this.#grants.findActiveByCustomerId(customerId)).map(toCustomerEntitlement);
  }

  check(customerId: string, entitlementKey: string): Promise<boolean> {
    return this.#grants.check(customerId, entitlementKey);
  }
}
