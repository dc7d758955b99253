/**
 * Whether this is the address of a PostgreSQL server, as every driver takes it. Drivers answer anything else with errors
 * of their own, or with a try to connect to somewhere.
 */
export function isDatabaseUrl(url: unknown): url is string {
  if (typeof url !== 'string' || !/^postgres(?:ql)?:\/\//i.test(url) || !isDecodable(url)) return false;
  // The parser knows one host, and some drivers several.
  return URL.canParse(url) || URL.canParse(url.replaceAll(/,[^/?#@]*/g, ''));
}

/** Whether each `%` begins a character: one in a password that was not escaped does not. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export const DATABASE_URL_FORM = 'postgres://user:password@host:port/database';
