import type {
  QZPayBillingInterval,
  QZPayCreateSubscriptionInput,
  QZPaySubscription,
  QZPaySubscriptionStatus,
  QZPayUpdateSubscriptionInput,
} from '@qzpay/core';
import type { QZPayNewSubscription, QZPaySubscriptionPatch } from '@qzpay/repositories';
import type { QZPaySubscriptionRow } from '@qzpay/schema';
import { addDays, addInterval } from '../billing-period.js';
import type { QZPayVersioned } from './values.js';

export function toSubscription(row: QZPaySubscriptionRow): QZPayVersioned<QZPaySubscription> {
  return {
    id: row.id,
    customerId: row.customerId,
    planId: row.planId,
    status: row.status,
    interval: row.interval,
    intervalCount: row.intervalCount,
    quantity: row.quantity,
    currentPeriodStart: row.currentPeriodStart,
    currentPeriodEnd: row.currentPeriodEnd,
    trialStart: row.trialStart,
    trialEnd: row.trialEnd,
    cancelAt: row.cancelAt,
    canceledAt: row.canceledAt,
    cancelAtPeriodEnd: row.cancelAtPeriodEnd,
    providerSubscriptionIds: row.providerSubscriptionIds,
    promoCodeId: row.promoCodeId,
    metadata: row.metadata,
    scheduledPlanChange: row.scheduledPlanChange,
    livemode: row.livemode,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    version: row.version,
  };
}

/** How often the subscription is billed. */
export interface QZPayBillingCycle {
  readonly interval: QZPayBillingInterval;
  readonly intervalCount: number;
}

/**
 * A paid subscription starts `incomplete`, also with a trial: access before the provider has authorised it would be
 * given away. A trial's first period is the trial.
 */
export function fromCreateSubscription(
  input: QZPayCreateSubscriptionInput & { id: string },
  cycle: QZPayBillingCycle,
  now: Date,
): QZPayNewSubscription {
  const trialEnd = input.trialDays !== undefined && input.trialDays > 0 ? addDays(now, input.trialDays) : null;
  const status = initialStatus(input, trialEnd);
  return {
    id: input.id,
    customerId: input.customerId,
    planId: input.planId,
    priceId: input.priceId,
    status,
    interval: cycle.interval,
    intervalCount: cycle.intervalCount,
    quantity: input.quantity,
    currentPeriodStart: now,
    currentPeriodEnd:
      status === 'trialing' && trialEnd !== null ? trialEnd : addInterval(now, cycle.interval, cycle.intervalCount),
    trialStart: trialEnd === null ? null : now,
    trialEnd,
    promoCodeId: input.promoCodeId,
    providerSubscriptionIds: input.providerSubscriptionIds,
    metadata: input.metadata,
    createdAt: now,
    updatedAt: now,
  };
}

function initialStatus(input: QZPayCreateSubscriptionInput, trialEnd: Date | null): QZPaySubscriptionStatus {
  if (input.mode === 'paid') return 'incomplete';
  return trialEnd === null ? 'active' : 'trialing';
}

/** What hosts may pass beyond the typed input: the fields that the contract's update type cannot reach. */
export type QZPayUpdateSubscriptionFields = QZPayUpdateSubscriptionInput & {
  cancelAt?: Date | null;
  cancelAtPeriodEnd?: boolean;
  interval?: QZPayBillingInterval;
  intervalCount?: number;
  promoCodeId?: string | null;
  trialStart?: Date | null;
};

/** Hints for the provider (amounts, references, reasons, proration) are not state of the subscription. */
export function fromUpdateSubscription(input: QZPayUpdateSubscriptionFields): QZPaySubscriptionPatch {
  return {
    planId: input.planId,
    status: input.status,
    interval: input.interval,
    intervalCount: input.intervalCount,
    quantity: input.quantity,
    currentPeriodStart: input.currentPeriodStart,
    currentPeriodEnd: input.currentPeriodEnd,
    trialStart: input.trialStart,
    trialEnd: input.trialEnd,
    cancelAt: input.cancelAt,
    canceledAt: input.canceledAt,
    cancelAtPeriodEnd: input.cancelAtPeriodEnd,
    promoCodeId: input.promoCodeId,
    providerSubscriptionIds: input.providerSubscriptionIds,
    scheduledPlanChange: input.scheduledPlanChange,
    metadata: input.metadata,
  };
}
