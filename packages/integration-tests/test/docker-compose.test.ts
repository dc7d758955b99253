import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const FILE = readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');

/** The lines of each service. Read as text, since no package here needs a YAML parser. */
function readServices(): Map<string, string> {
  const body = FILE.split(/^services:$/m)[1]?.split(/^\S/m)[0] ?? '';
  const parts = body.split(/^ {2}([\w-]+):$/m).slice(1);
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? ''] as const] : [])));
}

const services = readServices();
const service = (name: string) => services.get(name) ?? '';

it('has a PostgreSQL server, and PgBouncer', () => {
  expect([...services.keys()].sort()).toEqual(['pgbouncer', 'postgres']);
  expect(service('postgres')).toMatch(/^ {4}image: postgres:(1[5-9]|[2-9]\d)/m);
});

it('listens on the loopback address only', () => {
  for (const [name, lines] of services) {
    const [, list = ''] = /^ {4}ports: \[(.*)\]$/m.exec(lines) ?? [];
    const ports = list.split(',').map((port) => port.trim());
    expect(ports.length, name).toBeGreaterThan(0);
    for (const port of ports) expect(port, name).toMatch(/^"127\.0\.0\.1:\d+:\d+"$/);
    expect(lines, name).not.toMatch(/^ {4}(network_mode|expose):/m);
  }
});

it('knows when the server is ready, and PgBouncer waits for that', () => {
  expect(service('postgres')).toMatch(/^ {4}healthcheck:\n {6}test: \[CMD(-SHELL)?, .*pg_isready/m);
  expect(service('pgbouncer')).toMatch(/^ {4}depends_on:\n {6}postgres:\n {8}condition: service_healthy$/m);
});

it('starts PgBouncer only when its profile is asked for, and PostgreSQL always', () => {
  expect(service('pgbouncer')).toMatch(/^ {4}profiles: \[pgbouncer\]$/m);
  expect(service('postgres')).not.toContain('profiles:');
});

it('is started as its own comment says', () => {
  const [, address = ''] = /QZPAY_TEST_DATABASE_URL=(\S+)/.exec(FILE) ?? [];
  const { password, hostname, port } = new URL(address);
  expect(service('postgres')).toContain(`POSTGRES_PASSWORD: ${password}\n`);
  expect(service('postgres')).toContain(`"${hostname}:${port}:5432"`);
});
