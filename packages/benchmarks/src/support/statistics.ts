/** The median of paired values, and how far they spread. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), least: quantile(values, 0), most: quantile(values, 1) };
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** `0.93 [0.88–0.97]` */
export function written({ median, least, most }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} [${least.toFixed(digits)}–${most.toFixed(digits)}]`;
}

/** Three significant digits, without an exponent. */
export function short(value: number): string {
  return value >= 1000 ? String(Number(value.toPrecision(3))) : value.toPrecision(3);
}
