import type { DescribedTable } from './describe.js';

const PART = /(<!-- generated: (\w+) -->\n).*?(<!-- end -->)/gs;

/** Columns, keys and indexes of a table as Markdown. */
function referenceOf({ columns, foreignKeys, indexes }: DescribedTable): string {
  return [
    '',
    ...rows(
      ['column', 'type', 'default', ''],
      columns.map(({ name, type, nullable, defaultValue, note }) => [
        code(name),
        nullable ? `${type}, null` : type,
        code(defaultValue),
        note,
      ]),
    ),
    '',
    ...rows(
      ['key or index', '', 'on', 'where'],
      indexes.map(({ name, kind, on, where }) => [code(name), kind, code(on), code(where)]),
    ),
    ...(foreignKeys.length === 0 ? [] : ['', ...foreignKeys.map(foreignKeyLine)]),
    '',
    '',
  ].join('\n');
}

/** The page with every part between `<!-- generated: table -->` and `<!-- end -->` made anew. */
export function withReferences(page: string, tables: readonly DescribedTable[]): string {
  return page.replaceAll(PART, (_, begin: string, name: string, end: string) => {
    const table = tables.find((one) => one.name === name);
    if (table === undefined) throw new Error(`The page has a part for ${name}, which is not of its group`);
    return begin + referenceOf(table) + end;
  });
}

/** The page without those parts. */
export function written(page: string): string {
  return page.replaceAll(PART, '');
}

function foreignKeyLine({
  name,
  columns,
  table,
  foreignColumns,
  onDelete,
}: DescribedTable['foreignKeys'][number]): string {
  return `- ${code(name)}: ${code(columns.join(', '))} → ${code(`${table} (${foreignColumns.join(', ')})`)}, on delete ${onDelete}`;
}

/** A table as the formatter writes it. */
function rows(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const cells = [head, ...body].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = '', ...others] = cells.map(line);
  return [first, line(widths.map((width) => '-'.repeat(width))), ...others];
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
