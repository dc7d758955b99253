import { randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';

function prefix(run: string): string {
  return `qzpay_test_${run}_`;
}

export function newDatabaseName(run: string): string {
  return `${prefix(run)}${randomBytes(6).toString('hex')}`;
}

export async function databasesOfRun(sql: Sql, run: string): Promise<string[]> {
  const rows = await sql<{ datname: string }[]>`
    select datname from pg_catalog.pg_database where starts_with(datname, ${prefix(run)})`;
  return rows.map(({ datname }) => datname);
}

/** @param server Address of any database of the server. */
export function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/** `template0` is the one template that never has a connection, which would refuse the copy. */
export async function createEmptyDatabase(sql: Sql, name: string): Promise<void> {
  await copyDatabase(sql, 'template0', name);
}

export async function copyDatabase(sql: Sql, template: string, name: string): Promise<void> {
  await sql`create database ${sql(name)} template ${sql(template)}`;
}

export async function dropDatabase(sql: Sql, name: string): Promise<void> {
  await sql`drop database if exists ${sql(name)} with (force)`;
}
