import type { RunningEngine, TestEngine } from '../engines/engine.js';
import { ENGINES, type QZPayTestEngineName } from '../engines/index.js';

export interface ChosenEngine {
  readonly name: QZPayTestEngineName;
  readonly running: RunningEngine;
  /** Engines that were there and did not work, and why. */
  readonly failures: readonly string[];
}

type Start = (engine: TestEngine) => Promise<RunningEngine | null>;

/**
 * Starts the engine that was asked for, or the first that works.
 *
 * Who names an engine, in code, by address or in the environment, gets that one or an error.
 */
export async function chooseEngine(
  wanted: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  start: Start,
): Promise<ChosenEngine> {
  const named = wanted ?? (environment['QZPAY_TEST_DATABASE_URL'] ? 'url' : environment['QZPAY_TEST_ENGINE']);
  return named ? startNamed(named, start) : startFirst(start);
}

async function startNamed(name: string, start: Start): Promise<ChosenEngine> {
  const engine = ENGINES.find((candidate) => candidate.name === name);
  if (engine === undefined) {
    const known = ENGINES.map((candidate) => candidate.name).join(', ');
    throw new Error(`There is no test engine "${name}". Known engines: ${known}.`);
  }
  const running = await start(engine);
  if (running === null) throw new Error(`The test engine "${name}" is not available. ${engine.remedy}`);
  return { name: engine.name, running, failures: [] };
}

async function startFirst(start: Start): Promise<ChosenEngine> {
  const failures: string[] = [];
  for (const engine of ENGINES) {
    try {
      const running = await start(engine);
      if (running !== null) return { name: engine.name, running, failures };
    } catch (error) {
      failures.push(`${engine.name} failed: ${(error as Error).message}`);
    }
  }
  const remedies = ENGINES.map((engine) => `- ${engine.name}: ${engine.remedy}`);
  throw new Error(['There is no PostgreSQL to test with. Do one of these:', ...remedies, ...failures].join('\n'));
}
