import { openQZPayStorage } from '@qzpay/adapter/pglite';

const storage = await openQZPayStorage();
const { id: customerId } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });

// Idempotent calls: a client that repeats its request gets the first invoice, not a second one.
const request = { customerId, plan: 'pro' };
const bill = () =>
  storage.idempotent('request-4711', request, () =>
    storage.invoices.create({
      id: crypto.randomUUID(),
      customerId,
      lines: [{ description: 'Pro', quantity: 1, unitAmount: 2900 }],
    }),
  );
const [invoice, repeated] = [await bill(), await bill()];
console.info(`Billed twice, invoices made: ${new Set([invoice.id, repeated.id]).size}`);

// Invoice numbers: gapless per series and year.
const { number } = await storage.invoices.finalize(invoice.id);
console.info(`Its number: ${number}`);

// The webhook inbox: the provider delivers twice, the handler runs once, its work and the completion are one.
for (const delivery of [1, 2]) {
  const { duplicate } = await storage.webhooks.receive({
    provider: 'stripe',
    providerEventId: 'evt_1',
    type: 'invoice.paid',
    payload: { invoiceId: invoice.id },
  });
  console.info(`Delivery ${delivery}: ${duplicate ? 'a duplicate' : 'new'}`);
}
const pass = await storage.webhooks.process(
  async ({ payload }) => {
    const { invoiceId } = payload as { invoiceId: string };
    await storage.invoices.update(invoiceId, { status: 'paid', amountPaid: 2900, amountDue: 0, paidAt: new Date() });
  },
  { atomic: true },
);
console.info(`Processed: ${pass.processed}; the invoice is ${(await storage.invoices.findById(invoice.id))?.status}`);

const report = await storage.invoices.verifyNumbers();
console.info(`Numbers of ${report.series} in ${report.period}: ${report.lastValue}, gapless: ${report.valid}`);
await storage.close();
