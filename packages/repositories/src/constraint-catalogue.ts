import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { ENTITY_NAMES, type TableKey } from './entities.js';
import { oncePerTables } from './shared-tables.js';

/** What a constraint's name tells about the refused row. */
interface ConstraintMeaning {
  /** The entity that the constraint is on. */
  readonly entity: string;
  /** The field that a CHECK of one column guards. */
  readonly key: string | undefined;
  /** For a foreign key: the missing entity, and the field that names it. */
  readonly references: { readonly entity: string; readonly key: string } | undefined;
}

export type ConstraintCatalogue = ReadonlyMap<string, ConstraintMeaning>;

/** Reads the meaning of every named constraint from the tables themselves. */
export const constraintCatalogue = oncePerTables((tables): ConstraintCatalogue => {
  const catalogue = new Map<string, ConstraintMeaning>();
  const entityOf = new Map<unknown, string>();
  for (const [key, table] of Object.entries(tables)) {
    if (is(table, PgTable)) entityOf.set(table, ENTITY_NAMES[key as TableKey]);
  }
  for (const [table, entity] of entityOf) {
    const config = getTableConfig(table as PgTable);
    const keyOf = new Map(config.columns.map((column) => [column.name, propertyOf(table as PgTable, column.name)]));
    const add = (name: string | undefined, meaning: Partial<ConstraintMeaning> = {}) => {
      if (name !== undefined) catalogue.set(name, { entity, key: undefined, references: undefined, ...meaning });
    };
    for (const index of config.indexes) add(index.config.name);
    for (const unique of config.uniqueConstraints) add(unique.name);
    for (const primaryKey of config.primaryKeys) add(primaryKey.getName());
    for (const check of config.checks) {
      const column = guardedColumn(check.name, config.name, config.columns);
      add(check.name, { key: column === undefined ? undefined : keyOf.get(column.name) });
    }
    for (const foreignKey of config.foreignKeys) {
      const { columns, foreignTable } = foreignKey.reference();
      const column = columns.find(({ name }) => name !== 'livemode');
      const referenced = entityOf.get(foreignTable);
      if (column === undefined || referenced === undefined) continue;
      add(foreignKey.getName(), {
        references: { entity: referenced, key: keyOf.get(column.name) ?? column.name },
      });
    }
  }
  return catalogue;
});

/** The column whose name the CHECK carries: `<table>_<column>_check`, or the longest that it begins with. */
function guardedColumn<Column extends { name: string }>(check: string, table: string, columns: readonly Column[]) {
  const exact = columns.find(({ name }) => check === `${table}_${name}_check`);
  const [longest] = columns
    .filter(({ name }) => check.startsWith(`${table}_${name}_`))
    .sort((a, b) => b.name.length - a.name.length);
  return exact ?? longest;
}

function propertyOf(table: PgTable, columnName: string): string {
  const entry = Object.entries(table).find(([, column]) => (column as { name?: unknown }).name === columnName);
  return entry?.[0] ?? columnName;
}
