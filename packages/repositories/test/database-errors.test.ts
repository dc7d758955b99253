import { QZPayConflictError, QZPayNotFoundError, QZPayStorageError, QZPayValidationError } from '@qzpay/core';
import { createQZPayTables, QZPAY_CONSTRAINTS } from '@qzpay/schema';
import { describe, expect, it } from 'vitest';
import { constraintCatalogue } from '../src/constraint-catalogue.js';
import { databaseFailureOf, mapCommitError, mapDatabaseError, mapDriverError } from '../src/database-errors.js';

const catalogue = constraintCatalogue(createQZPayTables());
const context = { entity: 'Subscription', values: { customerId: 'cus-1' }, deletes: false };
const answer = (code: string, more: object = {}) =>
  Object.assign(new Error('duplicate key value: (secret)'), { severity: 'ERROR', code, ...more });
const map = (error: unknown) => mapDatabaseError(error, catalogue, context) as Error;

describe('an answer of the database', () => {
  it.each([
    ['40001', 'serialization_failure', true],
    ['40P01', 'deadlock', true],
    ['55P03', 'lock_timeout', true],
    ['57014', 'statement_timeout', false],
    ['53300', 'pool_exhausted', true],
    ['25P02', 'transaction_closed', false],
    ['57P01', 'connection_lost', true],
    ['57P03', 'connection_lost', true],
    ['08006', 'connection_lost', true],
    ['28P01', 'connection_lost', false],
    ['3D000', 'connection_lost', false],
    ['42P01', 'schema_outdated', false],
    ['42703', 'schema_outdated', false],
    ['3F000', 'schema_outdated', false],
    ['QZ001', 'unsupported_operation', false],
    ['XX000', 'database_error', false],
    ['53100', 'database_error', false],
  ])('%s becomes the storage error %s', (code, expected, retryable) => {
    const mapped = map(answer(code));
    expect(mapped).toBeInstanceOf(QZPayStorageError);
    expect(mapped).toMatchObject({ code: expected, retryable });
  });

  it.each(['28000', '28P01', '3D000', '53300'])('%s says what keeps us from connecting, without values', (code) => {
    const { message } = map(answer(code));
    expect(message).toMatch(/^The server /);
    expect(message).not.toContain('secret');
  });

  it('of a unique constraint becomes a conflict about the entity that the constraint is on', () => {
    const mapped = map(answer('23505', { constraint_name: 'billing_plans_pkey' }));
    expect(mapped).toBeInstanceOf(QZPayConflictError);
    expect(mapped).toMatchObject({ message: 'Plan already exists', conflictType: 'already_exists' });
    expect(map(answer('23505')).message).toBe('Subscription already exists');
  });

  it.each([QZPAY_CONSTRAINTS.paymentMethods.oneDefaultKey, QZPAY_CONSTRAINTS.auditBlocks.primaryKey])(
    'of %s tells that the snapshot was too old: its writers take turns',
    (constraint) => {
      expect(map(answer('23505', { constraint }))).toMatchObject({ code: 'serialization_failure', retryable: true });
    },
  );

  it('of a foreign key names the missing entity, or refuses the delete', () => {
    const violation = answer('23503', { constraint: 'billing_subscriptions_customer_fkey' });
    const missing = map(violation);
    expect(missing).toBeInstanceOf(QZPayNotFoundError);
    expect(missing).toMatchObject({ entityType: 'Customer', entityId: 'cus-1', message: 'Customer not found' });
    expect(mapDatabaseError(violation, catalogue, { ...context, deletes: true })).toMatchObject({
      name: 'QZPayConflictError',
      conflictType: 'in_use',
    });
  });

  it.each(['23514', '22003', '22P02', '22021', '22001', '23502'])('%s becomes a validation error', (code) => {
    expect(map(answer(code))).toBeInstanceOf(QZPayValidationError);
  });

  it('of a check names the field of the check', () => {
    const constraint = 'billing_addons_billing_interval_count_check';
    expect(Object.values(QZPAY_CONSTRAINTS).flatMap((names) => Object.values(names))).toContain(constraint);
    expect(map(answer('23514', { constraint }))).toMatchObject({ field: 'billingIntervalCount' });
  });

  it('is found however deep it is wrapped, and the cause keeps what is safe to log', () => {
    const wrapped = new Error('Failed query: insert … secret', {
      cause: new Error('again', { cause: answer('23505', { constraint: 'billing_plans_pkey', detail: 'secret' }) }),
    });
    const mapped = map(wrapped);
    expect(mapped).toMatchObject({
      conflictType: 'already_exists',
      cause: { sqlState: '23505', constraint: 'billing_plans_pkey' },
    });
    const everything = `${mapped.stack}${JSON.stringify(mapped)}${(mapped.cause as Error).stack}${JSON.stringify(mapped.cause)}`;
    expect(everything).not.toContain('secret');
  });
});

describe('an error without an answer', () => {
  it.each([
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'connection_lost'],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'connection_lost'],
    [Object.assign(new Error('x'), { code: 'EPIPE' }), 'connection_lost'],
    [Object.assign(new Error('x'), { code: 'CONNECTION_ENDED' }), 'connection_lost'],
    [Object.assign(new Error('x'), { code: 'CONNECT_TIMEOUT' }), 'connection_lost'],
    [new Error('Connection terminated unexpectedly'), 'connection_lost'],
    [new Error('Connection terminated due to connection timeout'), 'connection_lost'],
    [new Error('timeout exceeded when trying to connect'), 'pool_exhausted'],
    [new Error('PGlite is closed'), 'connection_lost'],
  ])('%s becomes the storage error %s', (error, code) => {
    expect(map(error)).toMatchObject({ name: 'QZPayStorageError', code });
  });

  const lost = Object.assign(new Error('x'), { code: 'ECONNRESET' });
  const unknown = { code: 'outcome_unknown', retryable: false };

  it('while committing leaves the outcome unknown', () => {
    for (const error of [lost, answer('08P01'), new Error('Query read timeout'), new Error('of no kind')]) {
      expect(mapCommitError(error, catalogue)).toMatchObject(unknown);
    }
    expect(mapCommitError(answer('40001'), catalogue)).toMatchObject({ code: 'serialization_failure' });
  });

  it('of a statement that commits by itself leaves the outcome unknown, unless it was never sent', () => {
    const commits = (error: unknown) => mapDatabaseError(error, catalogue, { ...context, commits: true });
    for (const error of [lost, answer('08P01'), new Error('Query read timeout')]) {
      expect(commits(error)).toMatchObject(unknown);
      expect(map(error)).not.toMatchObject(unknown);
    }
    for (const code of ['ECONNREFUSED', 'CONNECT_TIMEOUT', 'CONNECTION_ENDED', 'CERT_HAS_EXPIRED']) {
      expect(commits(Object.assign(new Error('x'), { code }))).toMatchObject({ code: 'connection_lost' });
    }
    expect(commits(new Error('timeout exceeded when trying to connect'))).toMatchObject({ code: 'pool_exhausted' });
    expect(commits(answer('57P01'))).toMatchObject({ code: 'connection_lost', retryable: true });
  });

  it('of a driver that gives no code keeps to itself what it says', () => {
    const leaking = new Error('Failed query: insert … secret', { cause: new Error('Something went wrong') });
    const mapped = mapDriverError(leaking, catalogue) as Error;
    expect(mapped).toMatchObject({ name: 'QZPayStorageError', code: 'database_error', retryable: false });
    expect(`${mapped.stack}${(mapped.cause as Error).stack}`).not.toContain('secret');
  });

  it('that is no error of a database stays what it is', () => {
    const own = new TypeError('a bug of the host');
    expect(mapDatabaseError(own, catalogue)).toBe(own);
    expect(databaseFailureOf(own)).toBeUndefined();
    const known = new QZPayNotFoundError('Plan', 'pro');
    expect(mapDatabaseError(known, catalogue)).toBe(known);
  });
});

describe('the catalogue of constraints', () => {
  it('knows every named constraint of the tables', () => {
    const missing = Object.values(QZPAY_CONSTRAINTS)
      .flatMap((names) => Object.values(names))
      .filter((name) => !catalogue.has(name));
    expect(missing).toEqual([]);
  });
});
