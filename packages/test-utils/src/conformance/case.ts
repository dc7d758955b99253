import type { QZPayStorageAdapter, QZPayStorageCapabilities } from '@qzpay/core';
import type { QZPayTestClock } from '../clock.js';

/**
 * What a storage is held to: 1 is the billing engine's contract; 2 adds versions and invoice numbers; 3 adds the
 * operations beside it (usage ingestion, webhook inbox, idempotency). A level includes those below it.
 *
 * A release adds cases to a new level only, so that a storage that names its level is never broken by one.
 */
export type QZPayConformanceLevel = 1 | 2 | 3;

/** A storage that says what it can do. */
export type QZPayConformanceStorage = QZPayStorageAdapter & { readonly capabilities: QZPayStorageCapabilities };

/** What a case is given. Its storage is in test mode and empty; nobody else uses its data. */
export interface QZPayConformanceContext<Storage extends QZPayConformanceStorage = QZPayConformanceStorage> {
  readonly storage: Storage;
  /** The storage's clock. It stands still at the fixtures' instant until the case moves it. */
  readonly clock: QZPayTestClock;
  /** Another handle on the same data, also in the other mode. */
  open(this: void, options: { readonly livemode: boolean }): Promise<Storage>;
  /** Cuts what connects the storage to its data, as a failover does. Nothing is running when a case calls it. */
  interrupt(this: void): Promise<void>;
}

/** One thing that a storage must do. */
export interface QZPayConformanceCase {
  /** `<area>/<what-happens>`; the same for ever, since deviations name it. */
  readonly id: string;
  readonly area: string;
  readonly level: QZPayConformanceLevel;
  /** The sentence of the contract that it proves. */
  readonly promise: string;
  run(this: void, context: QZPayConformanceContext): Promise<void>;
}

/** A case without its id: the promise, and what proves it. */
export type NewCase<Storage extends QZPayConformanceStorage = QZPayConformanceStorage> = readonly [
  promise: string,
  run: (context: QZPayConformanceContext<Storage>) => Promise<void>,
];

/** The cases of one area, by the second part of their ids. */
export function defineCases<Storage extends QZPayConformanceStorage = QZPayConformanceStorage>(
  area: string,
  level: QZPayConformanceLevel,
  cases: Readonly<Record<string, NewCase<Storage>>>,
): readonly QZPayConformanceCase[] {
  return Object.entries(cases).map(([name, [promise, run]]) => ({
    id: `${area}/${name}`,
    area,
    level,
    promise,
    // A storage that runs a level has what the level's cases need; where it has not, the case fails and says what.
    run: (context) => run(context as QZPayConformanceContext<Storage>),
  }));
}
