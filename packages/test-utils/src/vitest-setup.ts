import type { TestProject } from 'vitest/node';
import { startQZPayTestServer } from './server/start-server.js';
import type {} from './vitest.js';

/**
 * Global set-up of vitest: one server for all workers of the run. In the configuration:
 * `globalSetup: ['@qzpay/test-utils/vitest/setup']`.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startQZPayTestServer();
  project.provide('qzpayTestServer', server.description);
  return () => server.stop();
}
