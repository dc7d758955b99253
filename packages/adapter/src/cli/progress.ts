import { Presets, SingleBar } from 'cli-progress';
import type { Output } from './command.js';

/** Something that is shown to be going on. */
export interface ProgressBar {
  /** @param expected how much there will be; `null` where nobody knows before. */
  update(name: string, done: number, expected: number | null): void;
  stop(): void;
}

const SILENT: ProgressBar = { update: () => {}, stop: () => {} };

/** A bar on a terminal, nothing elsewhere: a log shows results only. */
export function progressBar(output: NodeJS.WriteStream | Output): ProgressBar {
  if (output.isTTY !== true) return SILENT;
  const bar = new SingleBar(
    {
      stream: output as NodeJS.WriteStream,
      format: '{name} [{bar}] {value}/{total} rows',
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update(name, done, expected) {
      // An estimate may be too low, and a bar cannot be more than full.
      const total = Math.max(done, expected ?? 0, 1);
      if (!started) bar.start(total, done, { name });
      started = true;
      bar.setTotal(total);
      bar.update(done, { name });
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}
