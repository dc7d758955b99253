import type { Catalogue } from '../../src/catalogue.js';
import type { QZPayMigrationStep } from '../../src/steps.js';

const NOTICE = '// Made by scripts/compile.mjs from migrations/; never edit by hand.';

export function renderSteps(steps: readonly QZPayMigrationStep[]): string {
  const fields = steps.map(({ id, set, breaking, checksum, statements }) => ({
    id,
    set,
    breaking,
    checksum,
    statements,
  }));
  return `${NOTICE}
import type { QZPayMigrationStep } from '../steps.js';

export const STEPS: readonly QZPayMigrationStep[] = ${JSON.stringify(fields, null, 2)};
`;
}

export function renderCatalogue(catalogue: Catalogue): string {
  return `${NOTICE}
import type { Catalogue } from '../catalogue.js';

export const CATALOGUE: Catalogue = ${JSON.stringify(catalogue, null, 2)};
`;
}

export function renderLock(checksums: Readonly<Record<string, string>>): string {
  return `${JSON.stringify(checksums, null, 2)}\n`;
}
