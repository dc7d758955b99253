import { parseArgs } from 'node:util';
import type { Driver } from './support/raw.js';

export interface BenchOptions {
  readonly driver: Driver;
  /** Names of the groups to run; all when empty. */
  readonly only: readonly string[];
  /** How long one comparison is measured; everything else is sized after it. */
  readonly seconds: number;
  /** Customers in the large database. */
  readonly rows: number;
  /** A module whose default export opens the storage to measure, instead of ours. */
  readonly storage: string | undefined;
  /** Tiny sizes: shows that everything runs and that results are equal, measures nothing. */
  readonly smoke: boolean;
}

/** @throws Error for an option or a driver that does not exist. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      driver: { type: 'string', default: 'postgres-js' },
      only: { type: 'string', default: '' },
      seconds: { type: 'string' },
      rows: { type: 'string' },
      storage: { type: 'string' },
      smoke: { type: 'boolean', default: false },
    },
  });
  const { driver, smoke } = values;
  if (driver !== 'postgres-js' && driver !== 'node-postgres') {
    throw new Error(`No driver ${driver}: postgres-js or node-postgres`);
  }
  return {
    driver,
    only: values.only.split(',').filter((name) => name !== ''),
    seconds: positive(values.seconds ?? (smoke ? '0.01' : '6'), 'seconds'),
    rows: positive(values.rows ?? (smoke ? '2000' : '1000000'), 'rows'),
    storage: values.storage,
    smoke,
  };
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0`);
  return value;
}
