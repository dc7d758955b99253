import type { QZPayTables } from '@qzpay/schema';
// The package's main entry makes the tables of the default schema as well, which takes a fifth of the time of an import.
import { createQZPayTables } from '@qzpay/schema/tables';

const tablesBySchema = new Map<string, WeakRef<QZPayTables>>();

/** The tables of a schema: the same for all storages of it, since to make them takes longer than all the rest. */
export function sharedTables(schema: string): QZPayTables {
  const known = tablesBySchema.get(schema)?.deref();
  if (known !== undefined) return known;
  const tables = createQZPayTables({ schema });
  tablesBySchema.set(schema, new WeakRef(tables));
  return tables;
}

/** What is made from tables alone, once for all storages of them. */
export function oncePerTables<Value>(make: (tables: QZPayTables) => Value): (tables: QZPayTables) => Value {
  const made = new WeakMap<QZPayTables, Value>();
  return (tables) => {
    if (!made.has(tables)) made.set(tables, make(tables));
    return made.get(tables) as Value;
  };
}
