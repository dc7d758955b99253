import { Graphviz } from '@hpcc-js/wasm-graphviz';
import type { DescribedTable } from './describe.js';

// Graphviz knows how wide it is, and every monospaced font is as wide.
const FONT = 'Courier';
const HEAD = '#dbe7f5';
const OUTSIDE = '#eeeeee';

const graphviz = await Graphviz.load();

/**
 * Entity-relationship diagram of tables with all their columns, as SVG; parents outside of `tables` appear by name.
 *
 * The same tables make the same text on every machine: fonts are measured by tables inside Graphviz.
 */
export function drawTables(tables: readonly DescribedTable[]): string {
  const shown = new Set(tables.map(({ name }) => name));
  const outside = new Set(tables.flatMap(({ foreignKeys }) => foreignKeys.map(({ table }) => table)));
  return draw([
    ...tables.map((table) => `"${table.name}" [label=<${boxOf(table)}>]`),
    ...[...outside].filter((name) => !shown.has(name)).map((name) => `"${name}" [label=<${nameOnly(name, OUTSIDE)}>]`),
    ...tables.flatMap(({ name, foreignKeys }) =>
      foreignKeys.map(
        ({ columns, table, foreignColumns }) =>
          `"${name}":"${columns[0]} end":e -> "${table}"${shown.has(table) ? `:"${foreignColumns[0]}"` : ''}:w`,
      ),
    ),
  ]);
}

/** All tables by name, one frame for each group. */
export function drawOverview(groups: Readonly<Record<string, readonly DescribedTable[]>>): string {
  const frames = Object.entries(groups).map(
    ([group, tables]) =>
      `subgraph "cluster_${group}" { label="${group}"; color="#bbbbbb"; ${tables
        .map(({ name }) => `"${name}" [label=<${nameOnly(name, HEAD)}>]`)
        .join('; ')} }`,
  );
  const arrows = Object.values(groups)
    .flat()
    .flatMap(({ name, foreignKeys }) => foreignKeys.map(({ table }) => `"${name}" -> "${table}"`));
  return draw([...frames, ...new Set(arrows)]);
}

function draw(statements: readonly string[]): string {
  const dot = `digraph schema {
    graph [rankdir=LR, bgcolor=white, fontname="${FONT}", fontsize=12, nodesep=0.2, ranksep=0.8];
    node [shape=plain, fontname="${FONT}", fontsize=10];
    edge [color="#555555", arrowhead=none, arrowtail=crow, dir=both, arrowsize=0.8];
    ${statements.join(';\n')}
  }`;
  const svg = graphviz.dot(dot, 'svg');
  return `${svg.slice(svg.indexOf('<svg')).trimEnd()}\n`.replaceAll(`"${FONT}"`, `"${FONT},monospace"`);
}

function boxOf({ name, columns, primaryKey, foreignKeys }: DescribedTable): string {
  const foreign = new Set(foreignKeys.flatMap((key) => key.columns.slice(0, 1)));
  const rows = columns.map((column) => {
    const marks = [primaryKey.includes(column.name) && 'PK', foreign.has(column.name) && 'FK']
      .filter(Boolean)
      .join(' ');
    const label = column.nullable ? `<i>${column.name}</i>` : column.name;
    return `<tr><td align="left" port="${column.name}">${label}</td><td align="left">${column.type}</td><td port="${column.name} end">${marks}</td></tr>`;
  });
  return `<table border="0" cellborder="1" cellspacing="0" cellpadding="3" color="#999999"><tr><td colspan="3" bgcolor="${HEAD}"><b>${name}</b></td></tr>${rows.join('')}</table>`;
}

function nameOnly(name: string, colour: string): string {
  return `<table border="0" cellborder="1" cellspacing="0" cellpadding="4" color="#999999"><tr><td bgcolor="${colour}">${name}</td></tr></table>`;
}
