import { fromPostgresJs, type QZPayMigrationDatabase } from '@qzpay/migrations';
import { createQZPayTestDatabase, type QZPayTestDatabaseOptions, type QZPayTestServer } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import postgres, { type Sql } from 'postgres';
import { onTestFinished } from 'vitest';

export interface ServerDatabase {
  readonly server: QZPayTestServer;
  readonly url: string;
  /** One connection of the test's own. */
  readonly sql: Sql;
  /** The migrator's view of that connection. */
  readonly database: QZPayMigrationDatabase;
  /** Further connections, `max` of them at most, as another role where `url` names one. */
  connect(this: void, options?: { readonly max?: number; readonly url?: string }): Sql;
}

export interface ServerDatabaseOptions extends Omit<QZPayTestDatabaseOptions, 'server'> {
  /** Default: the server of this run. */
  readonly server?: QZPayTestServer;
}

/** A database that lives as long as the test: empty, unless `migrated`. */
export async function openServerDatabase(options: ServerDatabaseOptions = {}): Promise<ServerDatabase> {
  const { server = useQZPayTestServer(), migrated = false, ...others } = options;
  const created = await createQZPayTestDatabase({ server, migrated, ...others });
  onTestFinished(() => created.drop());
  const { url } = created;
  if (url === null) throw new Error('These tests need a server, and the engine chosen for this run is PGlite.');
  const connect: ServerDatabase['connect'] = ({ max = 1, ...other } = {}) => {
    const sql = postgres(other.url ?? url, { max, onnotice: () => {} });
    onTestFinished(() => sql.end({ timeout: 5 }));
    return sql;
  };
  const sql = connect();
  return { server, url, sql, database: fromPostgresJs(sql), connect };
}
