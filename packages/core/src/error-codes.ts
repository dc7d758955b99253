import { type QZPayValueOf, valuesOf } from './constants/value-set.js';

/** Codes for what can go wrong in billing; they are values for callers and records, not properties of the classes. */
export const QZPAY_ERROR_CODE = Object.freeze({
  VALIDATION_FAILED: 'validation_failed',
  INVALID_EMAIL: 'invalid_email',
  INVALID_AMOUNT: 'invalid_amount',
  INVALID_CURRENCY: 'invalid_currency',
  INVALID_QUANTITY: 'invalid_quantity',
  MISSING_REQUIRED_FIELD: 'missing_required_field',

  ENTITY_NOT_FOUND: 'entity_not_found',
  CUSTOMER_NOT_FOUND: 'customer_not_found',
  SUBSCRIPTION_NOT_FOUND: 'subscription_not_found',
  PLAN_NOT_FOUND: 'plan_not_found',
  PRICE_NOT_FOUND: 'price_not_found',
  PAYMENT_NOT_FOUND: 'payment_not_found',
  INVOICE_NOT_FOUND: 'invoice_not_found',
  ADDON_NOT_FOUND: 'addon_not_found',
  PROMO_CODE_NOT_FOUND: 'promo_code_not_found',

  RESOURCE_CONFLICT: 'resource_conflict',
  DUPLICATE_RESOURCE: 'duplicate_resource',
  INCOMPATIBLE_RESOURCE: 'incompatible_resource',
  RESOURCE_ALREADY_EXISTS: 'resource_already_exists',

  PROVIDER_SYNC_FAILED: 'provider_sync_failed',
  PROVIDER_CREATE_CUSTOMER_FAILED: 'provider_create_customer_failed',
  PROVIDER_UPDATE_CUSTOMER_FAILED: 'provider_update_customer_failed',
  PROVIDER_PAYMENT_FAILED: 'provider_payment_failed',
  PROVIDER_REFUND_FAILED: 'provider_refund_failed',
  PROVIDER_NOT_LINKED: 'provider_not_linked',
  PROVIDER_CONNECTION_FAILED: 'provider_connection_failed',

  PAYMENT_FAILED: 'payment_failed',
  PAYMENT_DECLINED: 'payment_declined',
  PAYMENT_INSUFFICIENT_FUNDS: 'payment_insufficient_funds',
  PAYMENT_CARD_INVALID: 'payment_card_invalid',
  PAYMENT_PROCESSING_ERROR: 'payment_processing_error',

  SUBSCRIPTION_EXPIRED: 'subscription_expired',
  SUBSCRIPTION_CANCELED: 'subscription_canceled',
  SUBSCRIPTION_PAUSED: 'subscription_paused',
  SUBSCRIPTION_PAST_DUE: 'subscription_past_due',
  TRIAL_CONVERSION_FAILED: 'trial_conversion_failed',
  RENEWAL_FAILED: 'renewal_failed',

  INVOICE_CREATION_FAILED: 'invoice_creation_failed',
  INVOICE_VOID_FAILED: 'invoice_void_failed',
  INVOICE_ALREADY_PAID: 'invoice_already_paid',

  INTERNAL_ERROR: 'internal_error',
  OPERATION_FAILED: 'operation_failed',
  UNKNOWN_ERROR: 'unknown_error',
} as const);
export type QZPayErrorCode = QZPayValueOf<typeof QZPAY_ERROR_CODE>;
export const QZPAY_ERROR_CODE_VALUES = valuesOf(QZPAY_ERROR_CODE);

/** One sentence per error code, fit for logs and for people; carries no values. */
export const QZPAY_ERROR_CODE_DESCRIPTIONS: Readonly<Record<QZPayErrorCode, string>> = Object.freeze({
  validation_failed: 'The input is not valid.',
  invalid_email: 'The e-mail address is not valid.',
  invalid_amount: 'The amount is not valid.',
  invalid_currency: 'The currency is not valid.',
  invalid_quantity: 'The quantity is not valid.',
  missing_required_field: 'A required field is missing.',
  entity_not_found: 'The requested record does not exist.',
  customer_not_found: 'The customer does not exist.',
  subscription_not_found: 'The subscription does not exist.',
  plan_not_found: 'The plan does not exist.',
  price_not_found: 'The price does not exist.',
  payment_not_found: 'The payment does not exist.',
  invoice_not_found: 'The invoice does not exist.',
  addon_not_found: 'The add-on does not exist.',
  promo_code_not_found: 'The promo code does not exist.',
  resource_conflict: 'The request conflicts with the state of the record.',
  duplicate_resource: 'An equal record is already present.',
  incompatible_resource: 'The records do not fit together.',
  resource_already_exists: 'A record with this identity already exists.',
  provider_sync_failed: 'The payment provider could not be brought in line with the stored data.',
  provider_create_customer_failed: 'The payment provider did not create the customer.',
  provider_update_customer_failed: 'The payment provider did not update the customer.',
  provider_payment_failed: 'The payment provider did not carry out the payment.',
  provider_refund_failed: 'The payment provider did not carry out the refund.',
  provider_not_linked: 'The record is not linked to the payment provider.',
  provider_connection_failed: 'The payment provider could not be reached.',
  payment_failed: 'The payment failed.',
  payment_declined: 'The payment was declined.',
  payment_insufficient_funds: 'The payment method does not have the funds.',
  payment_card_invalid: 'The card is not valid.',
  payment_processing_error: 'The payment could not be processed.',
  subscription_expired: 'The subscription has expired.',
  subscription_canceled: 'The subscription is canceled.',
  subscription_paused: 'The subscription is paused.',
  subscription_past_due: 'The subscription has a payment overdue.',
  trial_conversion_failed: 'The trial could not be turned into a paid subscription.',
  renewal_failed: 'The subscription could not be renewed.',
  invoice_creation_failed: 'The invoice could not be created.',
  invoice_void_failed: 'The invoice could not be voided.',
  invoice_already_paid: 'The invoice is already paid.',
  internal_error: 'An internal error occurred.',
  operation_failed: 'The operation failed.',
  unknown_error: 'An unknown error occurred.',
});

/**
 * What a conflict is about.
 *
 * - `already_exists`, `duplicate`: the identity, or a value that has to be unique, is taken.
 * - `not_soft_cancelled`, `incompatible`, `promo_code_limit_reached`: the engine's own refusals.
 * - `version_mismatch`: the record has changed since the caller read it.
 * - `in_use`: other records still refer to the one to be deleted.
 * - `idempotency_key_reused`: the key belongs to a different request.
 */
export const QZPAY_CONFLICT_TYPE = Object.freeze({
  ALREADY_EXISTS: 'already_exists',
  DUPLICATE: 'duplicate',
  NOT_SOFT_CANCELLED: 'not_soft_cancelled',
  INCOMPATIBLE: 'incompatible',
  PROMO_CODE_LIMIT_REACHED: 'promo_code_limit_reached',
  VERSION_MISMATCH: 'version_mismatch',
  IN_USE: 'in_use',
  IDEMPOTENCY_KEY_REUSED: 'idempotency_key_reused',
} as const);
export type QZPayConflictType = QZPayValueOf<typeof QZPAY_CONFLICT_TYPE>;
export const QZPAY_CONFLICT_TYPE_VALUES = valuesOf(QZPAY_CONFLICT_TYPE);

/**
 * Failures of the store itself, as opposed to refusals of a request.
 *
 * - `serialization_failure`, `deadlock`: the transaction lost against another one and left nothing behind.
 * - `lock_timeout`, `statement_timeout`: a lock, or the statement, took longer than allowed.
 * - `connection_lost`, `pool_exhausted`: no usable connection, or none free in time.
 * - `transaction_closed`: the transaction has already ended or failed.
 * - `outcome_unknown`: the connection was lost while committing, or under a write outside of transactions; the work may or
 *   may not have been kept.
 * - `schema_outdated`: the database lacks what this version needs.
 * - `idempotency_in_progress`: the same request is being carried out by somebody else right now.
 * - `lease_lost`: the work has passed to another worker.
 * - `unsupported_operation`: this store does not do that.
 * - `database_error`: the database refused for a reason that none of the others names.
 */
export const QZPAY_STORAGE_ERROR_CODE = Object.freeze({
  SERIALIZATION_FAILURE: 'serialization_failure',
  DEADLOCK: 'deadlock',
  LOCK_TIMEOUT: 'lock_timeout',
  STATEMENT_TIMEOUT: 'statement_timeout',
  CONNECTION_LOST: 'connection_lost',
  POOL_EXHAUSTED: 'pool_exhausted',
  TRANSACTION_CLOSED: 'transaction_closed',
  OUTCOME_UNKNOWN: 'outcome_unknown',
  SCHEMA_OUTDATED: 'schema_outdated',
  IDEMPOTENCY_IN_PROGRESS: 'idempotency_in_progress',
  LEASE_LOST: 'lease_lost',
  UNSUPPORTED_OPERATION: 'unsupported_operation',
  DATABASE_ERROR: 'database_error',
} as const);
export type QZPayStorageErrorCode = QZPayValueOf<typeof QZPAY_STORAGE_ERROR_CODE>;
export const QZPAY_STORAGE_ERROR_CODE_VALUES = valuesOf(QZPAY_STORAGE_ERROR_CODE);
