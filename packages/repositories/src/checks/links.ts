import type { QZPayTables } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { ENTITY_NAMES, type TableKey } from '../entities.js';
import type { QZPayFindingSeverity, Walk, WalkCheck } from './check.js';

interface Link {
  readonly column: PgColumn;
  readonly to: TableKey;
  /** Whether a foreign key promises the other row. */
  readonly required: boolean;
  readonly severity: QZPayFindingSeverity;
}

type LooseLinks = { readonly [From in TableKey]?: { readonly [column: string]: TableKey } };

/** References without a foreign key. What they name need not be stored, but must not be stored in the other mode only. */
const LOOSE: LooseLinks = {
  subscriptions: {
    planId: 'plans',
    priceId: 'prices',
    promoCodeId: 'promoCodes',
    defaultPaymentMethodId: 'paymentMethods',
  },
  invoices: { subscriptionId: 'subscriptions' },
  invoiceLines: { priceId: 'prices' },
  payments: { subscriptionId: 'subscriptions', invoiceId: 'invoices', paymentMethodId: 'paymentMethods' },
  promoCodeUsage: { subscriptionId: 'subscriptions', paymentId: 'payments' },
  checkouts: { customerId: 'customers', paymentId: 'payments', subscriptionId: 'subscriptions' },
  usageRecords: { customerId: 'customers', subscriptionId: 'subscriptions' },
  webhookEvents: { customerId: 'customers' },
  webhookDeadLetter: { customerId: 'customers' },
  idempotencyKeys: { customerId: 'customers' },
};

/** Tables without an id, and the column that orders them instead. */
const ORDERED_BY: { readonly [Table in TableKey]?: string } = { customerLimits: 'customerId', idempotencyKeys: 'key' };

/** Plans may live in the host's configuration, under the same ids in both modes and stored in one of them. */
const CONFIGURABLE: ReadonlySet<TableKey> = new Set(['plans', 'prices']);

export const links: WalkCheck = {
  name: 'links',
  promise: 'no row refers to a row of the other mode, nor to one that a foreign key promises and that is not there',
  walks: (tables) =>
    (Object.keys(ENTITY_NAMES) as TableKey[])
      .map((table) => ({ table, found: linksOf(tables, table) }))
      .filter(({ found }) => found.length > 0)
      .map(({ table, found }): Walk => {
        const by = ORDERED_BY[table] ?? 'id';
        return { table, by, find: (_, inSlice) => broken(tables, table, by, found, inSlice) };
      }),
};

function linksOf(tables: QZPayTables, from: TableKey): Link[] {
  const keys = new Map<unknown, TableKey>((Object.keys(ENTITY_NAMES) as TableKey[]).map((key) => [tables[key], key]));
  const required = getTableConfig(tables[from] as PgTable).foreignKeys.map((foreignKey): Link => {
    const { columns, foreignTable } = foreignKey.reference();
    return {
      column: columns[0] as PgColumn,
      to: keys.get(foreignTable) as TableKey,
      required: true,
      severity: 'error',
    };
  });
  const columns = tables[from] as unknown as Record<string, PgColumn>;
  const loose = Object.entries(LOOSE[from] ?? {}).map(([column, to]): Link => {
    const severity = CONFIGURABLE.has(to) ? 'warning' : 'error';
    return { column: columns[column] as PgColumn, to, required: false, severity };
  });
  return [...required, ...loose];
}

/** Looks into the other mode only for what is not in the row's own. */
function broken(tables: QZPayTables, from: TableKey, by: string, found: readonly Link[], inSlice: SQL): SQL {
  const table = tables[from] as PgTable & { livemode: PgColumn };
  const key = (tables[from] as unknown as Record<string, PgColumn>)[by];
  const selects = found.map(({ column, to, required, severity }) => {
    const target = tables[to] as PgTable & { id: PgColumn; livemode: PgColumn };
    const at = sql.raw(`'${severity}'`);
    const name = sql.raw(`'${ENTITY_NAMES[to]}'`);
    const inMode = (mode: SQL) =>
      sql`exists (select 1 from ${target} where ${target.id} = ${column} and ${target.livemode} = ${mode})`;
    const elsewhere = inMode(sql`not ${table.livemode}`);
    return sql`select ${at}, ${key}, format(case when ${elsewhere}
        then '%s refers to %s %s, which is in the other mode' else '%s refers to %s %s, which is not there' end,
        ${sql.raw(`'${column.name}'`)}, ${name}, ${column})
      from ${table} where ${inSlice} and ${column} is not null and not ${inMode(sql`${table.livemode}`)}
      ${required ? sql`` : sql`and ${elsewhere}`}`;
  });
  return sql.join(selects, sql` union all `);
}
