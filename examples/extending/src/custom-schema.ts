import { openQZPayStorage } from '@qzpay/adapter/pglite';
import { createQZPayTables } from '@qzpay/schema';

// One name in both places: the storage's own statements and your queries.
export const schema = 'acme_billing';
export const tables = createQZPayTables({ schema });

export function openStorage() {
  return openQZPayStorage({ schema, migrations: 'run' });
}
