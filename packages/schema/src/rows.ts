import type { Table } from 'drizzle-orm';

/** What a query returns of a table, written out: editors show the fields. */
export type RowOf<From extends Table> = { [Key in keyof From['$inferSelect']]: From['$inferSelect'][Key] };
/** What an insert into a table is given. */
export type InsertOf<Into extends Table> = { [Key in keyof Into['$inferInsert']]: Into['$inferInsert'][Key] };
