import { chownSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openQZPayStorage as openNodePostgres } from '@qzpay/adapter/node-postgres';
import { openQZPayStorage as openPostgresJs } from '@qzpay/adapter/postgres-js';
import { createQZPayTestDatabase, type QZPayStartedTestServer, startQZPayTestServer } from '@qzpay/test-utils';
import postgres from 'postgres';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type SubjectAltName = { type: 2; value: string } | { type: 7; ip: string };

function certificate(altNames: SubjectAltName[]) {
  return generate([{ name: 'commonName', value: 'qzpay test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames },
    ],
  });
}

let server: QZPayStartedTestServer;
let url: string;
let genuine: Awaited<ReturnType<typeof certificate>>;
let stranger: typeof genuine;

beforeAll(async () => {
  server = await startQZPayTestServer({ engine: 'embedded', log: () => {} });
  url = (await createQZPayTestDatabase({ server })).url ?? '';
  // Good for the address, and not for `localhost`.
  genuine = await certificate([{ type: 7, ip: '127.0.0.1' }]);
  stranger = await certificate([{ type: 7, ip: '127.0.0.1' }]);
  await present(genuine);
});
afterAll(() => server.stop());

/** Makes the server speak TLS with this certificate, and takes only encrypted connections as proof. */
async function present({ cert, private: key }: typeof genuine): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const [row] = await sql`show data_directory`;
  const folder = String(row?.['data_directory']);
  const owner = statSync(folder);
  for (const [name, content] of [
    ['server.crt', cert],
    ['server.key', key],
  ] as const) {
    const file = path.join(folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    chownSync(file, owner.uid, owner.gid);
  }
  await sql`alter system set ssl = on`;
  await sql`select pg_reload_conf()`;
  await sql.end();
}

async function isEncrypted(application: string): Promise<boolean> {
  const sql = postgres(url, { max: 1 });
  const [row] =
    await sql`select ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = ${application}`;
  await sql.end();
  return row?.['ssl'] === true;
}

describe.each([
  ['postgres.js', openPostgresJs],
  ['node-postgres', openNodePostgres],
] as const)('TLS with %s', (driver, open) => {
  it.each([
    ['disable', false],
    ['require', true],
  ] as const)('%s: encrypted %s', async (ssl, encrypted) => {
    const applicationName = `${driver} ${ssl}`;
    const storage = await open({ url, ssl, applicationName, poolSize: 1 });
    expect((await storage.customers.list()).total).toBe(0);
    expect(await isEncrypted(applicationName)).toBe(encrypted);
    await storage.close();
  });

  it('verify-full: accepts the authority that signed for this host', async () => {
    const applicationName = `${driver} verify`;
    const options = { url, ssl: 'verify-full', sslCertificateAuthority: genuine.cert, applicationName } as const;
    const storage = await open(options);
    expect(await isEncrypted(applicationName)).toBe(true);
    await storage.close();
  });

  it('verify-full: refuses another authority, none at all, and a certificate of another host', async () => {
    const refused = { name: 'QZPayStorageError', code: 'connection_lost', retryable: false };
    const verify = { url, ssl: 'verify-full' } as const;
    await expect(open({ ...verify, sslCertificateAuthority: stranger.cert })).rejects.toMatchObject(refused);
    await expect(open(verify)).rejects.toMatchObject(refused);
    const otherHost = url.replace('127.0.0.1', 'localhost');
    await expect(
      open({ url: otherHost, ssl: 'verify-full', sslCertificateAuthority: genuine.cert }),
    ).rejects.toMatchObject(refused);
  });

  it('wins over the `sslmode` of the URL', async () => {
    const applicationName = `${driver} wins`;
    const storage = await open({ url: `${url}?sslmode=disable`, ssl: 'require', applicationName });
    expect(await isEncrypted(applicationName)).toBe(true);
    await storage.close();
  });
});
