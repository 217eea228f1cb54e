/** Small values that can be made again, each a file named by what it was made from. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestText } from '../hash/digest.ts';

/** As many variants of a pipeline as somebody goes to and fro between. */
const mostKept = 20;

export function readKept<T>(folder: string, name: string): T | undefined {
  const text = readKeptText(folder, name);
  return text === undefined ? undefined : JSON.parse(text);
}

export function writeKept(folder: string, name: string, value: unknown): void {
  writeKeptText(folder, name, JSON.stringify(value));
}

/** Undefined where none is there, or where it is not whole. */
export function readKeptText(folder: string, name: string): string | undefined {
  try {
    const text = readFileSync(join(folder, `${name}.json`), 'utf8');
    const body = text.slice(65);
    return digestText(body) === text.slice(0, 64) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** A folder that cannot be written is no reason to refuse anything. */
export function writeKeptText(folder: string, name: string, body: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = join(folder, `${name}.${process.pid}`);
    writeFileSync(temporary, `${digestText(body)}\n${body}`);
    renameSync(temporary, join(folder, `${name}.json`));
    sweep(folder);
  } catch {
    // The next start makes it again.
  }
}

function sweep(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= mostKept) return;
  const aged = names.map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }));
  aged.sort((a, b) => b.at - a.at);
  for (const { name } of aged.slice(mostKept)) rmSync(join(folder, name), { force: true });
}
