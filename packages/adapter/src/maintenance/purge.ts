import { isQZPayError, QZPayValidationError } from '@qzpay/core';
import { aBoolean, aFunction, anything, checkOptions, type OptionRules } from '@qzpay/core/options';
import type { QZPayRetentionRepository, QZPayRetentionRule } from '@qzpay/repositories';
import { assertBatchSize, retried } from './batches.js';

/** Days for which each kind of rows is kept; `null`: for ever. */
export type QZPayRetention = Readonly<Partial<Record<QZPayRetentionRule, number | null>>>;

/** What `storage.maintenance.purge` removes. */
export interface QZPayPurgeOptions {
  /** Other days than the defaults. */
  readonly retention?: QZPayRetention | undefined;
  /** Names of rules; all unless given. */
  readonly only?: readonly QZPayRetentionRule[] | undefined;
  /** Counts what would be removed, and changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Rows that one transaction removes at most, 1…10 000; audit entries go by whole blocks. Default 1000. */
  readonly batchSize?: number | undefined;
  readonly onProgress?: ((progress: QZPayPurgeProgress) => void) | undefined;
}

const PURGE_OPTIONS = {
  retention: anything,
  only: anything,
  dryRun: aBoolean,
  batchSize: anything,
  onProgress: aFunction,
} satisfies OptionRules<QZPayPurgeOptions>;

/** How far a rule has been applied. */
export interface QZPayPurgeProgress {
  readonly rule: QZPayRetentionRule;
  readonly rows: number;
  readonly done: boolean;
}

/** What one rule removed, or would. */
export interface QZPayPurgeResult {
  readonly rule: QZPayRetentionRule;
  readonly days: number | null;
  /** Rows older than this are removed; `null` where they are kept for ever. */
  readonly before: Date | null;
  readonly rows: number;
}

const DAY = 86_400_000;
const ATTEMPTS = 3;

/**
 * Applies the rules one after another, each in batches.
 *
 * @throws QZPayValidationError for unknown rules, and for days or batches that are none.
 */
export async function purge(
  retention: QZPayRetentionRepository,
  now: Date,
  options: QZPayPurgeOptions,
): Promise<QZPayPurgeResult[]> {
  checkOptions(options, PURGE_OPTIONS);
  const { retention: given = {}, only, dryRun = false, batchSize = 1000, onProgress } = options;
  const { rules } = retention;
  const names: readonly string[] = rules.map(({ name }) => name);
  if (![...Object.keys(given), ...(only ?? [])].every((name) => names.includes(name))) {
    throw new QZPayValidationError(`rules are ${names.join(', ')}`, 'retention');
  }
  assertBatchSize(batchSize);
  const applied = rules
    .filter(({ name }) => only?.includes(name) ?? true)
    .map(({ name, days }) => ({ name, days: checkedDays(given[name] === undefined ? days : given[name]) }));
  const results: QZPayPurgeResult[] = [];
  for (const { name: rule, days } of applied) {
    const before = days === null ? null : new Date(now.getTime() - days * DAY);
    const tell = (rows: number, done: boolean) => onProgress?.({ rule, rows, done });
    let rows = 0;
    if (before !== null && dryRun) rows = await retention.count(rule, before);
    else if (before !== null) {
      for (let removed = batchSize; removed >= batchSize; tell(rows, false)) {
        removed = await retried(ATTEMPTS, isReferred, () => retention.purge(rule, before, batchSize));
        rows += removed;
      }
    }
    tell(rows, true);
    results.push({ rule, days, before, rows });
  }
  return results;
}

/** A row that somebody refers to at this moment is passed over the next time. */
const isReferred = (error: unknown): boolean => isQZPayError(error, 'conflict');

function checkedDays(days: number | null): number | null {
  if (days === null || (Number.isFinite(days) && days >= 0)) return days;
  throw new QZPayValidationError('retention is in days: a number of at least 0, or null for ever', 'retention');
}
