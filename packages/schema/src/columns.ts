import type { QZPayCurrency, QZPayMetadata } from '@qzpay/core';
import { bigint, boolean, jsonb, numeric, type PgColumnBuilderBase, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Columns of a table that stores `Entity`: at least one for each of its fields, apart from the `Derived` ones. */
export type ColumnsOf<Entity, Derived extends keyof Entity = never> = Record<
  Exclude<keyof Entity, Derived>,
  PgColumnBuilderBase
> &
  Record<string, PgColumnBuilderBase>;

/** An opaque id, made by the storage or given by the host. */
export const id = () => text('id').notNull();

/** Production or test data. Without a default, so that a forgotten mode fails instead of becoming production data. */
export const livemode = () => boolean('livemode').notNull();

/** Milliseconds, like a JavaScript Date: with the microseconds of the default precision, a cursor would miss rows. */
export const instant = <Name extends string>(name: Name) =>
  timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

// The storage sets these from its own clock; the defaults serve hand-written SQL.
export const createdAt = () => instant('created_at').notNull().defaultNow();
export const updatedAt = () => instant('updated_at').notNull().defaultNow();
export const deletedAt = () => instant('deleted_at');
export const version = () => uuid('version').notNull().defaultRandom();

/** Integer minor units of a currency. Takes a safe-integer check beside it. */
export const money = <Name extends string>(name: Name) => bigint(name, { mode: 'number' });

/** A whole number that the engine calls an integer and does not bound. Takes a safe-integer check beside it. */
export const count = <Name extends string>(name: Name) => bigint(name, { mode: 'number' });

/** A number that may have a fraction, kept exactly. */
export const quantity = <Name extends string>(name: Name) => numeric(name, { mode: 'number' });

/** An ISO 4217 code. The type is closed, the column is not. */
export const currency = () => text('currency').$type<QZPayCurrency>();

/** Provider name → id at that provider. */
export const providerIds = <Name extends string>(name: Name) =>
  jsonb(name).$type<Record<string, string>>().notNull().default({});

export const metadata = () => jsonb('metadata').$type<QZPayMetadata>().notNull().default({});

export const texts = <Name extends string>(name: Name) => text(name).array().notNull().default([]);
