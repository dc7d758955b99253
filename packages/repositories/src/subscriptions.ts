import type { QZPaySubscriptionInsert, QZPaySubscriptionRow } from '@qzpay/schema';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';

export type QZPayNewSubscription = NewRow<
  QZPaySubscriptionInsert,
  'customerId' | 'planId' | 'status' | 'interval' | 'currentPeriodStart' | 'currentPeriodEnd',
  'livemode' | 'version' | 'deletedAt'
>;

const updatable = [
  'planId',
  'priceId',
  'status',
  'interval',
  'intervalCount',
  'quantity',
  'currentPeriodStart',
  'currentPeriodEnd',
  'trialStart',
  'trialEnd',
  'trialConverted',
  'trialConvertedAt',
  'cancelAt',
  'canceledAt',
  'cancelAtPeriodEnd',
  'endedAt',
  'promoCodeId',
  'defaultPaymentMethodId',
  'gracePeriodEndsAt',
  'retryCount',
  'lastRetryAt',
  'nextRetryAt',
  'providerSubscriptionIds',
  'providerSyncedAt',
  'scheduledPlanChange',
  'promoEffectRemainingCycles',
  'metadata',
] as const;

export type QZPaySubscriptionPatch = RowPatch<QZPaySubscriptionRow, (typeof updatable)[number]>;

/** Subscriptions of customers to plans. A plan need not be stored: hosts may keep plans in their configuration. */
export class QZPaySubscriptionsRepository extends QZPaySoftDeleteRepository<QZPaySubscriptionRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'subscriptions',
      updatable,
      sortable: ['createdAt', 'updatedAt', 'currentPeriodEnd', 'trialEnd', 'status'],
      filters: equalityFilters(
        'id',
        'customerId',
        'planId',
        'priceId',
        'status',
        'interval',
        'intervalCount',
        'quantity',
        'promoCodeId',
        'cancelAtPeriodEnd',
        'cancelAt',
        'canceledAt',
        'currentPeriodStart',
        'currentPeriodEnd',
        'trialStart',
        'trialEnd',
        'createdAt',
        'updatedAt',
      ),
      providerIds: 'providerSubscriptionIds',
      defaults: {
        intervalCount: 1,
        quantity: 1,
        cancelAtPeriodEnd: false,
        trialConverted: false,
        retryCount: 0,
        providerSubscriptionIds: {},
        metadata: {},
      },
    });
  }

  /** @throws QZPayNotFoundError when the customer does not exist in this mode. */
  create(subscription: QZPayNewSubscription): Promise<QZPaySubscriptionRow> {
    return this.insert(subscription);
  }

  update(id: string, patch: QZPaySubscriptionPatch, options?: QZPayUpdateOptions): Promise<QZPaySubscriptionRow> {
    return this.patch(id, patch, options);
  }

  /** All subscriptions of the customer, whatever their status, newest first. */
  findByCustomerId(customerId: string): Promise<QZPaySubscriptionRow[]> {
    return this.findAllBy({ customerId });
  }

  /** The oldest subscription that carries this id at this provider. */
  findByProviderId(provider: string, providerSubscriptionId: string): Promise<QZPaySubscriptionRow | null> {
    return this.findByProvider(provider, providerSubscriptionId);
  }
}
