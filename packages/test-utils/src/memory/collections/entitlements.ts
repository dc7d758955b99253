import {
  QZPAY_SOURCE_TYPE_VALUES,
  type QZPayCustomerEntitlement,
  type QZPayEntitlement,
  type QZPayEntitlementStorage,
  type QZPayGrantEntitlementInput,
  type QZPaySourceType,
} from '@qzpay/core';
import { type CollectionContext, pick } from '../collection.js';
import { OLDEST_FIRST } from '../list.js';
import type { Shape } from '../shape.js';
import type { Row } from '../store.js';
import { Table } from '../table.js';
import { flag, hidden, instant, key, oneOf, optional, text } from '../values.js';
import { Definitions } from './definitions.js';

const DEFINITIONS: Shape = {
  entity: 'Entitlement',
  fields: {
    id: key,
    key,
    name: text,
    description: optional(text),
    livemode: hidden(flag),
    createdAt: instant,
    updatedAt: instant,
  },
  uniques: [{ fields: ['key'] }],
};

const GRANTS: Shape = {
  entity: 'CustomerEntitlement',
  fields: {
    id: hidden(key),
    customerId: key,
    entitlementKey: key,
    grantedAt: instant,
    expiresAt: optional(instant),
    source: oneOf(QZPAY_SOURCE_TYPE_VALUES),
    sourceId: optional(key),
    livemode: hidden(flag),
    createdAt: hidden(instant),
    updatedAt: hidden(instant),
  },
  defaults: { source: 'manual' },
  references: { customerId: 'Customer' },
};

/** What tells the grants of a mode apart; here no source id equals no source id. */
const GRANT_KEY = ['livemode', 'customerId', 'entitlementKey', 'source', 'sourceId'] as const;

export class MemoryEntitlements implements QZPayEntitlementStorage {
  readonly #context: CollectionContext;
  readonly #definitions: Definitions<QZPayEntitlement>;
  readonly #grants: Table;

  constructor(context: CollectionContext) {
    this.#context = context;
    this.#definitions = new Definitions(DEFINITIONS, context);
    this.#grants = new Table(GRANTS, context);
  }

  async createDefinition(entitlement: QZPayEntitlement): Promise<QZPayEntitlement> {
    return this.#definitions.create(pick(entitlement, ['id', 'key', 'name', 'description', 'createdAt', 'updatedAt']));
  }

  async findDefinitionByKey(key: string): Promise<QZPayEntitlement | null> {
    return this.#definitions.findByKey(key);
  }

  async listDefinitions(): Promise<QZPayEntitlement[]> {
    return this.#definitions.list();
  }

  async grant(input: QZPayGrantEntitlementInput): Promise<QZPayCustomerEntitlement> {
    const grant = this.#grants.complete({
      ...pick(input, ['customerId', 'entitlementKey', 'expiresAt', 'source', 'sourceId']),
      grantedAt: this.#context.clock(),
    });
    return this.#context.write((data) => {
      const known = this.#grants.live(data).find((row) => GRANT_KEY.every((name) => row[name] === grant[name]));
      return this.#entity(
        known === undefined ? this.#grants.add(data, grant) : this.#grants.replace(data, extended(known, grant)),
      );
    });
  }

  async revoke(customerId: string, entitlementKey: string): Promise<void> {
    await this.#remove({ customerId, entitlementKey });
  }

  async revokeBySource(source: QZPaySourceType, sourceId: string): Promise<number> {
    return this.#remove({ source, sourceId });
  }

  async findByCustomerId(customerId: string): Promise<QZPayCustomerEntitlement[]> {
    const find = this.#grants.where({ customerId }, ['entitlementKey', 'grantedAt', 'id']);
    const now = this.#context.clock().getTime();
    const rows = await this.#context.read(find);
    const longest = new Map<unknown, Row>();
    for (const row of rows.filter((grant) => endOf(grant) > now)) {
      const rival = longest.get(row['entitlementKey']);
      if (rival === undefined || endOf(row) > endOf(rival)) longest.set(row['entitlementKey'], row);
    }
    return [...longest.values()].map((row) => this.#entity(row));
  }

  async check(customerId: string, entitlementKey: string): Promise<boolean> {
    const find = this.#grants.where({ customerId, entitlementKey }, OLDEST_FIRST);
    const now = this.#context.clock().getTime();
    return (await this.#context.read(find)).some((grant) => endOf(grant) > now);
  }

  async #remove(values: Readonly<Record<string, string>>): Promise<number> {
    const find = this.#grants.where(values, OLDEST_FIRST);
    return this.#context.write((data) => {
      const rows = find(data);
      for (const row of rows) this.#grants.remove(data, row);
      return rows.length;
    });
  }

  #entity(row: Row): QZPayCustomerEntitlement {
    return this.#grants.entity(row) as unknown as QZPayCustomerEntitlement;
  }
}

/** The instant at which a grant ends; one without expiry outlasts all others. */
function endOf(grant: Row): number {
  return (grant['expiresAt'] as number | null) ?? Number.POSITIVE_INFINITY;
}

function extended(known: Row, grant: Row): Row {
  const later = endOf(grant) > endOf(known) ? grant : known;
  return { ...known, expiresAt: later['expiresAt'] ?? null, updatedAt: grant['updatedAt'] ?? null };
}
