import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCS } from '../src/pages.js';
import { describeTable } from '../src/schema/describe.js';
import { drawOverview, drawTables } from '../src/schema/diagram.js';
import { GROUPS, TABLES } from '../src/schema/groups.js';
import { withReferences, written } from '../src/schema/reference.js';

const FOLDER = path.join(DOCS, 'schema');
const groups = Object.fromEntries(Object.entries(GROUPS).map(([name, keys]) => [name, keys.map(describeTable)]));

// `pnpm docs:generate` writes what these compare.
describe('pages of the schema are in step with the tables', () => {
  it('each table belongs to one group', () => {
    expect(Object.values(GROUPS).flat().sort()).toEqual(Object.keys(TABLES).sort());
  });

  it('the overview', async () => {
    await expect(drawOverview(groups)).toMatchFileSnapshot(path.join(FOLDER, 'overview.svg'));
  });

  describe.each(Object.entries(groups))('%s', (name, tables) => {
    const file = path.join(FOLDER, `${name}.md`);
    const page = readFileSync(file, 'utf8');

    it('its diagram', async () => {
      await expect(drawTables(tables)).toMatchFileSnapshot(path.join(FOLDER, `${name}.svg`));
    });

    it('its generated parts, one for each table', async () => {
      for (const table of tables) expect(page).toContain(`<!-- generated: ${table.name} -->`);
      await expect(withReferences(page, tables)).toMatchFileSnapshot(file);
    });

    it('says in words what each unique and each index is for', () => {
      const names = tables.flatMap(({ indexes }) => indexes.filter(({ kind }) => kind !== 'primary key'));
      const text = written(page);
      expect(names.map((index) => index.name).filter((index) => !text.includes(`\`${index}\``))).toEqual([]);
    });
  });
});
