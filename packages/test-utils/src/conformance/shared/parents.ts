import type { QZPayCustomer, QZPayPlan } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { insertQZPayPlan } from '../../fixtures/plans.js';
import type { QZPayConformanceContext } from '../case.js';

type Context = Pick<QZPayConformanceContext, 'storage'>;

/** The customer of the fixtures, created unless it is there. */
export async function theCustomer({ storage }: Context): Promise<QZPayCustomer> {
  return (await storage.customers.findByExternalId('user_test')) ?? insertQZPayCustomer(storage);
}

/** The plan of the fixtures, created unless it is there. */
export async function thePlan({ storage }: Context): Promise<QZPayPlan> {
  return (await storage.plans.findById('plan_test')) ?? insertQZPayPlan(storage);
}
