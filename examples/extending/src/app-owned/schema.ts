import { pgTable, text } from 'drizzle-orm/pg-core';

// drizzle-kit sees direct exports: our tables, and `qzpaySchema`, without which it creates no schema.
export * from '@qzpay/schema';

export const users = pgTable('users', { id: text('id').primaryKey(), name: text('name').notNull() });
