import { insertQZPayCustomer, insertQZPayInvoice } from '../fixtures/index.js';
import type { QZPayConformanceStorage } from './case.js';

/** Stores drafts of one customer and returns their ids. */
export async function insertDrafts(
  storage: QZPayConformanceStorage,
  count: number,
  prefix = 'draft',
): Promise<string[]> {
  const found = await storage.customers.findByExternalId('user_test');
  const { id: customerId } = found ?? (await insertQZPayCustomer(storage));
  const ids = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  for (const id of ids) await insertQZPayInvoice(storage, { id, customerId });
  return ids;
}
