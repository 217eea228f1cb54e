import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const found = new Map<string, string>();

/**
 * The file that a program's name stands for on a PATH, searched once a process: a child that searches itself tries to
 * execute it in one folder after the other, for each command anew. A name that is not found stays as it is, so that the
 * system says what is wrong with it.
 */
export function findProgram(program: string, path: string | undefined, folder: string): string {
  if (program.includes('/') || path === undefined) return program;
  const name = JSON.stringify([program, path, folder]);
  const known = found.get(name);
  if (known !== undefined && existsSync(known)) return known;
  const file = path
    .split(':')
    .map((part) => join(resolve(folder, part), program))
    .find(isProgram);
  if (file === undefined) return program;
  found.set(name, file);
  return file;
}

/** Whether this is a file that may be executed. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
