import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const FILE = readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly profiles?: readonly string[];
  readonly [key: string]: unknown;
}

const { services } = parse(FILE, { strict: true, uniqueKeys: true }) as { services: Record<string, Service> };
const { postgres, pgbouncer } = services;

it('has a PostgreSQL server, and PgBouncer', () => {
  expect(Object.keys(services).sort()).toEqual(['pgbouncer', 'postgres']);
  expect(postgres?.image).toMatch(/^postgres:(1[5-9]|[2-9]\d)/);
});

it('listens on the loopback address only', () => {
  for (const [name, { ports, ...others }] of Object.entries(services)) {
    expect(ports.length, name).toBeGreaterThan(0);
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(Object.keys(others), name).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(network_mode|expose)$/)]),
    );
  }
});

it('knows when the server is ready, and PgBouncer waits for that', () => {
  expect(postgres?.healthcheck?.test.join(' ')).toMatch(/^CMD(-SHELL)? .*pg_isready/);
  expect(pgbouncer?.['depends_on']).toEqual({ postgres: { condition: 'service_healthy' } });
});

it('starts PgBouncer only when its profile is asked for, and PostgreSQL always', () => {
  expect(pgbouncer?.profiles).toEqual(['pgbouncer']);
  expect(postgres?.profiles).toBeUndefined();
});

it('is started as its own comment says', () => {
  const [, address = ''] = /QZPAY_TEST_DATABASE_URL=(\S+)/.exec(FILE) ?? [];
  const { password, hostname, port } = new URL(address);
  expect(postgres?.environment['POSTGRES_PASSWORD']).toBe(password);
  expect(postgres?.ports).toContain(`${hostname}:${port}:5432`);
});
