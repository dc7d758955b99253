import { embedded } from './embedded.js';
import { installed } from './installed.js';
import { pglite } from './pglite.js';
import { testcontainers } from './testcontainers.js';
import { url } from './url.js';

/** Every engine, in the order in which they are tried. */
export const ENGINES = [url, embedded, testcontainers, installed, pglite] as const;

export type QZPayTestEngineName = (typeof ENGINES)[number]['name'];
