import { type QZPayClock, type QZPayInvoiceNumberOptions, QZPayValidationError } from '@qzpay/core';
import { checkOptions, INVOICE_NUMBER_OPTIONS } from '@qzpay/core/options';
import type { QZPayInvoiceSeries } from '@qzpay/repositories';

const DEFAULT_SERIES = 'INV';
const DEFAULT_WIDTH = 6;
const MAX_NAME_LENGTH = 64;
const MAX_WIDTH = 15;

/** How the numbers of a storage are written, unless a call says otherwise. */
export interface InvoiceNumberFormat {
  readonly defaults: QZPayInvoiceNumberOptions;
  readonly timeZone: string;
  readonly clock: QZPayClock;
}

/**
 * The counter that the options mean, and the text of its numbers: prefix, year and count, joined with `-`.
 *
 * @throws QZPayValidationError for options that make no number.
 */
export function invoiceNumbersOf(
  { defaults, timeZone, clock }: InvoiceNumberFormat,
  options: QZPayInvoiceNumberOptions,
): QZPayInvoiceSeries & { readonly width: number } {
  const series = checkedName(options.series ?? defaults.series ?? DEFAULT_SERIES, 'series');
  const prefix = checkedName(
    options.prefix ?? (options.series === undefined ? defaults.prefix : undefined) ?? series,
    'prefix',
  );
  const period = options.period ?? defaults.period ?? yearIn(timeZone, clock());
  if (period !== 'all' && !/^\d{4}$/.test(period)) {
    throw new QZPayValidationError('period is invalid: expected a year of four digits, or all', 'period');
  }
  const width = options.width ?? defaults.width ?? DEFAULT_WIDTH;
  if (!Number.isInteger(width) || width < 1 || width > MAX_WIDTH) {
    throw new QZPayValidationError(`width is invalid: expected 1 to ${MAX_WIDTH} digits`, 'width');
  }
  return { series, period, width, start: startOf(prefix, period) };
}

/**
 * The text of a counter's numbers, as far as it can be known: the prefix given for the series, else the one of the
 * storage's own series, else the series.
 */
export function numbersOfCounter(
  { series, period }: { readonly series: string; readonly period: string },
  defaults: QZPayInvoiceNumberOptions,
  prefixes: Readonly<Record<string, string>>,
): QZPayInvoiceSeries {
  const own = series === (defaults.series ?? DEFAULT_SERIES) ? defaults.prefix : undefined;
  return { series, period, start: startOf(prefixes[series] ?? own ?? series, period) };
}

function startOf(prefix: string, period: string): string {
  return period === 'all' ? `${prefix}-` : `${prefix}-${period}-`;
}

function checkedName(name: string, field: string): string {
  if (typeof name === 'string' && name !== '' && name.length <= MAX_NAME_LENGTH) return name;
  throw new QZPayValidationError(`${field} is invalid: expected 1 to ${MAX_NAME_LENGTH} characters`, field);
}

/** A rule for the options of a storage; throws for options that make no number. */
export function numberOptions(defaults: unknown): undefined {
  checkOptions(defaults, INVOICE_NUMBER_OPTIONS);
  invoiceNumbersOf({ defaults: defaults as QZPayInvoiceNumberOptions, timeZone: 'UTC', clock: () => new Date() }, {});
}

/** A rule for the options of a storage. */
export function aTimeZone(value: unknown): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value as string });
    return undefined;
  } catch {
    return 'expected a name of the IANA database';
  }
}

function yearIn(timeZone: string, instant: Date): string {
  if (timeZone === 'UTC') return instant.toISOString().slice(0, 4);
  return new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', { timeZone, year: 'numeric' }).format(instant);
}
