import { describe, expect, it, vi } from 'vitest';
import {
  isQZPayError,
  QZPAY_STORAGE_ERROR_CODE_VALUES,
  QZPayConflictError,
  QZPayError,
  type QZPayErrorKind,
  QZPayNotFoundError,
  QZPayProviderSyncError,
  QZPayStorageError,
  QZPayValidationError,
} from '../src/index.js';

const KINDS: readonly QZPayErrorKind[] = ['not_found', 'conflict', 'validation', 'provider_sync', 'storage'];

const SAMPLES: readonly [QZPayErrorKind, string, QZPayError][] = [
  ['not_found', 'QZPayNotFoundError', new QZPayNotFoundError('Customer', 'cus_1')],
  ['conflict', 'QZPayConflictError', new QZPayConflictError('Customer already exists', 'already_exists')],
  ['validation', 'QZPayValidationError', new QZPayValidationError('limit must be an integer', 'limit')],
  ['provider_sync', 'QZPayProviderSyncError', new QZPayProviderSyncError('Not in step', 'stripe', 'create_customer')],
  ['storage', 'QZPayStorageError', new QZPayStorageError('The transaction lost', 'deadlock')],
];

async function secondCopy() {
  vi.resetModules();
  return import('../src/index.js');
}

describe('the classes', () => {
  it.each(SAMPLES)('%s errors are errors with a stack and the name %s', (_kind, name, error) => {
    expect(error).toBeInstanceOf(QZPayError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(String(error)).toBe(`${name}: ${error.message}`);
    expect(error.stack).toContain('errors.test.ts');
  });

  it('keeps the id of a missing entity out of the message', () => {
    const error = new QZPayNotFoundError('SubscriptionAddOn', 'sub_1:addon_1');
    expect(error.message).toBe('SubscriptionAddOn not found');
    expect(error).toMatchObject({ entityType: 'SubscriptionAddOn', entityId: 'sub_1:addon_1' });
    expect(error.metadata).toEqual({ entityType: 'SubscriptionAddOn', entityId: 'sub_1:addon_1' });
  });

  it('adds the conflict type to the metadata that the thrower gave', () => {
    const error = new QZPayConflictError('Plan already exists', 'already_exists', { attempt: 2 });
    expect(error.conflictType).toBe('already_exists');
    expect(error.metadata).toEqual({ attempt: 2, conflictType: 'already_exists' });
  });

  it('keeps a refused value only when the thrower passes it, and never in the metadata', () => {
    const silent = new QZPayValidationError('email is invalid', 'email');
    const outspoken = new QZPayValidationError('limit is invalid', 'limit', -1);
    expect('value' in silent).toBe(false);
    expect(outspoken.value).toBe(-1);
    expect(outspoken.metadata).toEqual({ field: 'limit', valueType: 'number' });
  });

  it('tells what the provider said beside the code of a failed sync', () => {
    const cause = new Error('card_declined');
    const error = new QZPayProviderSyncError('Not in step', 'stripe', 'charge', { attempt: 1 }, cause);
    expect(error).toMatchObject({ provider: 'stripe', operation: 'charge' });
    expect(error.cause).toBe(cause);
    expect(error.metadata).toEqual({ attempt: 1, code: 'provider_sync_failed', causeMessage: 'card_declined' });
  });

  it('has no cause and no metadata where none was given', () => {
    expect('cause' in new QZPayProviderSyncError('Not in step', 'stripe', 'charge')).toBe(false);
    expect('cause' in new QZPayStorageError('Lost', 'deadlock')).toBe(false);
    expect('metadata' in new QZPayError('Something')).toBe(false);
  });

  it('does not show its brand when it is printed as JSON', () => {
    expect(JSON.parse(JSON.stringify(new QZPayStorageError('Lost', 'deadlock')))).toEqual({
      name: 'QZPayStorageError',
      code: 'deadlock',
      retryable: true,
      metadata: { code: 'deadlock' },
    });
  });
});

describe('retryable', () => {
  it('follows from the code', () => {
    const retryable = QZPAY_STORAGE_ERROR_CODE_VALUES.filter((code) => new QZPayStorageError('Lost', code).retryable);
    expect(retryable).toEqual([
      'serialization_failure',
      'deadlock',
      'lock_timeout',
      'connection_lost',
      'pool_exhausted',
      'idempotency_in_progress',
    ]);
  });

  it('can be decided by the thrower, who may know more', () => {
    const cause = new Error('socket closed');
    const error = new QZPayStorageError('Lost', 'connection_lost', { retryable: false, cause });
    expect(error.retryable).toBe(false);
    expect(error.cause).toBe(cause);
  });
});

describe('isQZPayError', () => {
  it.each(SAMPLES)('tells %s apart from every other kind', (kind, _name, error) => {
    expect(isQZPayError(error)).toBe(true);
    expect(KINDS.filter((candidate) => isQZPayError(error, candidate))).toEqual([kind]);
  });

  it('recognises the base class without giving it a kind', () => {
    const error = new QZPayError('Something');
    expect(isQZPayError(error)).toBe(true);
    expect(KINDS.filter((kind) => isQZPayError(error, kind))).toEqual([]);
  });

  it('recognises errors of another copy of the package, even under another name', async () => {
    const copy = await secondCopy();
    const error = new copy.QZPayConflictError('Plan already exists', 'already_exists');
    error.name = 'a';
    expect(error).not.toBeInstanceOf(QZPayConflictError);
    expect(isQZPayError(error, 'conflict')).toBe(true);
    expect(isQZPayError(error, 'storage')).toBe(false);
    expect(copy.isQZPayError(new QZPayConflictError('Plan already exists', 'already_exists'), 'conflict')).toBe(true);
  });

  it('recognises a subclass by what it extends', () => {
    class TooManySeats extends QZPayConflictError {
      override name = 'TooManySeats';
    }
    expect(isQZPayError(new TooManySeats('No seat is free', 'incompatible'), 'conflict')).toBe(true);
  });

  it.each(SAMPLES)('recognises %s by name alone once the brand is lost', (kind, name, error) => {
    const foreign = Object.assign(new Error('Something'), { name });
    const received: unknown = JSON.parse(JSON.stringify(error));
    for (const candidate of [foreign, received, Object.assign({}, error)]) {
      expect(KINDS.filter((other) => isQZPayError(candidate, other))).toEqual([kind]);
    }
  });

  it('recognises an error that was sent to another thread as a plain object', () => {
    const error = new QZPayConflictError('Plan already exists', 'already_exists');
    const received = structuredClone(Object.assign({}, error, { message: error.message }));
    expect(isQZPayError(received, 'conflict')).toBe(true);
    expect(received).toMatchObject({ message: 'Plan already exists', conflictType: 'already_exists' });
  });

  it('is not taken in by what only looks similar', () => {
    const others = [null, undefined, 0, 'QZPayConflictError', Symbol('x'), [], {}, new Error('x'), QZPayConflictError];
    expect(others.filter((other) => isQZPayError(other))).toEqual([]);
    expect(isQZPayError({ name: 'toString' })).toBe(false);
    expect(isQZPayError({ [Symbol.for('@qzpay/error')]: 1, name: 2 })).toBe(false);
  });

  it('does not throw where looking at the value does', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const hostile = {
      get name(): string {
        throw new Error('not for you');
      },
    };
    expect(isQZPayError(proxy)).toBe(false);
    expect(isQZPayError(hostile, 'conflict')).toBe(false);
  });

  it('narrows to the class of the kind', () => {
    const error: unknown = new QZPayNotFoundError('Plan', 'pro');
    if (!isQZPayError(error, 'not_found')) throw new Error('The error was not recognised');
    expect(error.entityId).toBe('pro');
  });
});
