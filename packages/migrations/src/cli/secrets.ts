/** Where a connection URL points, without user and password. */
export function describeDatabase(url: string): string {
  const parsed = parse(url);
  // An @ that late ends a password with unescaped characters, part of which was taken for the host's.
  const isMisread = parsed === undefined || `${parsed.pathname}${parsed.search}${parsed.hash}`.includes('@');
  if (isMisread) return 'the given database';
  return `${parsed.host || 'localhost'}${parsed.pathname === '/' ? '' : parsed.pathname}`;
}

/** Takes a connection URL and its passwords out of a text: drivers may quote what they were given, or parts of it. */
export function redact(text: string, url: string | undefined): string {
  if (!url) return text;
  return [url, ...passwordsIn(url)]
    .flatMap((secret) => [secret, decode(secret)])
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((redacted, secret) => redacted.replaceAll(secret, () => '***'), text);
}

const PASSWORD = /^[^:]*:\/\/[^:@]*:(.*)@/s;

/** Not by the parser alone: it refuses several hosts, and splits a password with unescaped characters. */
function passwordsIn(url: string): string[] {
  const password = PASSWORD.exec(url)?.[1] ?? '';
  const parameters = [...(parse(url)?.searchParams ?? [])].filter(([name]) => name.endsWith('password'));
  return [password, ...password.split(/[/?#@]/), ...parameters.map(([, value]) => value)];
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
