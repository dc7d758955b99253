import { createQZPayTables, type QZPayTables } from '@qzpay/schema';
import { getTableColumns, is, SQL } from 'drizzle-orm';
import { getTableConfig, PgDialect, PgTable } from 'drizzle-orm/pg-core';

export type TableKey = Exclude<keyof QZPayTables, 'ns'>;

const dialect = new PgDialect();

function render(sql: SQL): string {
  return dialect.sqlToQuery(sql).sql;
}

/** Every table as its parts, with names and SQL as plain text. */
export function describeTables(tables: QZPayTables = createQZPayTables()) {
  return Object.entries(tables)
    .filter((entry): entry is [TableKey, PgTable & (typeof tables)[TableKey]] => is(entry[1], PgTable))
    .map(([key, table]) => {
      const config = getTableConfig(table);
      return {
        key,
        table: table as PgTable,
        name: config.name,
        schema: config.schema,
        columns: Object.entries(getTableColumns(table as PgTable)),
        primaryKeys: config.primaryKeys.map((primaryKey) => ({
          name: primaryKey.getName(),
          columns: primaryKey.columns.map(({ name }) => name),
        })),
        foreignKeys: config.foreignKeys.map((foreignKey) => {
          const { columns, foreignColumns, foreignTable } = foreignKey.reference();
          return {
            name: foreignKey.getName(),
            columns: columns.map(({ name }) => name),
            references: `${getTableConfig(foreignTable).name}(${foreignColumns.map(({ name }) => name).join(', ')})`,
            schema: getTableConfig(foreignTable).schema,
            onDelete: foreignKey.onDelete,
          };
        }),
        uniques: [
          ...config.uniqueConstraints.map((unique) => ({
            name: unique.getName() ?? '',
            columns: unique.columns.map(({ name }) => name),
            where: undefined,
            nullsNotDistinct: unique.nullsNotDistinct,
          })),
          ...config.indexes
            .filter((index) => index.config.unique)
            .map((index) => ({ ...indexParts(index.config), nullsNotDistinct: false })),
        ],
        indexes: config.indexes
          .filter((index) => !index.config.unique)
          .map((index) => ({ ...indexParts(index.config), method: index.config.method, with: index.config.with })),
        checks: config.checks.map(({ name, value }) => ({ name, sql: render(value) })),
      };
    });
}

export type TableDescription = ReturnType<typeof describeTables>[number];

type IndexConfig = ReturnType<typeof getTableConfig>['indexes'][number]['config'];

function indexParts(config: IndexConfig) {
  return {
    name: config.name ?? '',
    columns: config.columns.map((column) =>
      is(column, SQL) ? render(column) : 'name' in column ? column.name : undefined,
    ),
    where: config.where === undefined ? undefined : render(config.where),
  };
}
