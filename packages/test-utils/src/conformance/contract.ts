import type {
  QZPayInvoiceNumbering,
  QZPaySubscriptionPollingJob,
  QZPayUsageOperations,
  QZPayWebhookInbox,
} from '@qzpay/core';
import type { QZPayConformanceLevel, QZPayConformanceStorage } from './case.js';
import { callsOnStored, callsThatNeedNothing, callsThatNeedParents } from './every-method.js';

type Operation =
  | `invoices.${keyof QZPayInvoiceNumbering}`
  | `usage.${keyof QZPayUsageOperations}`
  | `webhooks.${keyof QZPayWebhookInbox}`;

/** What is asked for beside the contract of the billing engine, and from which level on. */
const OPERATIONS: Readonly<Record<Operation, QZPayConformanceLevel>> = {
  'invoices.finalize': 2,
  'invoices.verifyNumbers': 2,
  'usage.ingest': 3,
  'usage.total': 3,
  'usage.series': 3,
  'usage.verify': 3,
  'webhooks.receive': 3,
  'webhooks.claim': 3,
  'webhooks.complete': 3,
  'webhooks.fail': 3,
  'webhooks.process': 3,
  'webhooks.recover': 3,
  'webhooks.deadLetters': 3,
  'webhooks.replay': 3,
  'webhooks.statistics': 3,
  'webhooks.purge': 3,
};

/** What the storage lacks of what the level asks for, without which its cases can but fail. */
export function lacking(storage: QZPayConformanceStorage, level: QZPayConformanceLevel): string[] {
  const has = storage as unknown as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  const missing = methodsOf(level).map((method) => {
    const [collection = '', name = ''] = method.split('.');
    if (has[collection] === undefined) return `no collection \`${collection}\``;
    return typeof has[collection][name] === 'function' ? undefined : `no method \`${method}\``;
  });
  for (const name of level === 3 ? ['transaction', 'idempotent'] : ['transaction']) {
    if (typeof has[name] !== 'function') missing.push(`no method \`${name}\``);
  }
  const optional = 'no collection `subscriptionPollingJobs`';
  return [...new Set(missing)].filter((what) => what !== undefined && what !== optional) as string[];
}

/** Names of methods with their collections. None of the calls that name them is made. */
function methodsOf(level: QZPayConformanceLevel): string[] {
  const storage = { subscriptionPollingJobs: {} } as unknown as QZPayConformanceStorage;
  const stored = { customerId: '', livemode: false, job: {} as QZPaySubscriptionPollingJob };
  const calls = [callsOnStored, callsThatNeedParents, callsThatNeedNothing].flatMap((make) =>
    Object.keys(make(storage, stored)).map((name) => name.replace(/ .*/, '')),
  );
  const operations = Object.entries(OPERATIONS).filter(([, from]) => from <= level);
  return [...calls, ...operations.map(([name]) => name)];
}
