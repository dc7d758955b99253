// node main.js <driver>
import { randomUUID } from 'node:crypto';

const driver = process.argv[2];
const server = driver === 'pglite' ? {} : { url: process.env.DATABASE_URL };
const { openQZPayStorage } = await import(`@qzpay/adapter/${driver}`);
const storage = await openQZPayStorage({ ...server, migrations: 'run' });
const { email } = await storage.transaction(() =>
  storage.customers.create({ externalId: randomUUID(), email: 'ada@example.org' }),
);
await storage.close();
console.log(`${email} on ${driver} with Node ${process.version}`);
