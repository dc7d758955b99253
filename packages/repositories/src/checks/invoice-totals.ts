import { type SQL, sql } from 'drizzle-orm';
import type { WalkCheck } from './check.js';

/** What sums of JavaScript numbers may be off by: a millionth of a minor unit, or their last digits where they are large. */
export const tolerance = (magnitude: SQL): SQL => sql`greatest(0.000001, 1e-15 * (${magnitude}))`;

/** Without the digits that only floating point has added. */
const amount = (value: SQL): SQL => sql`trim_scale(round(${value}, 6))`;

/**
 * The storage writes headers that agree with their lines, and so does the engine. A host may write any number with
 * `update`: an issued invoice is wrong then all the same, whereas a draft may be unfinished. What is paid and due is for
 * hosts that settle elsewhere to say.
 */
export const invoiceTotals: WalkCheck = {
  name: 'invoice-totals',
  promise: 'lines add up to the subtotal; total = subtotal + tax − discount; due = total − paid',
  walks: () => [
    {
      table: 'invoices',
      find: ({ invoices, invoiceLines, invoicePayments }, inSlice) => sql`
        select problem.severity, checked.id, problem.message from (
          select ${invoices.id} as id, ${invoices.subtotal} as subtotal, ${invoices.tax} as tax,
            ${invoices.discount} as discount, ${invoices.total} as total, ${invoices.amountPaid} as paid,
            ${invoices.amountDue} as due, case ${invoices.status} when 'draft' then 'warning' else 'error' end as severity,
            lines.amount as lines, lines.magnitude, applied.amount as applied
          from ${invoices}
          cross join lateral (
            select coalesce(sum(${invoiceLines.amount}), 0) as amount, coalesce(sum(abs(${invoiceLines.amount})), 0) as magnitude
            from ${invoiceLines}
            where ${invoiceLines.livemode} = ${invoices.livemode} and ${invoiceLines.invoiceId} = ${invoices.id}
          ) as lines
          cross join lateral (
            select coalesce(sum(${invoicePayments.amountApplied}), 0) as amount from ${invoicePayments}
            where ${invoicePayments.livemode} = ${invoices.livemode} and ${invoicePayments.invoiceId} = ${invoices.id}
          ) as applied
          where ${inSlice}
        ) as checked
        cross join lateral (values
          (abs(lines - subtotal) > ${tolerance(sql`magnitude`)}, severity,
            format('subtotal is %s, the lines add up to %s', subtotal, ${amount(sql`lines`)})),
          (abs(subtotal + tax - discount - total) > ${tolerance(sql`abs(subtotal) + abs(tax) + abs(discount)`)}, severity,
            format('total is %s, subtotal %s + tax %s - discount %s is %s', total, subtotal, tax, discount, ${amount(sql`subtotal + tax - discount`)})),
          (abs(total - paid - due) > ${tolerance(sql`abs(total) + abs(paid)`)}, 'warning',
            format('amount due is %s, total %s - paid %s is %s', due, total, paid, ${amount(sql`total - paid`)})),
          (applied - paid > ${tolerance(sql`applied`)}, 'warning',
            format('amount paid is %s, the payments applied to it add up to %s', paid, applied))
        ) as problem(found, severity, message)
        where problem.found`,
    },
  ],
};
