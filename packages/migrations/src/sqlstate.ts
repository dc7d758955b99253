const SQLSTATE = /^[0-9A-Z]{5}$/;
const MAX_DEPTH = 8;

/** SQLSTATE of a driver's error, however deep a query builder has wrapped it; undefined when there is none. */
export function sqlstateOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth += 1) {
    const { code, severity } = current as { code?: unknown; severity?: unknown };
    // System errors such as EPIPE look like a SQLSTATE, but have neither a digit nor a severity.
    if (typeof code === 'string' && SQLSTATE.test(code) && (severity !== undefined || /\d/.test(code))) return code;
    current = (current as { cause?: unknown }).cause;
  }
  return undefined;
}
