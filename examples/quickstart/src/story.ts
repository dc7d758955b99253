import type { QZPayStorage } from '@qzpay/adapter';
import { chapter, refused, show, tell } from './narrator.js';

/** A customer subscribes, is billed, pays at the second attempt and gets part of the money back. */
export async function tellStory(storage: QZPayStorage, where: string): Promise<void> {
  tell(`QZPay storage on ${where}: real migrations, real adapter.`);

  chapter('A plan with two prices');
  await storage.plans.create({ id: 'pro', name: 'Pro', entitlements: ['api', 'export'], limits: { seats: 10 } });
  await storage.prices.create({
    id: 'pro-month',
    planId: 'pro',
    currency: 'EUR',
    unitAmount: 2900,
    billingInterval: 'month',
  });
  await storage.prices.create({
    id: 'pro-year',
    planId: 'pro',
    currency: 'EUR',
    unitAmount: 29000,
    billingInterval: 'year',
  });
  const plan = await storage.plans.findById('pro');
  tell('The plan comes back with its prices, in one statement; amounts are cents.');
  show(plan?.prices ?? [], ['id', 'currency', 'unitAmount', 'billingInterval', 'active']);

  chapter('A customer, known to two payment providers');
  const ada = await storage.customers.create({ externalId: 'user-1', email: 'Ada@Example.org', name: 'Ada' });
  await storage.customers.update(ada.id, { providerCustomerIds: { stripe: 'cus_9' } });
  await storage.customers.update(ada.id, { providerCustomerIds: { mercadopago: 'mp_4' } });
  tell('Provider ids merge in the database: the second update did not lose the first.');
  const found = await storage.customers.findByEmail('ada@example.org');
  show(found === null ? [] : [found], ['externalId', 'email', 'name', 'providerCustomerIds']);
  await refused('a second live customer for the same user', () =>
    storage.customers.create({ externalId: 'user-1', email: 'other@example.org' }),
  );

  chapter('A yearly subscription for three seats, with a trial');
  const subscription = await storage.subscriptions.create({
    id: 'sub-1',
    customerId: ada.id,
    planId: 'pro',
    priceId: 'pro-year',
    quantity: 3,
    trialDays: 14,
  });
  show([subscription], ['id', 'status', 'interval', 'quantity', 'currentPeriodStart', 'currentPeriodEnd', 'trialEnd']);
  await refused('a subscription of a customer that does not exist', () =>
    storage.subscriptions.create({ id: 'sub-2', customerId: 'nobody', planId: 'pro' }),
  );

  chapter('An invoice, whole or not at all');
  const invoice = await storage.invoices.create({
    id: 'inv-1',
    customerId: ada.id,
    subscriptionId: subscription.id,
    lines: [
      { description: 'Pro, yearly', quantity: 3, unitAmount: 29000, priceId: 'pro-year' },
      { description: 'Support hours', quantity: 1.5, unitAmount: 8000 },
      { description: 'Welcome discount', quantity: 1, unitAmount: -9000 },
    ],
  });
  show(invoice.lines, ['description', 'quantity', 'unitAmount', 'amount']);
  show([invoice], ['id', 'status', 'currency', 'subtotal', 'total', 'amountDue']);
  await refused('an invoice whose second line is broken', () =>
    storage.invoices.create({
      id: 'inv-2',
      customerId: ada.id,
      lines: [
        { description: 'fine', quantity: 1, unitAmount: 100 },
        { description: 'not a number', quantity: Number.NaN, unitAmount: 100 },
      ],
    }),
  );
  tell(`Nothing of it was stored: findById('inv-2') is ${JSON.stringify(await storage.invoices.findById('inv-2'))}.`);

  chapter('The card fails, then works');
  const attempt = {
    customerId: ada.id,
    subscriptionId: subscription.id,
    invoiceId: invoice.id,
    amount: invoice.total,
    currency: invoice.currency,
    paymentMethodId: null,
    failureCode: null,
    failureMessage: null,
    metadata: {},
    livemode: false,
    createdAt: new Date(),
    updatedAt: new Date(),
  } as const;
  await storage.payments.create({ ...attempt, id: 'pay-1', status: 'pending', providerPaymentIds: {} });
  await storage.payments.update('pay-1', {
    status: 'failed',
    failureCode: 'card_declined',
    failureMessage: 'The card was declined',
  });
  await storage.transaction(async () => {
    await storage.payments.create({
      ...attempt,
      id: 'pay-2',
      status: 'succeeded',
      providerPaymentIds: { stripe: 'pi_7' },
    });
    await storage.invoices.update(invoice.id, {
      status: 'paid',
      paidAt: new Date(),
      amountPaid: invoice.total,
      amountDue: 0,
    });
    await storage.subscriptions.update(subscription.id, { status: 'active' });
  });
  tell('Payment, invoice and subscription changed in one transaction; no handle was passed around.');
  show(await storage.payments.findByCustomerId(ada.id), [
    'id',
    'status',
    'amount',
    'failureCode',
    'providerPaymentIds',
  ]);
  await refused('a transaction that fails half-way', () =>
    storage.transaction(async () => {
      await storage.payments.create({ ...attempt, id: 'pay-3', status: 'succeeded', providerPaymentIds: {} });
      throw new Error('the mail server is down');
    }),
  );
  tell(`It left nothing behind: findById('pay-3') is ${JSON.stringify(await storage.payments.findById('pay-3'))}.`);

  chapter('Money back, counted once');
  const refund = { paymentId: 'pay-2', amount: 12000, currency: 'EUR', status: 'succeeded', livemode: false } as const;
  await Promise.all(
    Array.from({ length: 4 }, () => storage.payments.createRefund({ ...refund, providerRefundId: 're_1' })),
  );
  tell('The provider delivered the same refund four times at once.');
  tell(`Refunded in total: ${await storage.payments.getTotalRefundedAmount('pay-2')} cents.`);

  chapter('Two people edit the same customer');
  const first = await storage.customers.findById(ada.id);
  await storage.customers.update(ada.id, { name: 'Ada Lovelace' }, { expectedVersion: first?.version });
  await refused('the second edit, made on the version that the first one has replaced', () =>
    storage.customers.update(ada.id, { name: 'Ada King' }, { expectedVersion: first?.version }),
  );

  chapter('The books');
  const books = await storage.invoices.list({ filters: { status: 'paid' } });
  show(books.data, ['id', 'status', 'currency', 'total', 'amountPaid', 'paidAt']);
  tell(`${books.total} paid invoice. The end.`);
}
