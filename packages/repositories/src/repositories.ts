import type { QZPayRepositoryContext } from './context.js';
import { QZPayCustomersRepository } from './customers.js';
import { QZPayInvoicesRepository } from './invoices.js';
import { QZPayPaymentsRepository } from './payments.js';
import { QZPayPlansRepository } from './plans.js';
import { QZPayPricesRepository } from './prices.js';
import { QZPayRefundsRepository } from './refunds.js';
import { QZPaySubscriptionsRepository } from './subscriptions.js';

/** Every repository of one storage. */
export interface QZPayRepositories {
  readonly customers: QZPayCustomersRepository;
  readonly invoices: QZPayInvoicesRepository;
  readonly payments: QZPayPaymentsRepository;
  readonly plans: QZPayPlansRepository;
  readonly prices: QZPayPricesRepository;
  readonly refunds: QZPayRefundsRepository;
  readonly subscriptions: QZPaySubscriptionsRepository;
}

/** The repositories share what the context holds; making them again for a transaction is cheap. */
export function createQZPayRepositories(context: QZPayRepositoryContext): QZPayRepositories {
  return {
    customers: new QZPayCustomersRepository(context),
    invoices: new QZPayInvoicesRepository(context),
    payments: new QZPayPaymentsRepository(context),
    plans: new QZPayPlansRepository(context),
    prices: new QZPayPricesRepository(context),
    refunds: new QZPayRefundsRepository(context),
    subscriptions: new QZPaySubscriptionsRepository(context),
  };
}
