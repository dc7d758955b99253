import type { QZPayMigrationStep } from '../../src/steps.js';

/** Checksums of the steps that must not change any more, by id. */
export type Lock = Readonly<Record<string, string>>;

/** Ids of locked steps that have another checksum now, or are gone. */
export function findEdited(steps: readonly Pick<QZPayMigrationStep, 'id' | 'checksum'>[], lock: Lock): string[] {
  const checksums = new Map(steps.map(({ id, checksum }) => [id, checksum]));
  return Object.keys(lock).filter((id) => checksums.get(id) !== lock[id]);
}
