import { defineConfig } from 'drizzle-kit';

// `push` and `studio`, on a database for trying things: the tables under their default schema, the ledger included.
export default defineConfig({
  dialect: 'postgresql',
  schema: './node_modules/@qzpay/schema/dist/index.js',
  schemaFilter: ['qzpay'],
  dbCredentials: { url: process.env['DATABASE_URL'] ?? 'postgres://postgres@localhost:5432/postgres' },
});
