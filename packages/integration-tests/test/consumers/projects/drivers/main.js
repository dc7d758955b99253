// node main.js <driver>
import { randomUUID } from 'node:crypto';

const driver = process.argv[2];
const { openQZPayStorage } = await import(`@qzpay/adapter/${driver}`);
const storage = await openQZPayStorage({ url: process.env.DATABASE_URL, migrations: 'run' });
const { email } = await storage.transaction(() =>
  storage.customers.create({ externalId: randomUUID(), email: 'ada@example.org' }),
);
await storage.close();
console.log(`${email} on ${driver} with Node ${process.version}`);
