import { expect, it } from 'vitest';
import { connect, type ImportModule } from '../src/cli/connect.js';

const URL = 'postgres://user:secret@127.0.0.1:1/database';

function missing(name: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' });
}

it('takes postgres.js where both drivers are installed', async () => {
  const asked: string[] = [];
  const importModule: ImportModule = async (name) => {
    asked.push(name);
    return import(name) as ReturnType<ImportModule>;
  };
  const connection = await connect(URL, importModule);
  await connection.close();
  expect(asked).toEqual(['postgres']);
});

it('takes node-postgres where it is the only one', async () => {
  const importModule: ImportModule = (name) =>
    name === 'pg' ? (import(name) as ReturnType<ImportModule>) : Promise.reject(missing(name));
  await expect(connect(URL, importModule)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('says what to install where there is no driver', async () => {
  await expect(connect(URL, (name) => Promise.reject(missing(name)))).rejects.toThrow(
    'No PostgreSQL driver is installed. Add one beside @qzpay/migrations: npm install postgres (or pg)',
  );
});

it('does not take a driver that is broken for one that is missing', async () => {
  const broken = new SyntaxError('Unexpected token');
  await expect(connect(URL, () => Promise.reject(broken))).rejects.toBe(broken);
});
