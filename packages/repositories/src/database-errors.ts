import {
  isQZPayError,
  QZPayConflictError,
  QZPayNotFoundError,
  QZPayStorageError,
  type QZPayStorageErrorCode,
  QZPayValidationError,
} from '@qzpay/core';
import { QZPAY_CONSTRAINTS } from '@qzpay/schema/tables';
import type { ConstraintCatalogue } from './constraint-catalogue.js';

/** What PostgreSQL says about a refused statement, without the parts that carry values. */
export interface QZPayDatabaseFailure {
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  /** The driver's own code where there is no SQLSTATE, for example `ECONNRESET`. */
  readonly driverCode: string | undefined;
}

/** The `cause` of a mapped error: what is safe to log of the driver's error. */
export class QZPayDatabaseError extends Error implements QZPayDatabaseFailure {
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly driverCode: string | undefined;

  constructor(failure: QZPayDatabaseFailure) {
    super(`The database answered with ${failure.sqlState ?? failure.driverCode ?? 'an error'}`);
    this.name = 'QZPayDatabaseError';
    this.sqlState = failure.sqlState;
    this.constraint = failure.constraint;
    this.table = failure.table;
    this.column = failure.column;
    this.driverCode = failure.driverCode;
  }
}

const SQL_STATE = /^[0-9A-Z]{5}$/;
const MAX_CAUSES = 8;

/** Reads the database's answer from an error of any supported driver, however deep it is wrapped. */
export function databaseFailureOf(error: unknown): QZPayDatabaseFailure | undefined {
  let driverCode: string | undefined;
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth += 1) {
    const candidate = current as Record<string, unknown>;
    if (candidate instanceof QZPayDatabaseError) return candidate;
    const code = isQZPayError(candidate) ? undefined : candidate['code'];
    if (typeof code === 'string') {
      // Node's codes (EPERM) have the shape of an SQLSTATE as well; only the server's errors carry a severity or routine.
      const fromServer = candidate['severity'] !== undefined || candidate['routine'] !== undefined || /^\d/.test(code);
      if (fromServer && SQL_STATE.test(code)) {
        return {
          sqlState: code,
          constraint: text(candidate['constraint_name'] ?? candidate['constraint']),
          table: text(candidate['table_name'] ?? candidate['table']),
          column: text(candidate['column_name'] ?? candidate['column']),
          driverCode: undefined,
        };
      }
      driverCode ??= code;
    }
    driverCode ??= codeOfMessage(candidate['message']);
    current = candidate['cause'];
  }
  if (driverCode === undefined) return undefined;
  return { sqlState: undefined, constraint: undefined, table: undefined, column: undefined, driverCode };
}

export function sqlStateOf(error: unknown): string | undefined {
  return databaseFailureOf(error)?.sqlState;
}

/** Whether the error came back from the database, so that the transaction around it can only roll back. */
export function abortsTransaction(error: unknown): boolean {
  return databaseFailureOf(error) !== undefined;
}

/** Whether a whole transaction may simply run again: nothing of it has happened. */
export function isRetryable(error: unknown): boolean {
  return isQZPayError(error, 'storage') && (error.code === 'serialization_failure' || error.code === 'deadlock');
}

/** What the mapping may use to name the entity: the arguments of the refused statement. */
export interface StatementContext {
  readonly entity: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** A delete that violates a foreign key is a conflict; a write that does names a missing entity. */
  readonly deletes: boolean;
  /** The statement changes rows and is a transaction of its own: an answer that does not come leaves its outcome open. */
  readonly commits?: boolean;
}

const STORAGE_CODES: Readonly<Record<string, QZPayStorageErrorCode>> = {
  '40001': 'serialization_failure',
  '40P01': 'deadlock',
  '55P03': 'lock_timeout',
  '57014': 'statement_timeout',
  '53300': 'pool_exhausted',
  '25P02': 'transaction_closed',
  '57P01': 'connection_lost',
  '57P02': 'connection_lost',
  '57P03': 'connection_lost',
  '3F000': 'schema_outdated',
  '42P01': 'schema_outdated',
  '42703': 'schema_outdated',
  // Raised by the append-only triggers of the integrity migrations.
  QZ001: 'unsupported_operation',
};

/**
 * Keys whose writers hold a lock while they look what is there: one of them meets a row of another's only where its
 * transaction reads by a snapshot from before the lock, and once more with a later one it will see the row.
 */
const TAKEN_IN_TURN: ReadonlySet<string | undefined> = new Set([
  QZPAY_CONSTRAINTS.paymentMethods.oneDefaultKey,
  QZPAY_CONSTRAINTS.auditBlocks.primaryKey,
]);

const STORAGE_MESSAGES: Readonly<Record<QZPayStorageErrorCode, string>> = {
  serialization_failure: 'The transaction could not be serialized with another one',
  deadlock: 'The transaction was chosen to resolve a deadlock',
  lock_timeout: 'A lock could not be had in time',
  statement_timeout: 'The statement was cancelled, normally because it took longer than its timeout',
  connection_lost: 'The connection to the database is not usable',
  pool_exhausted: 'No connection to the database was free in time',
  transaction_closed: 'The transaction has already failed and can only roll back',
  outcome_unknown: 'The connection was lost before the answer: what was asked for may have been committed or not',
  schema_outdated: 'The database schema lacks what this version needs: run the migrations',
  idempotency_in_progress: 'The same operation is still in progress',
  lease_lost: 'The lease of this operation has passed to another worker',
  unsupported_operation: 'The database refuses to change this append-only record',
  database_error: 'The database refused the statement',
};

/** Why there is no connection, by SQLSTATE or by the code of the driver. */
const CONNECTION_PROBLEMS: Readonly<Record<string, string>> = {
  '28000': 'The server does not let this role in from here: look at its pg_hba.conf',
  '28P01': 'The server refuses the password of the role',
  '3D000': 'The server has no database of this name',
  '53300': 'The server has no connection left: smaller pools, or a larger max_connections',
  CERTIFICATE: 'The certificate of the server is not accepted: look at the options ssl and sslCertificateAuthority',
  CONNECTION_ENDED: 'The storage is closed: its connections have been ended',
  ECONNREFUSED: 'Nothing answers at the address of the database: look at host and port, and whether the server runs',
  ENOTFOUND: 'The host of the database is not known by this name',
  NO_TLS: 'The server does not offer TLS, which the option ssl or the URL asks for',
};

/**
 * Turns an error of a driver into one of core's classes, whose `cause` says what is safe to log. Errors that already are
 * one, and those that did not come from a database, pass through unchanged.
 */
export function mapDatabaseError(
  error: unknown,
  catalogue: ConstraintCatalogue = new Map(),
  context?: StatementContext,
): unknown {
  const failure = isQZPayError(error) ? undefined : databaseFailureOf(error);
  return failure === undefined ? error : withCause(classify(failure, catalogue, context), failure);
}

/** Like {@link mapDatabaseError}, for whatever a driver throws: what it gives no code for may quote the statement. */
export function mapDriverError(error: unknown, catalogue: ConstraintCatalogue, context?: StatementContext): unknown {
  const mapped = mapDatabaseError(error, catalogue, context);
  return isQZPayError(mapped) ? mapped : withCause(storageError('database_error'), UNEXPLAINED);
}

/** Like {@link mapDriverError}, for an error of COMMIT: without an answer nobody knows what became of it. */
export function mapCommitError(error: unknown, catalogue: ConstraintCatalogue): unknown {
  const failure = databaseFailureOf(error) ?? UNEXPLAINED;
  return lacksAnswer(failure) ? withCause(storageError('outcome_unknown'), failure) : mapDriverError(error, catalogue);
}

const UNEXPLAINED: QZPayDatabaseFailure = {
  sqlState: undefined,
  constraint: undefined,
  table: undefined,
  column: undefined,
  driverCode: undefined,
};

function withCause(error: Error, failure: QZPayDatabaseFailure): Error {
  return Object.defineProperty(error, 'cause', {
    value: new QZPayDatabaseError(failure),
    enumerable: false,
    configurable: true,
    writable: true,
  });
}

function classify(failure: QZPayDatabaseFailure, catalogue: ConstraintCatalogue, context?: StatementContext): Error {
  const state = failure.sqlState;
  if (context?.commits === true && lacksAnswer(failure) && !wasNeverSent(failure))
    return storageError('outcome_unknown');
  if (state === undefined) return driverError(failure.driverCode);
  const entity = context?.entity ?? 'Record';
  const constraint = failure.constraint === undefined ? undefined : catalogue.get(failure.constraint);
  if (state === '23505') {
    if (TAKEN_IN_TURN.has(failure.constraint)) return storageError('serialization_failure');
    return new QZPayConflictError(`${constraint?.entity ?? entity} already exists`, 'already_exists');
  }
  if (state === '23503') {
    if (context?.deletes)
      return new QZPayConflictError(`${entity} is still in use and conflicts with the delete`, 'in_use');
    const referenced = constraint?.references;
    const id = referenced === undefined ? undefined : context?.values[referenced.key];
    return new QZPayNotFoundError(referenced?.entity ?? 'Referenced record', typeof id === 'string' ? id : '');
  }
  if (state.startsWith('23') || state.startsWith('22')) {
    const field = constraint?.key ?? failure.column ?? 'unknown';
    return new QZPayValidationError(`${constraint?.entity ?? entity} has an invalid value`, field);
  }
  if (state.startsWith('08')) return storageError('connection_lost');
  // Role, password or database are wrong: trying again does not help.
  if (state.startsWith('28') || state === '3D000') return storageError('connection_lost', false, state);
  return storageError(STORAGE_CODES[state] ?? 'database_error', undefined, state);
}

/** @param reason what the database or the driver answered, where {@link CONNECTION_PROBLEMS} may know more. */
function storageError(code: QZPayStorageErrorCode, retryable?: boolean, reason = ''): QZPayStorageError {
  return new QZPayStorageError(CONNECTION_PROBLEMS[reason] ?? STORAGE_MESSAGES[code], code, { retryable });
}

/** Of the connection, and not of the server about the statement. A pooler says so with a state of class 08. */
function lacksAnswer({ sqlState }: QZPayDatabaseFailure): boolean {
  return sqlState === undefined || sqlState.startsWith('08');
}

function wasNeverSent({ driverCode = '' }: QZPayDatabaseFailure): boolean {
  return NEVER_SENT.has(driverCode) || CERTIFICATE_CODE.test(driverCode);
}

const POOL_TIMEOUT = 'POOL_TIMEOUT';
/** Whatever was to carry the statement had been closed. */
const CLOSED = 'CLOSED';
const BROKEN = 'BROKEN';
const QUERY_TIMEOUT = 'QUERY_TIMEOUT';
/** The host has closed the storage, or its own pool; the name is postgres.js's. */
const ENDED = 'CONNECTION_ENDED';
const NO_TLS = 'NO_TLS';
const CERTIFICATE = 'CERTIFICATE';

/** node-postgres and PGlite report some losses of a connection by message alone. */
function codeOfMessage(message: unknown): string | undefined {
  if (typeof message !== 'string') return undefined;
  if (message.startsWith('timeout exceeded when trying to connect')) return POOL_TIMEOUT;
  if (message.startsWith('Query read timeout')) return QUERY_TIMEOUT;
  if (message.startsWith('Connection terminated due to connection timeout')) return 'CONNECT_TIMEOUT';
  if (message.startsWith('Connection terminated')) return BROKEN;
  if (message.startsWith('Client has encountered a connection error') || message.startsWith('Client was closed')) {
    return CLOSED;
  }
  if (message.startsWith('The server does not support SSL')) return NO_TLS;
  if (message.startsWith('Cannot use a pool after calling end') || message.startsWith('PGlite is clos')) return ENDED;
  return undefined;
}

/** There was no connection to send anything on. */
const NEVER_SENT = new Set([
  POOL_TIMEOUT,
  CLOSED,
  ENDED,
  NO_TLS,
  'CONNECT_TIMEOUT',
  'UNSAFE_TRANSACTION',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** It broke, perhaps with a statement on it. */
const BROKEN_CODES = new Set([BROKEN, 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'EPIPE', 'ETIMEDOUT']);

/** A certificate that is not accepted; the names are OpenSSL's and Node's. */
const CERTIFICATE_CODE = /CERT|SIGNATURE|^ERR_TLS_|^ERR_SSL_/;

function driverError(code: string | undefined): QZPayStorageError {
  if (code === POOL_TIMEOUT) return storageError('pool_exhausted');
  if (code === QUERY_TIMEOUT) return storageError('statement_timeout');
  if (code === undefined) return storageError('database_error');
  if (code === ENDED || code === NO_TLS) return storageError('connection_lost', false, code);
  if (NEVER_SENT.has(code) || BROKEN_CODES.has(code) || code.startsWith('ECONN')) {
    return storageError('connection_lost', undefined, code);
  }
  if (CERTIFICATE_CODE.test(code)) return storageError('connection_lost', false, CERTIFICATE);
  return storageError('database_error');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
