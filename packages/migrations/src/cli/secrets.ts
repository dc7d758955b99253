/** Where a connection URL points, without user and password. */
export function describeDatabase(url: string): string {
  const parsed = parse(url);
  if (parsed === undefined) return 'the given database';
  return `${parsed.host || 'localhost'}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}

/** Takes a connection URL and its password out of a text: drivers may quote what they were given. */
export function redact(text: string, url: string | undefined): string {
  if (!url) return text;
  const password = parse(url)?.password ?? '';
  return [url, password, decode(password)]
    .filter((secret) => secret !== '')
    .reduce((redacted, secret) => redacted.replaceAll(secret, () => '***'), text);
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
