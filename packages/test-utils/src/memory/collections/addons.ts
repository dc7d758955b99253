import {
  QZPAY_ADDON_BILLING_INTERVAL_VALUES,
  QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES,
  type QZPayAddOn,
  type QZPayAddOnStorage,
  type QZPayAttachAddOnInput,
  type QZPayCreateAddOnInput,
  type QZPaySubscriptionAddOn,
  type QZPayUpdateAddOnInput,
} from '@qzpay/core';
import { Collection, type CollectionContext, first, pick, type Versioned } from '../collection.js';
import { equality } from '../list.js';
import type { Shape } from '../shape.js';
import type { Operation, Row } from '../store.js';
import { type QZPayMemoryUpdateOptions, Table } from '../table.js';
import {
  flag,
  hidden,
  holds,
  instant,
  integer,
  intervals,
  key,
  list,
  object,
  oneOf,
  optional,
  text,
  texts,
} from '../values.js';

const ADD_ONS: Shape = {
  entity: 'AddOn',
  fields: {
    id: key,
    name: text,
    description: optional(text),
    active: flag,
    unitAmount: integer,
    currency: text,
    billingInterval: oneOf(QZPAY_ADDON_BILLING_INTERVAL_VALUES),
    billingIntervalCount: intervals,
    compatiblePlanIds: texts,
    allowMultiple: flag,
    maxQuantity: optional(integer),
    entitlements: texts,
    limits: list,
    livemode: hidden(flag),
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: hidden(optional(instant)),
  },
  defaults: {
    active: true,
    billingIntervalCount: 1,
    compatiblePlanIds: [],
    allowMultiple: false,
    entitlements: [],
    limits: [],
    metadata: {},
  },
  updatable: [
    'name',
    'description',
    'active',
    'unitAmount',
    'compatiblePlanIds',
    'allowMultiple',
    'maxQuantity',
    'entitlements',
    'limits',
    'metadata',
  ],
  filters: equality(
    'id',
    'name',
    'active',
    'unitAmount',
    'currency',
    'billingInterval',
    'billingIntervalCount',
    'allowMultiple',
    'maxQuantity',
    'createdAt',
    'updatedAt',
  ),
};

const ATTACHED: Shape = {
  entity: 'SubscriptionAddOn',
  fields: {
    id: key,
    subscriptionId: key,
    addOnId: key,
    quantity: integer,
    unitAmount: integer,
    currency: text,
    status: oneOf(QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES),
    addedAt: instant,
    canceledAt: optional(instant),
    expiresAt: optional(instant),
    livemode: hidden(flag),
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
  },
  defaults: { quantity: 1, status: 'active', metadata: {} },
  references: { subscriptionId: 'Subscription', addOnId: 'AddOn' },
  updatable: ['quantity', 'unitAmount', 'currency', 'status', 'addedAt', 'canceledAt', 'expiresAt', 'metadata'],
};

export class MemoryAddOns extends Collection<QZPayAddOn> implements QZPayAddOnStorage {
  readonly #attached: Table;

  constructor(context: CollectionContext) {
    super(ADD_ONS, context);
    this.#attached = new Table(ATTACHED, context);
  }

  async create(input: QZPayCreateAddOnInput & { id: string }): Promise<Versioned<QZPayAddOn>> {
    return this.store(
      pick(input, [
        'id',
        'name',
        'description',
        'unitAmount',
        'currency',
        'billingInterval',
        'billingIntervalCount',
        'compatiblePlanIds',
        'allowMultiple',
        'maxQuantity',
        'entitlements',
        'limits',
        'metadata',
      ]),
    );
  }

  async update(
    id: string,
    input: QZPayUpdateAddOnInput,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayAddOn>> {
    return this.change(id, { ...input }, options);
  }

  async delete(id: string): Promise<void> {
    return this.hide(id);
  }

  async findByPlanId(planId: string): Promise<Versioned<QZPayAddOn>[]> {
    if (!holds(key, planId)) return [];
    const active = this.table.where({ active: true }, ['name', 'id']);
    return this.findAll((data) =>
      active(data).filter(({ compatiblePlanIds }) => {
        const plans = compatiblePlanIds as readonly string[];
        return plans.length === 0 || plans.includes(planId);
      }),
    );
  }

  async addToSubscription(input: QZPayAttachAddOnInput): Promise<Versioned<QZPaySubscriptionAddOn>> {
    const given = pick(input, ['id', 'subscriptionId', 'addOnId', 'quantity', 'unitAmount', 'currency', 'metadata']);
    const insert = this.#attached.insert({ ...given, addedAt: this.context.clock() });
    return this.#attachedEntity(await this.context.write(insert));
  }

  async removeFromSubscription(subscriptionId: string, addOnId: string): Promise<void> {
    const find = this.#current(subscriptionId, addOnId);
    const canceled = { status: 'canceled', canceledAt: this.context.clock().getTime(), ...this.#attached.stamps() };
    return this.context.write((data) => {
      const row = find(data);
      if (row !== undefined) this.#attached.replace(data, { ...row, ...canceled });
    });
  }

  async updateSubscriptionAddOn(
    subscriptionId: string,
    addOnId: string,
    input: Partial<QZPaySubscriptionAddOn>,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPaySubscriptionAddOn>> {
    const find = this.#current(subscriptionId, addOnId);
    const patch = this.#attached.patch(`${subscriptionId}:${addOnId}`, { ...input }, options, find);
    return this.#attachedEntity(await this.context.write(patch));
  }

  async findBySubscriptionId(subscriptionId: string): Promise<Versioned<QZPaySubscriptionAddOn>[]> {
    const rows = await this.context.read(this.#attached.where({ subscriptionId }, ['addedAt', 'id']));
    return rows.map((row) => this.#attachedEntity(row));
  }

  async findSubscriptionAddOn(
    subscriptionId: string,
    addOnId: string,
  ): Promise<Versioned<QZPaySubscriptionAddOn> | null> {
    const row = await this.context.read(this.#current(subscriptionId, addOnId));
    return row === undefined ? null : this.#attachedEntity(row);
  }

  /** The one row that the pair stands for: the oldest active one, without such the oldest pending one. */
  #current(subscriptionId: string, addOnId: string): Operation<Row | undefined> {
    const pair = { subscriptionId, addOnId };
    const active = first(this.#attached.where({ ...pair, status: 'active' }, ['addedAt', 'id']));
    const pending = first(this.#attached.where({ ...pair, status: 'pending' }, ['addedAt', 'id']));
    return (data) => active(data) ?? pending(data);
  }

  #attachedEntity(row: Row): Versioned<QZPaySubscriptionAddOn> {
    return this.#attached.entity(row) as unknown as Versioned<QZPaySubscriptionAddOn>;
  }
}
