import { qzpayInvoiceLines, qzpayInvoices } from '@qzpay/schema';
import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { Bench, OpenDatabase } from '../bench.js';
import type { Comparison } from '../support/comparison.js';
import { customerId, LINES } from '../support/fill.js';
import { DRIZZLE, STORAGE } from '../support/our-storage.js';
import type { Query, Row } from '../support/raw.js';
import { sqlOf, stamps } from '../support/statements.js';
import { NEW_ROW } from './writes.js';

const PAGE = 20;
const header = sqlOf(qzpayInvoices);
const line = sqlOf(qzpayInvoiceLines);

/** Lines as JSON under the names of the contract; `row` says where they come from. */
const linesOf = (row: string) => `coalesce((select json_agg(json_build_object('id', l.id, 'invoiceId', l.invoice_id,
  'description', l.description, 'quantity', l.quantity::float8, 'unitAmount', l.unit_amount::float8, 'amount', l.amount::float8,
  'priceId', l.price_id, 'periodStart', l.period_start, 'periodEnd', l.period_end, 'metadata', l.metadata, 'position', l.position,
  'type', l.type, 'taxable', l.taxable, 'discountable', l.discountable, 'proration', l.proration, 'livemode', l.livemode,
  'createdAt', l.created_at) order by l.position) from ${row}), '[]') as lines`;

const create = {
  name: 'invoice_create',
  text: `with header as (${header.insert.text.replace(/returning .*/s, `returning ${header.columns}`)}), lines as (
      insert into ${line.name} (${line.columns}) select ${line.columns} from jsonb_populate_recordset(null::${line.name}, $${header.columns.split(',').length + 1})
      returning ${line.columns})
    select ${header.returned}, ${linesOf('lines l')} from header`,
};
const list = {
  name: 'invoice_list',
  text: `with page as materialized (select ${header.returned}, ${linesOf(`${line.name} l where l.livemode = false and l.invoice_id = i.id`)}
      from ${header.name} i where ${header.visible} order by created_at desc, id desc limit $1)
    select page.*, (select count(*)::float8 from ${header.name} where ${header.visible}) as matching from page`,
};

export async function measureInvoices(bench: Bench): Promise<void> {
  const database = await bench.small();
  for (const callers of [1, 16]) {
    const targets = [{ of: STORAGE, over: database.raw.name, measure: 'rate', least: 0.8 } as const];
    await bench.compare({ ...creation(database), callers, targets });
    await bench.compare({ ...page(database), callers, targets });
  }
}

const lineInputs = Array.from({ length: LINES }, (_, index) => ({
  description: `Line ${index}`,
  quantity: 2,
  unitAmount: 500,
}));

function newInvoice(turn: number, customers: number): { invoice: Row & { id: string }; lines: Row[] } {
  const stamped = stamps();
  const amounts = { subtotal: 10_000, tax: 0, discount: 0, total: 10_000, amountPaid: 0, amountDue: 10_000 };
  return {
    invoice: {
      ...stamped,
      customerId: customerId(turn % customers),
      status: 'draft',
      currency: 'USD',
      ...amounts,
      providerInvoiceIds: {},
      sentTo: [],
      metadata: {},
    },
    lines: lineInputs.map((input, position) => ({
      id: crypto.randomUUID(),
      livemode: false,
      invoiceId: stamped.id,
      position,
      ...input,
      amount: input.quantity * input.unitAmount,
      type: 'item',
      taxable: true,
      discountable: true,
      proration: false,
      metadata: {},
      createdAt: stamped.createdAt,
    })),
  };
}

function creation({ storage, raw, otherRaw, drizzle, customers }: OpenDatabase): Omit<Comparison, 'callers'> {
  return {
    work: `invoice with ${LINES} lines: create`,
    varying: [...NEW_ROW, 'invoiceId'],
    contenders: [
      {
        name: STORAGE,
        run: (turn) =>
          storage.invoices.create({
            id: crypto.randomUUID(),
            customerId: customerId(turn % customers),
            lines: lineInputs,
          }),
      },
      ...[raw, otherRaw].map(({ name, query }) => ({
        name,
        run: async (turn: number) => {
          const { invoice, lines } = newInvoice(turn, customers);
          const columns = lines.map(underColumnNames);
          // node-postgres would take a list for an array of PostgreSQL's.
          const json = name === 'raw node-postgres' ? JSON.stringify(columns) : columns;
          return withInstants((await query(create, [...header.values(invoice), json]))[0] as Row);
        },
      })),
      {
        name: DRIZZLE,
        run: (turn) =>
          drizzle.transaction(async (tx) => {
            const { invoice, lines } = newInvoice(turn, customers);
            const [stored] = await tx
              .insert(qzpayInvoices)
              .values(invoice as never)
              .returning();
            return {
              ...stored,
              lines: await tx
                .insert(qzpayInvoiceLines)
                .values(lines as never)
                .returning(),
            };
          }),
      },
    ],
  };
}

function page({ storage, raw, otherRaw, drizzle }: OpenDatabase): Omit<Comparison, 'callers'> {
  const visible = and(eq(qzpayInvoices.livemode, false), isNull(qzpayInvoices.deletedAt));
  const read = async (query: Query) => {
    const rows = await query(list, [PAGE]);
    return { data: rows.map(withInstants), total: rows[0]?.['matching'] };
  };
  return {
    work: `invoices: page of ${PAGE} with lines and total`,
    contenders: [
      {
        name: STORAGE,
        run: async () => {
          const { data, total } = await storage.invoices.list({ limit: PAGE });
          return { data, total };
        },
      },
      ...[raw, otherRaw].map(({ name, query }) => ({ name, run: () => read(query) })),
      {
        name: DRIZZLE,
        run: async () => {
          const [rows, total] = await Promise.all([
            drizzle
              .select()
              .from(qzpayInvoices)
              .where(visible)
              .orderBy(desc(qzpayInvoices.createdAt), desc(qzpayInvoices.id))
              .limit(PAGE),
            drizzle.$count(qzpayInvoices, visible),
          ]);
          const { livemode, invoiceId, position } = qzpayInvoiceLines;
          const ids = rows.map(({ id }) => id);
          const lines = await drizzle
            .select()
            .from(qzpayInvoiceLines)
            .where(and(eq(livemode, false), inArray(invoiceId, ids)))
            .orderBy(asc(invoiceId), asc(position));
          const byInvoice = new Map<string, typeof lines>(ids.map((id) => [id, []]));
          for (const row of lines) byInvoice.get(row.invoiceId)?.push(row);
          return { data: rows.map((row) => ({ ...row, lines: byInvoice.get(row.id) ?? [] })), total };
        },
      },
    ],
  };
}

function underColumnNames(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

/** JSON has no instants: those of the lines come as text. */
function withInstants(row: Row): Row {
  const instant = (value: unknown) => (value === null ? null : new Date(value as string));
  const lines = (row['lines'] as Row[]).map((own) => ({
    ...own,
    periodStart: instant(own['periodStart']),
    periodEnd: instant(own['periodEnd']),
    createdAt: instant(own['createdAt']),
  }));
  return { ...row, lines };
}
