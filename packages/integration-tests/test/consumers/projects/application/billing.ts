import { openQZPayStorage } from '@qzpay/adapter/node-postgres';
import { isQZPayError } from '@qzpay/core';

export const storage = await openQZPayStorage({ url: process.env['DATABASE_URL'] ?? '', migrations: 'run' });
export const { customers, invoices, webhooks, usage, repositories } = storage;
export const ada = await customers.create({ externalId: 'ada', email: 'ada@example.org' });
export const again = await customers
  .create({ externalId: 'ada', email: 'ada@example.org' })
  .catch((error: unknown) => (isQZPayError(error, 'conflict') ? error : Promise.reject(error)));
export const page = await repositories.customers.page({ first: 10 });

console.log(`${page.data.length} customer, ${ada.version === undefined ? 'no' : 'a'} version, ${again.name}`);
await storage.close();
