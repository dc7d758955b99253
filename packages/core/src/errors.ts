import { QZPAY_ERROR_CODE, type QZPayStorageErrorCode } from './error-codes.js';
import type { QZPayMetadata } from './metadata.js';

// Registered, not local: a class of another copy of this package answers to the same symbol.
const BRAND = Symbol.for('@qzpay/error');

/** The kinds of error that {@link isQZPayError} tells apart. */
export type QZPayErrorKind = 'not_found' | 'conflict' | 'validation' | 'provider_sync' | 'storage';

/**
 * Base of every error that callers see.
 *
 * Recognise errors with {@link isQZPayError} or by `name`: `instanceof` fails where two copies of this package are
 * loaded. Messages name the situation and the entity and never carry values, since they end up in logs.
 */
export class QZPayError extends Error {
  override name = 'QZPayError';
  /** Flat details; absent when there are none. */
  declare readonly metadata?: QZPayMetadata;

  constructor(message: string, metadata?: QZPayMetadata, options?: ErrorOptions) {
    super(message, options);
    if (metadata !== undefined) this.metadata = metadata;
  }

  /** @internal */
  get [BRAND](): QZPayErrorKind | 'unspecified' {
    return 'unspecified';
  }
}

/** The entity does not exist, is deleted, or belongs to the other mode. The message names the type only. */
export class QZPayNotFoundError extends QZPayError {
  override name = 'QZPayNotFoundError';
  readonly entityType: string;
  /** The id that was asked for; of an entity with two keys, both joined by a colon. */
  readonly entityId: string;

  constructor(entityType: string, entityId: string) {
    super(`${entityType} not found`, { entityType, entityId });
    this.entityType = entityType;
    this.entityId = entityId;
  }

  /** @internal */
  override get [BRAND](): QZPayErrorKind {
    return 'not_found';
  }
}

/** The request contradicts what is stored; repeating it unchanged does not help. */
export class QZPayConflictError extends QZPayError {
  override name = 'QZPayConflictError';
  /** Normally one of the conflict type constants; hosts and engines may use others. */
  readonly conflictType: string;

  constructor(message: string, conflictType: string, metadata?: QZPayMetadata) {
    super(message, { ...metadata, conflictType });
    this.conflictType = conflictType;
  }

  /** @internal */
  override get [BRAND](): QZPayErrorKind {
    return 'conflict';
  }
}

/** The request can never be carried out as it is. */
export class QZPayValidationError extends QZPayError {
  override name = 'QZPayValidationError';
  readonly field: string;
  /** The refused value; absent unless the thrower chose to pass it. */
  declare readonly value?: unknown;

  constructor(message: string, field: string, value?: unknown) {
    super(message, { field, valueType: typeof value });
    this.field = field;
    if (value !== undefined) this.value = value;
  }

  /** @internal */
  override get [BRAND](): QZPayErrorKind {
    return 'validation';
  }
}

/** A payment provider and the stored data have drifted apart, or could not be brought together. */
export class QZPayProviderSyncError extends QZPayError {
  override name = 'QZPayProviderSyncError';
  readonly provider: string;
  readonly operation: string;

  constructor(message: string, provider: string, operation: string, metadata?: QZPayMetadata, cause?: Error) {
    const details = { ...metadata, code: QZPAY_ERROR_CODE.PROVIDER_SYNC_FAILED };
    if (cause === undefined) super(message, details);
    else super(message, { ...details, causeMessage: cause.message }, { cause });
    this.provider = provider;
    this.operation = operation;
  }

  /** @internal */
  override get [BRAND](): QZPayErrorKind {
    return 'provider_sync';
  }
}

const RETRYABLE: Readonly<Record<QZPayStorageErrorCode, boolean>> = Object.freeze({
  serialization_failure: true,
  deadlock: true,
  lock_timeout: true,
  connection_lost: true,
  pool_exhausted: true,
  idempotency_in_progress: true,
  statement_timeout: false,
  transaction_closed: false,
  outcome_unknown: false,
  schema_outdated: false,
  lease_lost: false,
  unsupported_operation: false,
  database_error: false,
});

/** The store itself failed, or cannot do what was asked. */
export class QZPayStorageError extends QZPayError {
  override name = 'QZPayStorageError';
  readonly code: QZPayStorageErrorCode;
  /** Whether the same work may be tried again from its start: nothing of it has been kept. */
  readonly retryable: boolean;

  /** `retryable` defaults to what its `code` implies. */
  constructor(
    message: string,
    code: QZPayStorageErrorCode,
    options: { retryable?: boolean | undefined; cause?: unknown } = {},
  ) {
    super(message, { code }, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE[code];
  }

  /** @internal */
  override get [BRAND](): QZPayErrorKind {
    return 'storage';
  }
}

interface ErrorOfKind {
  not_found: QZPayNotFoundError;
  conflict: QZPayConflictError;
  validation: QZPayValidationError;
  provider_sync: QZPayProviderSyncError;
  storage: QZPayStorageError;
}

const KIND_OF_NAME: ReadonlyMap<unknown, QZPayErrorKind | 'unspecified'> = new Map([
  ['QZPayError', 'unspecified'],
  ['QZPayNotFoundError', 'not_found'],
  ['QZPayConflictError', 'conflict'],
  ['QZPayValidationError', 'validation'],
  ['QZPayProviderSyncError', 'provider_sync'],
  ['QZPayStorageError', 'storage'],
]);

/**
 * Whether `error` is one of QZPay's errors, of the given kind where one is named.
 *
 * Takes anything and never throws. Recognises errors of another copy of this package by their brand, and errors that
 * lost it on the way (spread, serialised, made by somebody else under the same name) by `name`.
 */
export function isQZPayError(error: unknown): error is QZPayError;
export function isQZPayError<Kind extends QZPayErrorKind>(error: unknown, kind: Kind): error is ErrorOfKind[Kind];
export function isQZPayError(error: unknown, kind?: QZPayErrorKind): boolean {
  const found = kindOf(error);
  return found !== undefined && (kind === undefined || found === kind);
}

function kindOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  try {
    const brand: unknown = Reflect.get(error, BRAND);
    return typeof brand === 'string' ? brand : KIND_OF_NAME.get(Reflect.get(error, 'name'));
  } catch {
    // A getter that throws, or a revoked proxy.
    return undefined;
  }
}
