import { defineConfig } from 'drizzle-kit';

// `generate` only: the tables are in a schema whose name the runner puts in.
export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle.schema.ts',
  out: './migrations',
});
