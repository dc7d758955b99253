/** What the first line of a fenced block says after its language. */
export interface Block {
  readonly language: string;
  readonly mark: string;
  readonly code: string;
  /** Line of the fence in the page, counted from 1. */
  readonly line: number;
}

const FENCE = /^```(\S*) ?([^\n]*)\n(.*?)^```$/gms;

const IMPORT = /^import .*;$/gm;

/** The fenced blocks of a page, in their order. */
export function blocksIn(page: string): Block[] {
  return [...page.matchAll(FENCE)].map(({ index, 1: language = '', 2: mark = '', 3: code = '' }) => ({
    language,
    mark,
    code,
    line: page.slice(0, index).split('\n').length,
  }));
}

/**
 * The programs that a page consists of. Blocks `ts` follow each other in one program until one says `ts new`; what says
 * `ts check` is compiled in its place and not run.
 */
export function programsIn(name: string, page: string): string[] {
  const programs: string[][] = [];
  for (const { language, mark, code, line } of blocksIn(page)) {
    if (language !== 'ts' || mark.startsWith('file=')) continue;
    if (programs.length === 0 || mark === 'new') programs.push([]);
    const place = `// ${name}:${line}\n`;
    programs.at(-1)?.push(place + (mark === 'check' ? uncalled(code) : code));
  }
  // The connections of an example that does not close them would keep the process.
  return programs.map((blocks) => [...blocks, 'process.exit();\n'].join('\n'));
}

function uncalled(code: string): string {
  const imports = code.match(IMPORT)?.join('\n') ?? '';
  return `${imports}\n(async () => {\n${code.replaceAll(IMPORT, '')}});\n`;
}
