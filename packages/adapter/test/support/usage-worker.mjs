// Ingests usage, step by step, until its input ends. Says the number of each step that it knows to be done; started again
// after a crash, it begins with the step after the last one that it said.
import process from 'node:process';
import { isQZPayError } from '@qzpay/core';

const { DATABASE_URL: url, DRIVER: driver, WORKER: worker, FROM: from } = process.env;
const { openQZPayStorage } = await import(`@qzpay/adapter/${driver}`);
const storage = await openQZPayStorage({ url, poolSize: 3, migrations: 'skip', applicationName: `worker ${worker}` });

let stopping = false;
process.stdin.on('end', () => {
  stopping = true;
});
process.stdin.resume();

const event = (name, step, index) => ({
  customerId: `c${index % 3}`,
  limitKey: 'calls',
  quantity: 1,
  timestamp: new Date(Date.UTC(2026, 0, 1, step % 5, index)),
  idempotencyKey: `${name}:${step}:${index}`,
});
const events = (name, step, count) => Array.from({ length: count }, (_, index) => event(name, step, index));
const shuffled = (list) =>
  list
    .map((value) => [Math.random(), value])
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);

/** What any caller may do with a failure of the database, whatever became of the call: the same again. */
async function untilDone(call) {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (isQZPayError(error, 'conflict')) return;
      if (error.name !== 'QZPayStorageError') throw error;
    }
  }
}

for (let step = Number(from); !stopping; step += 1) {
  const own = events(`own ${worker}`, step, 50);
  await untilDone(() => storage.usage.ingest(shuffled(own), { batchSize: 20, concurrency: 2 }));
  await untilDone(() => storage.usage.ingest(shuffled(events('shared', step, 20))));
  await untilDone(() =>
    storage.transaction(async () => {
      await storage.usage.ingest(events(`together ${worker}`, step, 5));
      await storage.usage.ingest(events(`apart ${worker}`, step, 5));
    }),
  );
  const { idempotencyKey: id, ...record } = event(`record ${worker}`, step, 0);
  await untilDone(() => storage.limits.recordUsage({ ...record, id, action: 'increment', metadata: {} }));
  process.stdout.write(`${step}\n`);
}
await storage.close();
