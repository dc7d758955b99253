import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  QZPAY_CONFLICT_TYPE_VALUES,
  QZPAY_ERROR_CODE_VALUES,
  QZPAY_STORAGE_ERROR_CODE_VALUES,
  QZPayStorageError,
} from '@qzpay/core';
import { describe, expect, it } from 'vitest';
import { DOCS } from '../src/pages.js';

const page = readFileSync(path.join(DOCS, 'errors.md'), 'utf8');

/** The cells of the row that begins with the code; none where the page does not have it. */
function rowOf(code: string): string[] {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${code}\` `));
  return row?.split('|').map((cell) => cell.trim()) ?? [];
}

describe('the page of errors', () => {
  it.each(QZPAY_STORAGE_ERROR_CODE_VALUES)('says of %s whether to try again', (code) => {
    expect(rowOf(code)[2]).toBe(new QZPayStorageError('', code).retryable ? 'yes' : 'no');
  });

  it.each(QZPAY_CONFLICT_TYPE_VALUES)('says what to do about %s', (type) => {
    expect(rowOf(type)[3]).toMatch(/./);
  });

  it('names every code of the engine', () => {
    expect(QZPAY_ERROR_CODE_VALUES.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});
