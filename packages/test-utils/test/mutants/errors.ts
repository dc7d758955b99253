import { isQZPayError, QZPayNotFoundError, QZPayStorageError, QZPayValidationError } from '@qzpay/core';
import { failing, intercept, type Mutant, override, without } from './mutant.js';

const KINDS = 'errors tell their kind and type';
const SILENT = 'no error carries a value';

/** A method of any collection, whose errors become others. */
const mapping = (harness: Parameters<typeof intercept>[0], change: (error: Error, args: unknown[]) => unknown) =>
  intercept(harness, (call, args) => failing(call(...args), (error) => change(error, args)));

export const errorMutants: readonly Mutant[] = [
  [
    'errors of the driver reach the caller',
    KINDS,
    ['errors/each-kind-is-recognised-by-its-name', 'concurrency/one-winner-per-payment-id'],
    (harness) =>
      mapping(harness, (error) => {
        throw new Error(error.message);
      }),
  ],
  [
    'a conflict is a failure of the storage',
    KINDS,
    ['errors/each-kind-is-recognised-by-its-name', 'plans/an-id-is-taken-once'],
    (harness) =>
      mapping(harness, (error) => {
        throw isQZPayError(error, 'conflict') ? new QZPayStorageError('Refused', 'outcome_unknown') : error;
      }),
  ],
  [
    'what is missing is invalid',
    KINDS,
    ['errors/not-found-names-the-entity-and-keeps-the-id-aside', 'payments/update-of-an-unknown-id-is-not-found'],
    (harness) =>
      mapping(harness, (error) => {
        throw isQZPayError(error, 'not_found') ? new QZPayValidationError('Unknown', 'id') : error;
      }),
  ],
  [
    'what is missing is of another type',
    KINDS,
    ['errors/not-found-names-the-entity-and-keeps-the-id-aside'],
    (harness) =>
      mapping(harness, (error) => {
        throw isQZPayError(error, 'not_found') ? new QZPayNotFoundError('Row', 'unknown') : error;
      }),
  ],
  [
    'updating what is missing answers with null',
    KINDS,
    ['customers/update-of-an-unknown-id-is-not-found', 'errors/not-found-names-the-entity-and-keeps-the-id-aside'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: { update: (id, patch) => failing(customers.update(id, patch), () => null as never) },
      })),
  ],
  [
    'a missing parent is nobody’s business',
    'what belongs to something refers to it',
    ['errors/missing-parents-are-not-found', 'payments/a-refund-of-an-unknown-payment-is-not-found'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: { createRefund: (input) => failing(payments.createRefund(input), () => undefined) },
      })),
  ],
  [
    'looking up what cannot be stored is an error',
    'a look-up with any string answers',
    ['errors/unknown-ids-are-absent-and-never-an-error', 'customers/look-ups-of-any-text-find-nothing'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          findById: async (id) => {
            if (id.includes('\0')) throw new QZPayValidationError('The id cannot be stored', 'id');
            return customers.findById(id);
          },
        },
      })),
  ],
  [
    'a message repeats what was given',
    SILENT,
    ['errors/no-error-shows-a-value', 'errors/no-error-shows-a-name-or-a-number'],
    (harness) =>
      mapping(harness, (error, args) => {
        Object.defineProperty(error, 'message', { value: `${error.message}: ${JSON.stringify(args)}` });
        throw error;
      }),
  ],
  [
    'a message repeats the id',
    SILENT,
    ['errors/not-found-names-the-entity-and-keeps-the-id-aside', 'customers/update-of-an-unknown-id-is-not-found'],
    (harness) =>
      mapping(harness, (error) => {
        if (isQZPayError(error, 'not_found')) {
          Object.defineProperty(error, 'message', {
            value: `${error.message} (${(error as QZPayNotFoundError).entityId})`,
          });
        }
        throw error;
      }),
  ],
  [
    'the cause carries the parameters of the statement',
    SILENT,
    ['errors/no-error-shows-a-value'],
    (harness) =>
      mapping(harness, (error, args) => {
        error.cause = Object.assign(new Error('query failed'), { parameters: args });
        throw error;
      }),
  ],
  [
    'what is refused is half done',
    'a call that rejects has changed nothing',
    ['errors/what-is-refused-changes-nothing'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: {
          update: (id, patch) =>
            failing(payments.update(id, patch), async (error) => {
              await payments.update(id, without(patch, 'amount')).catch(() => {});
              throw error;
            }),
        },
      })),
  ],
];
