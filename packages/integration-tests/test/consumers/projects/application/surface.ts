import * as adapter from '@qzpay/adapter';
import * as mappers from '@qzpay/adapter/mappers';
import * as core from '@qzpay/core';
import * as migrations from '@qzpay/migrations';
import * as repositories from '@qzpay/repositories';

// Each has to be written into a declaration file, so every type in it needs a name.
export const packages = { adapter, mappers, core, migrations, repositories };
export const open = (db: repositories.QZPayDrizzleDatabase) => adapter.createQZPayStorage(db, { livemode: false });
export const parts = (db: repositories.QZPayDrizzleDatabase) => ({ ...open(db) });
export const rows = (db: repositories.QZPayDrizzleDatabase) => ({ ...open(db).repositories });
export const methods = (storage: adapter.QZPayStorage) => ({
  ...storage.customers,
  ...storage.invoices,
  ...storage.subscriptions,
  ...storage.usage,
  ...storage.webhooks,
});
export const mapping = { ...mappers };
export class Customers extends repositories.QZPayCustomersRepository {
  oldest = () => this.list({ limit: 1 });
}
