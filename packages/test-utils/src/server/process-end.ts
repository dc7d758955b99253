const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const OURS = Symbol.for('@qzpay/test-utils/process-end');

/**
 * Calls back once, synchronously, when the process ends: by itself, by `process.exit`, an uncaught exception or a
 * signal. SIGKILL leaves no time for that. Returns a function that takes the wish back.
 */
export function onProcessEnd(cleanUp: () => void): () => void {
  const release = () => {
    process.off('exit', end);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  const end = () => {
    release();
    cleanUp();
  };
  const onSignal = Object.assign(
    (signal: NodeJS.Signals) => {
      // The host has plans of its own for this signal and will exit when it is through with them.
      if (process.listeners(signal).some((listener) => !(OURS in listener))) return;
      end();
      // To listen is to suppress the default, which the last one therefore has to bring about.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    },
    { [OURS]: true },
  );
  process.on('exit', end);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return release;
}
