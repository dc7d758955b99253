import { openQZPayStorage } from '@qzpay/adapter/pglite';

const storage = await openQZPayStorage();
const { id } = await storage.customers.create({ externalId: 'ada', email: 'ada@example.org' });
const { ok } = await storage.health();
console.log(`bundled: ${ok}, ${(await storage.customers.findByExternalId('ada'))?.id === id}`);
await storage.close();
