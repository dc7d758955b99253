import { QZPayValidationError } from '@qzpay/core';
import { aFunction, anything, type OptionRules } from '@qzpay/core/options';
import type { QZPayCheckSlice, QZPayFinding } from '@qzpay/repositories';
import type { Check } from './check.js';

/** What `storage.verify` looks at, and whom it tells. */
export interface QZPayVerifyOptions extends QZPayCheckSlice {
  /** Names of checks; all unless given. With a slice, checks that know no parts run only when they are named. */
  readonly only?: readonly string[] | undefined;
  /** Prefix of the invoice numbers of a series that is neither the storage's own nor used as its own prefix. */
  readonly prefixes?: Readonly<Record<string, string>> | undefined;
  /** How many findings the report holds at most; the others are counted. Default 1000. */
  readonly maxFindings?: number | undefined;
  /** Called for each finding as it is made, also for those that the report does not hold. */
  readonly onFinding?: ((finding: QZPayFinding) => void) | undefined;
  readonly onProgress?: ((progress: QZPayVerifyProgress) => void) | undefined;
}

export const VERIFY_OPTIONS = {
  only: anything,
  prefixes: anything,
  maxFindings: anything,
  onFinding: aFunction,
  onProgress: aFunction,
  fromId: anything,
  toId: anything,
  from: anything,
  to: anything,
} satisfies OptionRules<QZPayVerifyOptions>;

/** How far a check has come. */
export interface QZPayVerifyProgress {
  readonly check: string;
  /** Rows looked at so far. */
  readonly checked: number;
  /** About how many there are, both modes together; `null` where nobody knows before. */
  readonly expected: number | null;
  readonly done: boolean;
}

/** What one check found. */
export interface QZPayCheckResult {
  readonly name: string;
  readonly promise: string;
  readonly checked: number;
  readonly errors: number;
  readonly warnings: number;
}

/** What `storage.verify` found. */
export interface QZPayVerifyReport {
  /** Whether nothing is broken: there may be warnings. */
  readonly ok: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly checks: readonly QZPayCheckResult[];
  /** The first ones, in the order of the checks. */
  readonly findings: readonly QZPayFinding[];
}

const MAX_FINDINGS = 1000;

/**
 * Runs checks one after another.
 *
 * @throws QZPayValidationError for a name that no check has.
 */
export async function verify(checks: readonly Check[], options: QZPayVerifyOptions): Promise<QZPayVerifyReport> {
  const { maxFindings = MAX_FINDINGS, onFinding } = options;
  const findings: QZPayFinding[] = [];
  const results: QZPayCheckResult[] = [];
  for (const check of chosen(checks, options)) {
    const result = await run(check, options, (finding) => {
      if (findings.length < maxFindings) findings.push(finding);
      onFinding?.(finding);
    });
    results.push(result);
  }
  const errors = results.reduce((sum, result) => sum + result.errors, 0);
  const warnings = results.reduce((sum, result) => sum + result.warnings, 0);
  return { ok: errors === 0, errors, warnings, checks: results, findings };
}

function chosen(checks: readonly Check[], options: QZPayVerifyOptions): readonly Check[] {
  const { only } = options;
  if (only !== undefined) {
    const names = checks.map(({ name }) => name);
    const unknown = only.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new QZPayValidationError(`only must name checks: ${names.join(', ')}`, 'only');
    return checks.filter(({ name }) => only.includes(name));
  }
  const { fromId, toId, from, to } = options;
  const whole = [fromId, toId, from, to].every((bound) => bound === undefined);
  return whole ? checks : checks.filter(({ slices }) => slices);
}

async function run(
  check: Check,
  { onProgress, ...slice }: QZPayVerifyOptions,
  onFinding: (finding: QZPayFinding) => void,
): Promise<QZPayCheckResult> {
  const { name, promise } = check;
  const counts = { checked: 0, errors: 0, warnings: 0 };
  const expected = onProgress === undefined ? null : await check.estimate();
  const tell = (done: boolean) => onProgress?.({ check: name, checked: counts.checked, expected, done });
  tell(false);
  for await (const step of check.run(slice)) {
    counts.checked += step.checked;
    for (const finding of step.findings) {
      counts[finding.severity === 'error' ? 'errors' : 'warnings'] += 1;
      onFinding(finding);
    }
    tell(false);
  }
  tell(true);
  return { name, promise, ...counts };
}
