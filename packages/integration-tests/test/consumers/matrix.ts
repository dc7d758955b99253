/** Somebody who installs some of the packages and does something with them. */
export interface Consumer {
  readonly name: string;
  /** The folder below `projects` with the files. */
  readonly project: string;
  /** Names, as `makeProject` takes them: of ours the packed files, of others this repository's version or the stated one. */
  readonly dependencies: readonly string[];
  readonly installer?: 'npm' | 'pnpm';
  /** A version of Node that runs the `node` steps, in place of the one that runs the tests. */
  readonly node?: string;
  readonly steps: readonly Step[];
  /** Runs with `QZPAY_TEST_MATRIX=full` only. */
  readonly full?: true;
}

interface Step {
  readonly command: string;
  /** Part of what is printed. */
  readonly prints?: string;
}

const TYPESCRIPT_5 = 'typescript@5.9.3';
const TYPESCRIPT_7 = 'typescript@7.0.2';
const LOWEST_DRIZZLE = 'drizzle-orm@0.45.2';
const HIGHEST_DRIZZLE = 'drizzle-orm@>=0.45.2 <1';

const TABLES = ['@qzpay/schema', 'drizzle-zod', 'zod'];
const QUERIES_RUN: Step = { command: 'node out/queries.js', prints: 'from "qzpay"."billing_invoices"' };
const AS_BUNDLERS: readonly Step[] = [{ command: 'tsc -p .' }, QUERIES_RUN];
const AS_NODE: readonly Step[] = [{ command: 'tsc -p . --module nodenext --moduleResolution nodenext' }, QUERIES_RUN];

const APPLICATION = [
  '@qzpay/adapter',
  '@qzpay/core',
  '@qzpay/migrations',
  '@qzpay/repositories',
  '@qzpay/schema',
  'pg',
  '@types/pg',
  '@types/node',
  '@electric-sql/pglite',
];
const APPLICATION_STEPS: readonly Step[] = [
  { command: 'tsc -p .' },
  { command: 'node out/billing.js', prints: '1 customer, a version, QZPayConflictError' },
  { command: 'node classic.cjs', prints: 'USD object true\nfunction,function,function' },
];
/** PGlite finds its files beside itself, so it stays outside of the bundle; everything else is in it. */
const BUNDLE_STEPS: readonly Step[] = [
  {
    command:
      'esbuild bundled.ts --bundle --platform=node --format=esm --target=node20 --external:@electric-sql/pglite ' +
      '--log-level=warning --outfile=bundle/bundled.js',
  },
  { command: 'node bundle/bundled.js', prints: 'bundled: true, true' },
];

export const CONSUMERS: readonly Consumer[] = [
  {
    name: 'the tables alone, resolved as bundlers do, TypeScript 5.9, npm',
    project: 'schema',
    dependencies: [...TABLES, 'drizzle-orm', TYPESCRIPT_5],
    steps: AS_BUNDLERS,
  },
  {
    name: 'the tables alone, resolved as Node does, TypeScript 7.0, drizzle-orm lowest, pnpm',
    project: 'schema',
    dependencies: [...TABLES, LOWEST_DRIZZLE, TYPESCRIPT_7],
    installer: 'pnpm',
    steps: AS_NODE,
    full: true,
  },
  {
    name: 'the tables alone, resolved as Node does, TypeScript 5.9, drizzle-orm highest, npm',
    project: 'schema',
    dependencies: [...TABLES, HIGHEST_DRIZZLE, TYPESCRIPT_5],
    steps: AS_NODE,
    full: true,
  },
  {
    name: 'an application: ES modules, CommonJS and a bundle, TypeScript 5.9, npm',
    project: 'application',
    dependencies: [...APPLICATION, 'drizzle-orm', TYPESCRIPT_5, 'esbuild@0.28.2'],
    steps: [...APPLICATION_STEPS, ...BUNDLE_STEPS],
  },
  {
    name: 'an application, TypeScript 7.0, drizzle-orm lowest, npm',
    project: 'application',
    dependencies: [...APPLICATION, LOWEST_DRIZZLE, TYPESCRIPT_7],
    steps: APPLICATION_STEPS,
    full: true,
  },
  {
    name: 'an application, TypeScript 5.9, drizzle-orm highest, pnpm',
    project: 'application',
    dependencies: [...APPLICATION, HIGHEST_DRIZZLE, TYPESCRIPT_5, 'esbuild@0.28.2'],
    installer: 'pnpm',
    steps: [...APPLICATION_STEPS, ...BUNDLE_STEPS],
    full: true,
  },
  ...['5.9.3', '7.0.2'].map(
    (typescript): Consumer => ({
      name: `a database of another copy of drizzle-orm, TypeScript ${typescript}`,
      project: 'two-drizzles',
      dependencies: [
        '@qzpay/adapter',
        '@qzpay/migrations',
        'drizzle-orm',
        'drizzle-other@npm:drizzle-orm@0.45.2',
        '@electric-sql/pglite',
        '@types/node',
        `typescript@${typescript}`,
      ],
      steps: [{ command: 'tsc -p .' }, { command: 'node out/main.js', prints: 'two copies: Ada' }],
      full: true,
    }),
  ),
  ...(
    [
      ['postgres-js', 'postgres'],
      ['node-postgres', 'pg'],
      ['pglite', '@electric-sql/pglite'],
    ] as const
  ).flatMap(([driver, name]) =>
    (['npm', 'pnpm'] as const).map(
      (installer): Consumer => ({
        name: `the adapter with nothing but ${name}, ${installer}`,
        project: 'drivers',
        dependencies: ['@qzpay/adapter', 'drizzle-orm', name],
        installer,
        steps: [{ command: `node main.js ${driver}`, prints: `ada@example.org on ${driver}` }],
        full: true,
      }),
    ),
  ),
  ...['20.19.0', '22.23.3', '24.21.0'].map(
    (node): Consumer => ({
      name: `Node ${node}: three drivers, ES modules and CommonJS`,
      project: 'drivers',
      dependencies: ['@qzpay/adapter', 'drizzle-orm', 'pg', 'postgres', '@electric-sql/pglite'],
      node,
      steps: ['postgres-js', 'node-postgres', 'pglite'].flatMap((driver) => [
        { command: `node main.js ${driver}`, prints: `ada@example.org on ${driver} with Node v${node}` },
        { command: `node main.cjs ${driver}`, prints: `ada@example.org on ${driver} with Node v${node}` },
      ]),
      full: true,
    }),
  ),
];
