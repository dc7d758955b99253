import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { ServerDatabase } from './databases.js';

export interface Role {
  readonly name: string;
  /** Address of the database for this role. */
  readonly url: string;
}

/** A role that may log in and nothing else, gone with the test. */
export async function createRole({ sql, url }: ServerDatabase): Promise<Role> {
  const name = `qzpay_test_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await sql.unsafe(`create role ${name} login password '${password}'`);
  onTestFinished(async () => {
    await sql.unsafe(`drop owned by ${name} cascade; drop role ${name}`);
  });
  return { name, url: Object.assign(new URL(url), { username: name, password }).href };
}
