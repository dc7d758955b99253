/** Nothing survives a test run, so the server need not care for its data. */
const DEFAULTS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  timezone: 'UTC',
  log_checkpoints: 'off',
  // Statements that fail on purpose fill the log of a test run; what the server says of itself stays.
  log_min_messages: 'log',
};

/** Arguments of `postgres`: the settings, which win, beside what suits every test server. */
export function postgresArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries({ ...DEFAULTS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Those of a server on this machine. */
export function serverSettings(port: number, settings: Readonly<Record<string, string>>): string[] {
  return postgresArguments({
    ...settings,
    // Loopback only, and no socket file: its path may not exceed some hundred bytes.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
  });
}
