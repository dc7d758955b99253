import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  QZPayNotFoundError,
  type QZPayPayment,
  type QZPayPaymentStorage,
  type QZPayStorageAdapter,
} from '../src/index.js';
import { dispute } from './readme-example.js';

function storageWhere(update: QZPayPaymentStorage['update']): QZPayStorageAdapter {
  // The example touches nothing else of a storage.
  return { payments: { update } } as unknown as QZPayStorageAdapter;
}

it('shows in the README the example that is compiled here', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = readFileSync(new URL('readme-example.ts', import.meta.url), 'utf8');
  expect(readme).toContain(example.replace('../src/index.js', '@qzpay/core'));
});

it('disputes a payment as the README says', async () => {
  const storage = storageWhere(async (id, input) => ({ id, ...input }) as QZPayPayment);
  expect(await dispute(storage, 'pay_1')).toEqual({ id: 'pay_1', status: 'disputed' });
});

it('answers null for an unknown payment and passes other errors on', async () => {
  const missing = storageWhere(() => Promise.reject(new QZPayNotFoundError('Payment', 'pay_1')));
  const broken = storageWhere(() => Promise.reject(new Error('Something')));
  expect(await dispute(missing, 'pay_1')).toBeNull();
  await expect(dispute(broken, 'pay_1')).rejects.toThrow('Something');
});
