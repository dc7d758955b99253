export type QZPayMigrationSet = 'core' | 'integrity';

/** One migration: applied whole or not at all, and never again. */
export interface QZPayMigrationStep {
  /** File name without extension, below a folder for every set but the core. Ids of one set sort by age. */
  readonly id: string;
  readonly set: QZPayMigrationSet;
  /** Releases that do not know this step must not run on a database that has it. */
  readonly breaking: boolean;
  /** SHA-256, in hex, of the shipped file, which holds the schema token in place of a name. */
  readonly checksum: string;
  readonly statements: readonly string[];
}

export function setOf(id: string): string {
  const slash = id.lastIndexOf('/');
  return slash === -1 ? 'core' : id.slice(0, slash);
}

export function chooseSteps(steps: readonly QZPayMigrationStep[], integrity: boolean): readonly QZPayMigrationStep[] {
  return integrity ? steps : steps.filter((step) => step.set !== 'integrity');
}
