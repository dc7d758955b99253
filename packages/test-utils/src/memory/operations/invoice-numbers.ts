import {
  type QZPayClock,
  type QZPayInvoiceNumberOptions,
  type QZPayInvoiceNumberReport,
  QZPayValidationError,
} from '@qzpay/core';

/** How the numbers of a storage are written, unless a call says otherwise. */
export interface InvoiceNumberFormat {
  readonly defaults: QZPayInvoiceNumberOptions;
  readonly timeZone: string;
  readonly clock: QZPayClock;
}

/** A counter, and the text before its counts. */
export interface InvoiceSeries {
  readonly series: string;
  readonly period: string;
  readonly start: string;
}

const MAX_REPORTED = 100;

/** @throws QZPayValidationError for options that make no number. */
export function invoiceNumbersOf(
  { defaults, timeZone, clock }: InvoiceNumberFormat,
  options: QZPayInvoiceNumberOptions,
): InvoiceSeries & { readonly width: number } {
  const series = options.series ?? defaults.series ?? 'INV';
  const prefix = options.prefix ?? (options.series === undefined ? defaults.prefix : undefined) ?? series;
  const period = options.period ?? defaults.period ?? yearIn(timeZone, clock());
  const width = options.width ?? defaults.width ?? 6;
  check('series', isName(series));
  check('prefix', isName(prefix));
  check('period', period === 'all' || /^\d{4}$/.test(period));
  check('width', Number.isInteger(width) && width >= 1 && width <= 15);
  return { series, period, width, start: period === 'all' ? `${prefix}-` : `${prefix}-${period}-` };
}

/** Compares the last value that the counter handed out with the numbers of all invoices. */
export function numberReport(
  { series, period, start }: InvoiceSeries,
  lastValue: number,
  numbers: readonly string[],
): QZPayInvoiceNumberReport {
  const counts = numbers
    .filter((number) => number.startsWith(start) && /^\d{1,15}$/.test(number.slice(start.length)))
    .map((number) => Number(number.slice(start.length)))
    .toSorted((a, b) => a - b);
  const gaps: { from: number; to: number }[] = [];
  let missing = 0;
  let previous = 0;
  for (const count of [...counts.filter((value) => value <= lastValue), lastValue + 1]) {
    if (count > previous + 1) {
      gaps.push({ from: previous + 1, to: count - 1 });
      missing += count - 1 - previous;
    }
    previous = count;
  }
  const repeated = new Set(counts.filter((count, index) => counts[index - 1] === count));
  const beyond = counts.filter((count) => count < 1 || count > lastValue).length;
  return {
    series,
    period,
    valid: missing === 0 && beyond === 0 && repeated.size === 0,
    lastValue,
    invoices: counts.length,
    missing,
    gaps: gaps.slice(0, MAX_REPORTED),
    duplicates: [...repeated].slice(0, MAX_REPORTED),
    beyond,
  };
}

function check(field: string, isValid: boolean): void {
  if (!isValid) throw new QZPayValidationError(`${field} is invalid: it makes no invoice number`, field);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 64;
}

function yearIn(timeZone: string, instant: Date): string {
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', { timeZone, year: 'numeric' }).format(instant);
  } catch {
    throw new QZPayValidationError('timeZone is invalid: expected a name of the IANA database', 'timeZone');
  }
}
