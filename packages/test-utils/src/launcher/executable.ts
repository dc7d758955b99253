import path from 'node:path';

export function executable(binDirectory: string, name: 'initdb' | 'postgres'): string {
  return path.join(binDirectory, process.platform === 'win32' ? `${name}.exe` : name);
}
