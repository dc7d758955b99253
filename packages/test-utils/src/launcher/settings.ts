/** Nothing survives a test run, so the server need not care for its data. The caller's settings win. */
export function serverSettings(port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '200',
    timezone: 'UTC',
    log_checkpoints: 'off',
    // Statements that fail on purpose fill the log of a test run; what the server says of itself stays.
    log_min_messages: 'log',
    ...settings,
    // Loopback only, and no socket file: its path may not exceed some hundred bytes.
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
