import type { QZPayTables } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { TableKey } from '../entities.js';
import { entityIdPart } from '../row-changes.js';

/** Tables whose rows belong to a row of the customer's: the column that names it, and its table. */
const PARTS: { readonly [Table in TableKey]?: readonly [column: string, parent: TableKey] } = {
  subscriptionAddons: ['subscriptionId', 'subscriptions'],
  subscriptionPollingJobs: ['subscriptionId', 'subscriptions'],
  invoiceLines: ['invoiceId', 'invoices'],
  refunds: ['paymentId', 'payments'],
};

/** What the audit log calls the rows of a table that are the customer's. */
const AUDITED: { readonly [Table in TableKey]?: string } = {
  customers: 'customer',
  subscriptions: 'subscription',
  invoices: 'invoice',
  payments: 'payment',
  paymentMethods: 'payment_method',
  checkouts: 'checkout',
  customerEntitlements: 'customer_entitlement',
  promoCodeUsage: 'promo_code_usage',
  subscriptionAddons: 'subscription_add_on',
  subscriptionPollingJobs: 'subscription_polling_job',
  invoiceLines: 'invoice_line',
  refunds: 'refund',
};

/** The values that a condition is made of: arguments of the statement. */
export interface CustomerArguments {
  readonly customerId: SQL;
  readonly livemode: SQL;
}

type Columns = PgTable & Readonly<Record<string, PgColumn>>;
const columnsOf = (tables: QZPayTables, table: TableKey) => tables[table] as unknown as Columns;

/** The condition that a row of the mode is the customer's; `null` for a table that holds nothing of customers. */
export function ofCustomer(tables: QZPayTables, table: TableKey, given: CustomerArguments): SQL | null {
  const { id, livemode, customerId } = columnsOf(tables, table);
  const inMode = sql`${livemode} = ${given.livemode}`;
  if (table === 'auditLogs') return sql`${inMode} and ${id} in (${auditEntries(tables, given)})`;
  if (table === 'customers') return sql`${inMode} and ${id} = ${given.customerId}`;
  const part = PARTS[table];
  if (part !== undefined) {
    const [column, parent] = part;
    const owned = sql`select ${columnsOf(tables, parent)['id']} from ${tables[parent]} where ${ofCustomer(tables, parent, given)}`;
    return sql`${inMode} and ${columnsOf(tables, table)[column]} in (${owned})`;
  }
  return customerId === undefined ? null : sql`${inMode} and ${customerId} = ${given.customerId}`;
}

/** Ids of entries on the customer and what is the customer's, and on what the customer did. */
function auditEntries(tables: QZPayTables, given: CustomerArguments): SQL {
  const subjects = Object.entries(AUDITED).map(([table, name]) => {
    const key = table as TableKey;
    return sql`select ${sql.raw(`'${name}'`)}, ${columnsOf(tables, key)['id']} from ${tables[key]} where ${ofCustomer(tables, key, given)}`;
  });
  const entries = (alias: string, rest: SQL) =>
    sql`select ${sql.identifier(alias)}.id from ${tables.auditLogs} as ${sql.identifier(alias)} ${rest}`;
  const { customerId, livemode } = given;
  return sql.join(
    [
      entries(
        'entry',
        sql`join (${sql.join(subjects, sql` union all `)}) as subject (name, id)
          on entry.livemode = ${livemode} and entry.entity_type = subject.name and entry.entity_id = subject.id`,
      ),
      // Their ids begin with the customer's.
      entries(
        'own_limit',
        sql`where own_limit.livemode = ${livemode} and own_limit.entity_type = 'customer_limit'
          and own_limit.entity_id >= ${entityIdPart(customerId)} || ':' and own_limit.entity_id < ${entityIdPart(customerId)} || ';'`,
      ),
      entries(
        'deed',
        sql`where deed.livemode = ${livemode} and deed.actor_type = 'customer' and deed.actor_id = ${customerId}`,
      ),
    ],
    sql` union all `,
  );
}
