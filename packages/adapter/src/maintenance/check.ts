import type { QZPayCheckDescription, QZPayCheckSlice, QZPayCheckStep, QZPayRepositories } from '@qzpay/repositories';

/** One check of `storage.verify`. */
export interface Check extends QZPayCheckDescription {
  /** Whether it can look at a part of its rows. One that cannot is left out of a run on a slice, unless asked for. */
  readonly slices: boolean;
  /** About how many rows it looks at; `null` where nobody knows before. */
  estimate(): Promise<number | null>;
  run(slice: QZPayCheckSlice): AsyncIterable<QZPayCheckStep>;
}

/** The checks that go through tables. */
export function tableChecks({ checks }: Pick<QZPayRepositories, 'checks'>): Check[] {
  return checks.all.map(({ name, promise }) => ({
    name,
    promise,
    slices: true,
    estimate: () => checks.estimate(name),
    run: (slice) => checks.run(name, slice),
  }));
}
