import os from 'node:os';
import { type Comparison, cpuOf, type Measured, rateOf, ratios, type Target } from '../support/comparison.js';
import type { Profile } from '../support/profile.js';
import { quantile, type Spread, short, spreadOf, written } from '../support/statistics.js';

export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A promise of ours, and what came of it. */
export interface Verdict {
  readonly promise: string;
  readonly target: string;
  readonly result: Spread;
  readonly met: boolean;
}

/** A bar of a plot: a contender's rate in parts of the reference's. */
export interface Bar {
  readonly label: string;
  readonly ratio: Spread;
}

const HEAD = ['work', 'callers', 'contender', 'per second', 'ratio', 'CPU µs', 'CPU ratio', 'p50 / p99 ms'];
const MEASURES = { rate: 'throughput', cpu: 'CPU', time: 'time' } as const;

/** What one group has found. */
export class Section {
  readonly title: string;
  readonly verdicts: Verdict[] = [];
  readonly bars: Bar[] = [];
  readonly notes: string[] = [];
  readonly tables: ReportTable[] = [];
  readonly profiles: { readonly title: string; readonly profile: Profile }[] = [];
  readonly load: number = os.loadavg()[0] ?? 0;
  seconds = 0;
  comparisons = 0;
  readonly #rows: string[][] = [];

  constructor(title: string) {
    this.title = title;
  }

  /** Adds a row per contender; returns the first target that was missed. */
  add(comparison: Comparison, measured: readonly Measured[]): Target | undefined {
    const { work, callers, perCall = 1, targets = [] } = comparison;
    if (comparison.differs !== true) this.comparisons += 1;
    if (this.#rows.length === 0) this.tables.unshift({ head: HEAD, rows: this.#rows });
    const reference = measured[1]?.contender.name ?? '';
    for (const { contender, slices } of measured) {
      const against = { of: contender.name, over: reference };
      const rate = spreadOf(ratios(measured, { ...against, measure: 'rate' }));
      const cpu = spreadOf(ratios(measured, { ...against, measure: 'cpu' }));
      const latencies = slices.flatMap((slice) => slice.latencies);
      const isReference = contender.name === reference;
      this.#rows.push([
        work,
        String(callers),
        contender.name,
        short(quantile(slices.map(rateOf), 0.5) * perCall),
        isReference ? '1' : written(rate),
        short((quantile(slices.map(cpuOf), 0.5) * 1e6) / perCall),
        isReference ? '1' : written(cpu),
        `${short(quantile(latencies, 0.5))} / ${short(quantile(latencies, 0.99))}`,
      ]);
      if (!isReference) this.bars.push({ label: `${work}, ${callers} × ${contender.name}`, ratio: rate });
    }
    let missed: Target | undefined;
    for (const target of targets) {
      const result = spreadOf(ratios(measured, target));
      const { least = 0, most = Number.POSITIVE_INFINITY } = target;
      const met = result.median >= least && result.median <= most;
      if (!met) missed ??= target;
      this.verdicts.push({
        promise: `${work}, ${callers === 1 ? '1 caller' : `${callers} callers`}: ${MEASURES[target.measure]} of ${target.of} / ${target.over}`,
        target: target.least === undefined ? `≤ ${target.most}` : `≥ ${target.least}`,
        result,
        met,
      });
    }
    return missed;
  }

  addProfile({ work, callers }: Comparison, name: string, profile: Profile): void {
    this.profiles.push({ title: `${work}, ${callers} callers, ${name}`, profile });
  }

  addTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
    this.tables.push({ head, rows });
  }

  /** A promise that is not about contenders. */
  promise(
    promise: string,
    target: { readonly least?: number; readonly most?: number },
    values: readonly number[],
  ): void {
    const result = spreadOf(values);
    const { least = 0, most = Number.POSITIVE_INFINITY } = target;
    const met = result.median >= least && result.median <= most;
    this.verdicts.push({ promise, target: target.least === undefined ? `≤ ${most}` : `≥ ${least}`, result, met });
  }
}
