import { expect, it } from 'vitest';
import { createQZPaySequentialIds } from '../src/index.js';

it('counts up from one, with the prefix', () => {
  const nextId = createQZPaySequentialIds('cus');
  expect([nextId(), nextId(), nextId()]).toEqual(['cus_000001', 'cus_000002', 'cus_000003']);
});

it('makes ids that sort as they were made', () => {
  const nextId = createQZPaySequentialIds();
  const ids = Array.from({ length: 1200 }, () => nextId());
  expect(ids.toSorted()).toEqual(ids);
});

it('gives each generator its own sequence', () => {
  const [first, second] = [createQZPaySequentialIds('a'), createQZPaySequentialIds('a')];
  first();
  expect(second()).toBe('a_000001');
});
