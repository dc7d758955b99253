import type { Bench, OpenDatabase } from '../bench.js';
import { customerId, externalId } from '../support/fill.js';

const PAGE = 20;

/** The same reads in the small and in the large database. */
export async function measureGrowth(bench: Bench): Promise<void> {
  const [small, large] = [await bench.small(), await bench.large()];
  const works: Record<string, (database: OpenDatabase, n: number) => Promise<unknown>> = {
    'customers.findById': ({ storage }, n) => storage.customers.findById(customerId(n)),
    'customers.findByExternalId': ({ storage }, n) => storage.customers.findByExternalId(externalId(n)),
    'customers.findByEmail': ({ storage }, n) => storage.customers.findByEmail(`${n}@example.com`),
  };
  if (large.ours !== undefined) {
    works['page of 20 without total'] = ({ ours }) =>
      ours?.repositories.customers.page({ first: PAGE }) ?? Promise.resolve();
  }
  const nameOf = ({ customers }: OpenDatabase) => `${customers} rows`;
  for (const [work, read] of Object.entries(works)) {
    await bench.compare({
      work,
      callers: 1,
      differs: true,
      targets: [{ of: nameOf(large), over: nameOf(small), measure: 'time', most: 1.3 }],
      contenders: [large, small].map((database) => ({
        name: nameOf(database),
        // The same number of different rows in both: growth is measured, not the cache of the processor.
        run: (turn) =>
          read(database, ((turn * 7919) % small.customers) * Math.floor(database.customers / small.customers)),
      })),
    });
  }
}
