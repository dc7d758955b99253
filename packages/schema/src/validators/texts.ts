import { z } from 'zod/v4';
import { utf8Length } from '../utf8.js';

/** What one entry of an index surely holds. */
const MAX_INDEXED_BYTES = 512;
const NUL_OR_LONE_SURROGATE = /\0|\p{Surrogate}/u;

/** Text that PostgreSQL can store. */
export const storableText = z
  .string()
  .refine((text) => !NUL_OR_LONE_SURROGATE.test(text), 'Contains NUL or ill-formed UTF-16');

/** Storable text that fits an index. */
export const indexedText = storableText.refine(
  (text) => utf8Length(text) <= MAX_INDEXED_BYTES,
  `Longer than ${MAX_INDEXED_BYTES} bytes in UTF-8`,
);

/** An opaque id. */
export const idText = indexedText.refine((text) => text !== '', 'An id is not empty');
