import { styleText } from 'node:util';
import Table from 'cli-table3';

let chapters = 0;

/** A file gets none. */
const HAS_COLOURS = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

const styled = (format: 'bold' | 'dim' | 'red', text: string): string => (HAS_COLOURS ? styleText(format, text) : text);

export function chapter(title: string): void {
  chapters += 1;
  console.log(`\n${styled('bold', `${chapters}. ${title}`)}`);
}

export function tell(sentence: string): void {
  console.log(`   ${sentence}`);
}

/** Prints rows as a table, with the given columns in their order. */
export function show<Row extends object>(rows: readonly Row[], columns: readonly (keyof Row & string)[]): void {
  const table = new Table({
    head: [...columns],
    style: HAS_COLOURS ? { head: ['cyan'], border: ['grey'] } : { head: [], border: [] },
    wordWrap: true,
  });
  for (const row of rows) table.push(columns.map((column) => cell(row[column])));
  console.log(indent(table.toString()));
}

/** Runs what the storage has to refuse and tells why it did. */
export async function refused(attempt: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    const { name, message } = error as Error;
    tell(`${styled('red', 'refused')}  ${attempt}`);
    tell(`         ${styled('dim', `${name}: ${message}`)}`);
    return;
  }
  throw new Error(`This should have been refused: ${attempt}`);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (value instanceof Date) return value.toISOString().slice(0, 16).replace('T', ' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '   ');
}
