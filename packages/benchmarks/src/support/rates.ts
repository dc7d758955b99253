/** How many things per second `work` does: it resolves with their number. */
export async function rateOf(work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  const count = await work();
  return (count * 1000) / (performance.now() - start);
}

/** Runs `client` as often as there are clients, all at once; the sum of what they resolve with. */
export async function allAtOnce(clients: number, client: (index: number) => Promise<number>): Promise<number> {
  const counts = await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The median, and the range in brackets. */
export function summary(values: readonly number[], digits = 0): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [least = Number.NaN, most = Number.NaN] = [sorted[0], sorted.at(-1)];
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return `${median.toFixed(digits)} [${least.toFixed(digits)}–${most.toFixed(digits)}]`;
}
