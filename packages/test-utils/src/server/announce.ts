const ANNOUNCED = 'QZPAY_TEST_ANNOUNCED';

/**
 * Says in one line which engine serves the tests. Without a `log` of the caller's own this happens once per process
 * tree: workers inherit the environment in which it is noted.
 */
export function announce(line: string, log: ((line: string) => void) | undefined): void {
  if (log !== undefined) {
    log(line);
    return;
  }
  if (process.env[ANNOUNCED] === line) return;
  process.env[ANNOUNCED] = line;
  console.info(line);
}
