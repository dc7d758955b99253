import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/app-owned/schema.ts',
  out: './drizzle',
});
