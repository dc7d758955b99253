export { createQZPayTestClock, type QZPayTestClock } from './clock.js';
export * from './conformance/index.js';
export { createQZPayTestDatabase } from './database/create-database.js';
export type {
  QZPayTestDatabase,
  QZPayTestDatabaseOptions,
  QZPayTestPgliteDatabase,
  QZPayTestServerBasedDatabase,
} from './database/test-database.js';
export type { QZPayTestEngineName } from './engines/index.js';
export * from './fixtures/index.js';
export { createQZPayMemoryHarness } from './memory/harness.js';
export type { QZPayMemoryIdempotencyOptions } from './memory/operations/idempotency.js';
export type { QZPayMemoryWebhookOptions } from './memory/operations/webhooks.js';
export {
  createQZPayMemoryStorage,
  createQZPayMemoryStore,
  type QZPayMemoryStorage,
  type QZPayMemoryStorageOptions,
  type QZPayMemoryStore,
} from './memory/storage.js';
export type { QZPayMemoryUpdateOptions } from './memory/table.js';
export { createQZPayTestPglite } from './pglite/create-pglite.js';
export { createQZPaySequentialIds } from './sequential-ids.js';
export {
  connectQZPayTestServer,
  type QZPayTestServer,
  type QZPayTestServerDatabase,
  type QZPayTestServerDescription,
} from './server/server.js';
export {
  type QZPayStartedTestServer,
  type QZPayTestServerOptions,
  startQZPayTestServer,
} from './server/start-server.js';
