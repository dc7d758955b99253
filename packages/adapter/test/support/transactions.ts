import type { StorageSetup } from './drivers.js';

export const customer = (externalId: string) => ({ externalId, email: `${externalId}@example.org` });

/** External ids of the stored customers, in order. */
export async function storedIds({ query }: StorageSetup): Promise<unknown[]> {
  const rows = await query('select external_id from billing_customers order by external_id');
  return rows.map((row) => row['external_id']);
}

export class Unfortunate extends Error {}
export const fail = () => {
  throw new Unfortunate('half-way');
};
