import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerRuntimeClient } from 'testcontainers';
import { isAbandoned } from '../server/run-directory.js';
import type { Testcontainers } from './load.js';

/** Names the run that a container belongs to, as its folder does. */
export const RUN_LABEL = 'qzpay.test.run';

const ANSWER_LIMIT = 5000;
const REMOVE_LIMIT = 10_000;

const REMOVE = `
  const [, entry, id] = process.argv;
  require(entry).getContainerRuntimeClient()
    .then(({ container }) => container.getById(id).remove({ force: true, v: true }))
    .finally(() => process.exit());`;

/** Docker or its like, or null where none answers. */
export async function findContainerEngine(
  { testcontainers }: Pick<Testcontainers, 'testcontainers'>,
  limit = ANSWER_LIMIT,
): Promise<ContainerRuntimeClient | null> {
  const timer = new AbortController();
  const noAnswer = sleep(limit, null, { signal: timer.signal }).catch(() => null);
  const answer = testcontainers.getContainerRuntimeClient().catch(() => null);
  return Promise.race([answer, noAnswer]).finally(() => timer.abort());
}

/** Removes the containers of processes that were killed, where Testcontainers' own reaper is switched off. */
export async function sweepContainers({ container }: ContainerRuntimeClient): Promise<void> {
  const found = await container.dockerode.listContainers({ all: true, filters: { label: [RUN_LABEL] } });
  const abandoned = found.filter(({ Labels }) => isAbandoned(Labels[RUN_LABEL] ?? ''));
  // Another process may be doing the same.
  await Promise.allSettled(abandoned.map(({ Id }) => container.getById(Id).remove({ force: true, v: true })));
}

/** Removes a container before it returns, for a process that is about to end: the engine speaks to another one. */
export function removeContainerNow({ entry }: Testcontainers, id: string): void {
  spawnSync(process.execPath, ['--eval', REMOVE, entry, id], { stdio: 'ignore', timeout: REMOVE_LIMIT });
}
