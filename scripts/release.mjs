// Packs every public package once, tests those files, and publishes them.
//
//   pnpm release            publishes what the registry does not have and tags it; needs applied changesets
//   pnpm release --dry-run  the same for the release that the pending changesets make, with nothing published
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { attempt, makeWorkingCopy, REPOSITORY, run } from './working-copy.mjs';

const { values: options } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const dryRun = options['dry-run'];

const pending = readdirSync(path.join(REPOSITORY, '.changeset')).filter((name) => /^(?!README).+\.md$/.test(name));
if (!dryRun && pending.length > 0)
  throw new Error(`Apply the changesets first (changeset version): ${pending.join(', ')}`);

// Also where nothing is a dry run: what a release needs in package.json does not have to stay there.
const copy = makeWorkingCopy();
run(copy, 'pnpm', 'install', '--frozen-lockfile', '--prefer-offline');
if (dryRun) run(copy, 'pnpm', 'exec', 'changeset', 'version');
const packages = publicPackages();
const [version, ...others] = new Set(packages.map((manifest) => manifest.version));
if (others.length > 0) throw new Error(`One version for all packages, not ${[version, ...others].join(', ')}`);

for (const { folder } of packages) nameRepository(folder);
const filters = packages.map(({ name }) => `--filter=${name}`);
console.log(`Building and packing ${version}, with ${pending.length} changesets`);
run(copy, 'pnpm', 'exec', 'turbo', 'run', 'build', ...filters);
const tarballs = path.join(copy, 'tarballs');
mkdirSync(tarballs);
run(copy, 'pnpm', ...filters, 'pack', '--pack-destination', tarballs);
testTarballs();

for (const manifest of packages) console.log(publish(manifest));
if (dryRun) console.log(`\n@qzpay/adapter\n\n${changelog('adapter')}\nNothing was published.`);
else execFileSync('npx', ['changeset', 'tag'], { cwd: REPOSITORY, stdio: 'inherit' });

/** Manifests and folders, dependencies before dependents. */
function publicPackages() {
  const found = readdirSync(path.join(copy, 'packages')).flatMap((name) => {
    const folder = path.join(copy, 'packages', name);
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return manifest.private ? [] : [{ ...manifest, folder }];
  });
  const sorted = new Set();
  const add = (manifest) => {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const dependency = found.find((other) => other.name === name);
      if (dependency !== undefined) add(dependency);
    }
    sorted.add(manifest);
  };
  found.forEach(add);
  return [...sorted];
}

/** The registry believes a provenance only where the package names the repository that it was built in. */
function nameRepository(folder) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;
  if (server === undefined || name === undefined) return;
  const url = `repository.url=git+${server}/${name}.git`;
  run(folder, 'npm', 'pkg', 'set', 'repository.type=git', url, `repository.directory=${path.relative(copy, folder)}`);
}

/** What is published is what was tested, not another file made of the same sources. */
function testTarballs() {
  process.env.QZPAY_TEST_TARBALLS = tarballs;
  const folder = path.join(copy, 'packages', 'integration-tests');
  const output = run(folder, 'pnpm', 'exec', 'vitest', 'run', 'test/consumers/tarballs.test.ts');
  console.log(output.match(/^.*Tests .*$/m)?.[0].trim());
}

function publish({ name }) {
  const file = path.join(tarballs, `${name.slice(1).replace('/', '-')}-${version}.tgz`);
  if (!dryRun && attempt(copy, 'npm', 'view', `${name}@${version}`, 'version').ok) return `${name}@${version} is there`;
  const how = dryRun ? ['--dry-run'] : ['--provenance'];
  const tag = version.includes('-') ? 'next' : 'latest';
  const output = run(copy, 'npm', 'publish', file, '--access', 'public', '--tag', tag, ...how);
  const [, size = '?'] = /package size: (.*)/.exec(output) ?? [];
  const [, files = '?'] = /total files: (.*)/.exec(output) ?? [];
  return `${name}@${version}  ${size}, ${files} files${dryRun ? '' : ', published'}`;
}

/** What the changelog of a package says about this version. */
function changelog(name) {
  const file = path.join(copy, 'packages', name, 'CHANGELOG.md');
  const sections = existsSync(file) ? readFileSync(file, 'utf8').split(/^(?=## )/m) : [];
  return sections.find((section) => section.startsWith(`## ${version}\n`)) ?? `No changes since ${version}.\n`;
}
