import { deepStrictEqual } from 'node:assert/strict';

/** One way to do the work. The turn chooses the row: the same turn asks every contender for the same. */
export interface Contender {
  readonly name: string;
  readonly run: (turn: number) => Promise<unknown>;
}

/** A promise about one contender against another: of calls per second, of CPU per call, or of the time of a call. */
export interface Target {
  readonly of: string;
  readonly over: string;
  readonly measure: 'rate' | 'cpu' | 'time';
  readonly least?: number;
  readonly most?: number;
}

/** The same work, done by several contenders. The first one is measured, the second one is what it is measured by. */
export interface Comparison {
  readonly work: string;
  /** Callers at once. */
  readonly callers: number;
  readonly contenders: readonly Contender[];
  readonly targets?: readonly Target[];
  /** Fields in which equal results may differ: ids and instants of new rows. */
  readonly varying?: readonly string[];
  /** Where results are not comparable, because the contenders ask for different things. */
  readonly differs?: boolean;
  /** Things in one call, where a call does many. Default 1. */
  readonly perCall?: number;
  /** How many times the usual time it takes, where calls are long. Default 1. */
  readonly longer?: number;
}

/** One turn of a contender: seconds, CPU seconds of this process, calls and how long each took in milliseconds. */
export interface Slice {
  readonly seconds: number;
  readonly cpu: number;
  readonly calls: number;
  readonly latencies: readonly number[];
}

export interface Measured {
  readonly contender: Contender;
  readonly slices: readonly Slice[];
}

const EQUALITY_TURNS = 3;
/** The first round in slices: connections, plans and compiled code. */
const WARM_UP = 3;

/**
 * Throws unless all contenders return the same for the same turns: every field of the first one's results has to be in
 * the others' results. Others may have more, as rows have more columns than entities have fields.
 */
export async function assertEqualResults(comparison: Comparison): Promise<void> {
  const [first, ...others] = comparison.contenders;
  const varying = new Set(comparison.varying);
  for (let turn = 0; turn < EQUALITY_TURNS && comparison.differs !== true; turn += 1) {
    const expected = await first?.run(turn);
    for (const { name, run } of others) {
      const message = `${comparison.work}: ${name} returned something else than ${first?.name}`;
      try {
        deepStrictEqual(alike(await run(turn), expected, varying), alike(expected, expected, varying));
      } catch (cause) {
        throw new Error(message, { cause });
      }
    }
  }
}

/** The part of a value that a model has as well; a key without value counts as null. */
function alike(value: unknown, model: unknown, varying: ReadonlySet<string>): unknown {
  if (Array.isArray(model) && Array.isArray(value)) {
    return Array.from(value, (item, index) => alike(item, model[index], varying));
  }
  if (typeof model !== 'object' || model === null || model instanceof Date) return value ?? null;
  const fields = Object.entries(model).filter(([key]) => !varying.has(key));
  return Object.fromEntries(
    fields.map(([key, field]) => [key, alike((value as Record<string, unknown> | null)?.[key], field, varying)]),
  );
}

/**
 * Measures the contenders side by side: rounds of short slices, each contender once per round and each time in another
 * place, so that what disturbs the machine disturbs all. The first round warms up and does not count.
 */
export async function interleave(
  { contenders, callers }: Comparison,
  seconds: number,
  rounds: number,
): Promise<Measured[]> {
  const milliseconds = (seconds * 1000) / (rounds + WARM_UP) / contenders.length;
  const measured = contenders.map((contender) => ({ contender, slices: [] as Slice[], turn: EQUALITY_TURNS }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const place of contenders.keys()) {
      const own = measured[(round + place) % contenders.length];
      if (own === undefined) continue;
      const time = round === 0 ? WARM_UP * milliseconds : milliseconds;
      const slice = await takeSlice(() => own.contender.run(own.turn++), callers, time);
      if (round > 0) own.slices.push(slice);
    }
  }
  return measured;
}

/** Every caller calls until time is up, and at least once. */
export async function takeSlice(call: () => Promise<unknown>, callers: number, milliseconds: number): Promise<Slice> {
  const latencies: number[] = [];
  const usage = process.cpuUsage();
  const started = performance.now();
  const caller = async () => {
    let before = performance.now();
    do {
      await call();
      const after = performance.now();
      latencies.push(after - before);
      before = after;
    } while (before - started < milliseconds);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(usage);
  return { seconds, cpu: (user + system) / 1e6, calls: latencies.length, latencies };
}

/** How a contender did against another one, round by round. */
export function ratios(measured: readonly Measured[], { of, over, measure }: Target): number[] {
  const slices = (name: string) => measured.find(({ contender }) => contender.name === name)?.slices ?? [];
  const reference = slices(over);
  return slices(of).map((slice, round) => {
    const against = reference[round] as Slice;
    if (measure === 'cpu') return cpuOf(slice) / cpuOf(against);
    return measure === 'rate' ? rateOf(slice) / rateOf(against) : rateOf(against) / rateOf(slice);
  });
}

export const rateOf = ({ calls, seconds }: Slice): number => calls / seconds;
export const cpuOf = ({ cpu, calls }: Slice): number => cpu / calls;
