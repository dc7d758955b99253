import { getTableColumns } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { z } from 'zod/v4';
import type { QZPayTables } from '../create-tables.js';
import { JSON_COLUMNS, metadataObject, providerIdMap } from './json.js';
import { idText, indexedText, storableText } from './texts.js';

const PROVIDER_ID_MAP = /^provider_\w+_ids$/;
const ID = /(^|_)id$/;

/** Validators for the columns whose derived ones accept what the storage would refuse or could not keep exactly. */
export function columnRefinements(
  key: Exclude<keyof QZPayTables, 'ns'>,
  table: PgTable,
): Record<string, () => z.ZodType> {
  const indexed = indexedColumnNames(table);
  const jsonColumns: Readonly<Record<string, z.ZodType | undefined>> = JSON_COLUMNS[key] ?? {};
  const refinements: Record<string, () => z.ZodType> = {};
  for (const [property, column] of Object.entries(getTableColumns(table))) {
    const validator =
      column.columnType === 'PgJsonb'
        ? (jsonColumns[property] ?? sharedJsonColumn(column.name))
        : scalarColumn(column, indexed);
    if (validator !== undefined) refinements[property] = () => validator;
  }
  return refinements;
}

function sharedJsonColumn(name: string): z.ZodType {
  if (name === 'metadata') return metadataObject;
  if (PROVIDER_ID_MAP.test(name)) return providerIdMap;
  throw new TypeError(`The JSON column ${name} has no validator`);
}

function scalarColumn(column: PgColumn, indexed: ReadonlySet<string>): z.ZodType | undefined {
  switch (column.columnType) {
    case 'PgText':
      if (column.enumValues !== undefined && column.enumValues.length > 0) return undefined;
      if (ID.test(column.name)) return idText;
      return indexed.has(column.name) ? indexedText : storableText;
    case 'PgArray':
      return z.array(storableText);
    // The derived one stops at the safe integers; fractions and larger finite numbers are kept as well.
    case 'PgNumericNumber':
      return z.number();
    default:
      return undefined;
  }
}

function indexedColumnNames(table: PgTable): ReadonlySet<string> {
  const { indexes, primaryKeys, uniqueConstraints } = getTableConfig(table);
  const columns = [
    ...indexes.flatMap(({ config }) => config.columns),
    ...primaryKeys.flatMap((primaryKey) => primaryKey.columns),
    ...uniqueConstraints.flatMap((unique) => unique.columns),
  ];
  return new Set(columns.flatMap((column) => ('name' in column && column.name !== undefined ? [column.name] : [])));
}
