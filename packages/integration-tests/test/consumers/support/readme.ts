import { readFileSync } from 'node:fs';

export interface ReadmeProject {
  /** File names and their text. */
  readonly files: ReadonlyMap<string, string>;
  /** Runs the tests: the first line of one of the files. */
  readonly command: string;
}

const BLOCK = /^```js (\S+)\n(.*?)^```$/gms;
const COMMAND = /^\/\/ (.+)$/m;

/**
 * The files that a README shows for one kind of project: a block's info string is `js <project>/<file>`, or `js <file>`
 * for what all projects have.
 */
export function projectIn(readme: string, project: string): ReadmeProject {
  const files = new Map<string, string>();
  for (const [, name = '', code = ''] of readFileSync(readme, 'utf8').matchAll(BLOCK)) {
    const own = name.startsWith(`${project}/`);
    if (own || !name.includes('/')) files.set(own ? name.slice(project.length + 1) : name, code);
  }
  const commands = [...files.values()].flatMap((code) => COMMAND.exec(code.split('\n', 1)[0] ?? '')?.[1] ?? []);
  const [command] = commands;
  if (command === undefined || commands.length > 1)
    throw new Error(`The README names no single command for ${project}`);
  return { files, command };
}
