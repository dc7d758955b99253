import { Session } from 'node:inspector/promises';
import type { Contender } from './comparison.js';
import { takeSlice } from './comparison.js';

/** Where a contender's CPU goes: microseconds per call, by package and by function, most first. */
export interface Profile {
  readonly packages: readonly (readonly [name: string, microseconds: number])[];
  readonly functions: readonly (readonly [name: string, microseconds: number])[];
}

const FUNCTIONS = 8;
const INTERVAL_US = 200;

/** What `--cpu-prof` would show of this contender alone. */
export async function profile(contender: Contender, callers: number, seconds: number): Promise<Profile> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await session.post('Profiler.start');
  let turn = 0;
  const { calls } = await takeSlice(() => contender.run(turn++), callers, seconds * 1000);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();

  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const frame = nodes.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const spent = (profile.timeDeltas?.[index] ?? 0) / calls;
    const from = packageOf(frame.url, frame.functionName);
    const name = `${frame.url === '' ? '' : `${from} `}${frame.functionName || `line ${frame.lineNumber + 1}`}`;
    packages.set(from, (packages.get(from) ?? 0) + spent);
    functions.set(name, (functions.get(name) ?? 0) + spent);
  }
  return { packages: most(packages), functions: most(functions).slice(0, FUNCTIONS) };
}

function packageOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'built-in';
  if (url.startsWith('node:')) return 'node';
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  const own = /\/packages\/([^/]+)\/dist\//.exec(url)?.[1];
  return installed ?? (own === undefined ? 'unknown' : `@qzpay/${own}`);
}

function most(spent: ReadonlyMap<string, number>): [string, number][] {
  return [...spent].sort(([, a], [, b]) => b - a);
}
