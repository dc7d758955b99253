import type { QZPayInvoiceNumberOptions, QZPayInvoiceNumberReport } from '@qzpay/core';
import type { QZPayCheckStep, QZPayFinding, QZPayInvoiceSequencesRepository } from '@qzpay/repositories';
import { numbersOfCounter } from '../operations/invoice-numbers.js';
import type { Check } from './check.js';

const NAME = 'invoice-numbers';

/** Every counter against the invoices that carry its numbers. */
export function invoiceNumberCheck(
  sequences: QZPayInvoiceSequencesRepository,
  defaults: QZPayInvoiceNumberOptions,
  prefixes: Readonly<Record<string, string>>,
): Check {
  return {
    name: NAME,
    promise: 'each number that was handed out is on one invoice, without gaps',
    slices: false,
    estimate: async () => (await sequences.list()).reduce((sum, { lastValue }) => sum + lastValue, 0),
    run: async function* (): AsyncGenerator<QZPayCheckStep> {
      for (const counter of await sequences.list()) {
        const numbers = numbersOfCounter(counter, defaults, prefixes);
        const report = await sequences.verify(numbers);
        const id = `${counter.series}/${counter.period}`;
        const finding = (message: string): QZPayFinding => ({
          check: NAME,
          severity: 'error',
          entity: 'InvoiceSequence',
          id,
          message,
        });
        yield { checked: report.invoices, findings: problems(report, numbers.start).map(finding) };
      }
    },
  };
}

function problems({ lastValue, invoices, missing, gaps, duplicates, beyond }: QZPayInvoiceNumberReport, start: string) {
  if (invoices === 0 && lastValue > 0) {
    return [
      `${lastValue} numbers were handed out, no invoice carries one that begins with ${start}: name their prefix`,
    ];
  }
  const listed = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return [
    ...gaps.map(({ from, to }) => (from === to ? `number ${from} is missing` : `numbers ${from} to ${to} are missing`)),
    ...(missing > listed ? [`${missing - listed} more numbers are missing`] : []),
    ...duplicates.map((number) => `number ${number} is on several invoices`),
    ...(beyond > 0 ? [`${beyond} invoices carry a number that the counter has not handed out`] : []),
  ];
}
