import type {
  QZPayUsageEvent,
  QZPayUsageOperations,
  QZPayUsageQuery,
  QZPayUsageTotal,
  QZPayUsageVerdict,
} from '@qzpay/core';
import { insertQZPayCustomer } from '../fixtures/index.js';
import { fixtureDate } from '../fixtures/instant.js';
import type { QZPayConformanceStorage } from './case.js';

/** The calls of one customer. */
export interface Meter {
  readonly customerId: string;
  /** One call, at noon of the first day, unless told otherwise. */
  event(this: void, idempotencyKey: string, changes?: Partial<QZPayUsageEvent>): QZPayUsageEvent;
  /** Asks for the month of the fixtures, unless told otherwise. */
  query(this: void, changes?: Partial<QZPayUsageQuery>): QZPayUsageQuery;
  total(this: void, changes?: Partial<QZPayUsageQuery>): Promise<QZPayUsageTotal>;
}

/** A customer who has used nothing yet. */
export async function meter(
  storage: Pick<QZPayConformanceStorage, 'customers'> & { readonly usage: QZPayUsageOperations },
  externalId = 'user_test',
): Promise<Meter> {
  const { id: customerId } = await insertQZPayCustomer(storage, { externalId });
  const query = (changes: Partial<QZPayUsageQuery> = {}) => ({
    customerId,
    limitKey: 'calls',
    start: fixtureDate(),
    end: fixtureDate(31),
    ...changes,
  });
  return {
    customerId,
    event: (idempotencyKey, changes = {}) => ({
      customerId,
      limitKey: 'calls',
      quantity: 1,
      timestamp: fixtureDate(0.5),
      idempotencyKey,
      ...changes,
    }),
    query,
    total: (changes) => storage.usage.total(query(changes)),
  };
}

export const recordIdsOf = (verdicts: readonly QZPayUsageVerdict[]) =>
  verdicts.map((verdict) => ('recordId' in verdict ? verdict.recordId : undefined));
export const statusesOf = (verdicts: readonly QZPayUsageVerdict[]) => verdicts.map(({ status }) => status);

/** Events with the quantities 1, 2, 3 and so on, and their keys in the order of the quantities. */
export const events = ({ event }: Meter, count: number) =>
  Array.from({ length: count }, (_, index) => event(`event-${index}`, { quantity: index + 1 }));

/** 1 + 2 + … + count. */
export const sumTo = (count: number) => (count * (count + 1)) / 2;
