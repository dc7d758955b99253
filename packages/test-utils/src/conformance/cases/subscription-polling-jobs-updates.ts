import assert from 'node:assert/strict';
import { defineCases } from '../case.js';
import { present, rejectsConflict, together, UNKNOWN_TEXTS } from '../expectations.js';
import { withJobs } from './subscription-polling-jobs.js';

export const pollingJobUpdateCases = defineCases('subscription-polling-jobs', 1, {
  'update-applies-and-rotates-the-version': [
    'An update changes the given fields and `updatedAt`, adds to the attempts and rotates the version; null clears.',
    withJobs(async ({ jobs, clock, schedule }) => {
      let expected = await schedule({ metadata: { a: 1 } });
      const versions = new Set([expected.version]);
      for (const { incrementAttemptsBy = 0, ...patch } of [
        { lastPolledAt: new Date('2026-01-02T03:04:05.678Z') },
        { lastProviderStatus: 's'.repeat(1000) },
        { lastError: 'timeout' },
        { incrementAttemptsBy: 2 },
        { nextPollAt: new Date('2026-01-03T03:04:05.678Z'), incrementAttemptsBy: 1 },
        { completedAt: new Date('2026-01-04T03:04:05.678Z') },
        { lastProviderStatus: null, lastError: null, completedAt: null },
        { status: 'timeout' as const },
      ]) {
        clock.advance(1);
        const { id, version: expectedVersion, attempts } = expected;
        const updated = present(await jobs.update({ id, expectedVersion, incrementAttemptsBy, ...patch }));
        versions.add(updated.version);
        expected = {
          ...expected,
          ...patch,
          attempts: attempts + incrementAttemptsBy,
          updatedAt: clock.now(),
          version: updated.version,
        };
        assert.deepEqual(updated, expected);
        assert.deepEqual(await jobs.findById(id), updated);
      }
      assert.equal(versions.size, 9);
    }),
  ],
  'update-of-nothing-rotates-the-version': [
    'An update of nothing, and one of undefined values, changes `updatedAt` and the version only.',
    withJobs(async ({ jobs, clock, schedule }) => {
      let known = await schedule();
      const nothing = { status: undefined, incrementAttemptsBy: undefined, nextPollAt: undefined, unheardOf: 1 };
      for (const patch of [{}, nothing]) {
        clock.advance(1);
        const input = { id: known.id, expectedVersion: known.version, ...(patch as object) };
        const updated = present(await jobs.update(input));
        assert.notEqual(updated.version, known.version);
        assert.deepEqual(updated, { ...known, updatedAt: clock.now(), version: updated.version });
        known = updated;
      }
    }),
  ],
  'update-does-not-complete-by-itself': [
    'A final state alone does not set `completedAt`: the caller does.',
    withJobs(async ({ jobs, schedule }) => {
      for (const status of ['succeeded', 'failed', 'timeout', 'cancelled'] as const) {
        const { id, version } = await schedule();
        const updated = await jobs.update({ id, expectedVersion: version, status });
        assert.deepEqual([updated?.status, updated?.completedAt], [status, null]);
      }
    }),
  ],
  'update-of-a-stale-version-gives-null': [
    'An update gives null and changes nothing when the version is stale or is none at all, or the id is unknown.',
    withJobs(async ({ jobs, clock, schedule }) => {
      const { id, version } = await schedule();
      const current = present(await jobs.update({ id, expectedVersion: version, incrementAttemptsBy: 1 }));
      clock.advance(1);
      for (const text of [version, ...UNKNOWN_TEXTS]) {
        assert.equal(await jobs.update({ id, expectedVersion: text, status: 'failed' }), null);
      }
      for (const text of UNKNOWN_TEXTS) {
        assert.equal(await jobs.update({ id: text, expectedVersion: current.version, status: 'failed' }), null);
      }
      assert.deepEqual(await jobs.findById(id), current);
    }),
  ],
  'one-winner-per-version': [
    'Of several callers that bring the same version one wins; the others get null and change nothing.',
    withJobs(async ({ jobs, schedule }) => {
      const { id, version: expectedVersion } = await schedule();
      const { fulfilled, rejected } = await together(5, (index) =>
        jobs.update({ id, expectedVersion, incrementAttemptsBy: 1, lastError: `${index}` }),
      );
      assert.deepEqual(rejected, []);
      const [winner, ...others] = fulfilled.filter((job) => job !== null);
      assert.deepEqual(others, []);
      assert.equal(present(winner).attempts, 1);
      assert.deepEqual(await jobs.findById(id), winner);
    }),
  ],
  'back-to-pending-refuses-a-second-job': [
    'A job that moves back to `pending` while another one is pending for its resource rejects with `already_exists`.',
    withJobs(async ({ jobs, schedule }) => {
      const { id, version } = await schedule();
      const failed = present(await jobs.update({ id, expectedVersion: version, status: 'failed' }));
      const other = await schedule();
      const back = { id, expectedVersion: failed.version, status: 'pending' } as const;
      await rejectsConflict(jobs.update(back), 'already_exists');
      assert.deepEqual(await jobs.findById(id), failed);
      await jobs.update({ id: other.id, expectedVersion: other.version, status: 'succeeded' });
      assert.equal((await jobs.update(back))?.status, 'pending');
    }),
  ],
});
