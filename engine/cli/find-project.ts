import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { commandLineError } from './invocation.ts';

export interface FoundProject {
  /** Absolute. */
  readonly root: string;
  /** Relative to the root. */
  readonly pipeline: string;
}

const usualName = 'pipeline.yaml';

export interface ProjectSearch {
  readonly cwd: string;
  /** What `-C` named. */
  readonly directory?: string;
  /** What `--file` named, from that folder. */
  readonly file?: string;
}

/** The pipeline that a command is about: the file that was named, or the nearest pipeline.yaml upward, as git finds its folder. */
export function findProject({ cwd, directory, file }: ProjectSearch): FoundProject | Diagnostic {
  const start = resolve(cwd, directory ?? '.');
  if (!isFolder(start)) return commandLineError(`the folder '${directory}' does not exist`);
  if (file !== undefined) {
    const path = resolve(start, file);
    if (isFolder(path))
      return commandLineError(`'${file}' is a folder, not a pipeline file`, `did you mean '-C ${file}'?`);
    if (!existsSync(path)) return commandLineError(`the pipeline file '${file}' does not exist`);
    return { root: dirname(path), pipeline: basename(path) };
  }
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, usualName))) return { root: folder, pipeline: usualName };
    if (folder === dirname(folder)) break;
  }
  const where = directory === undefined ? 'here' : `in '${directory}'`;
  return commandLineError(
    `there is no ${usualName} ${where} or in a folder above`,
    'go to the folder of your project, or name it with -C DIR or --file FILE',
  );
}

/** How a path of the project is written in the folder in which the command was given. */
export function nameFrom(cwd: string, root: string, path: string): string {
  const absolute = resolve(root, path);
  const near = relative(cwd, absolute);
  // `../../../../tmp/x` helps nobody.
  return near.startsWith('../../..') ? absolute : near === '' ? '.' : near;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * What a person names from the folder in which the command is given, as the project names it from its root: a file there, or
 * a path below artifacts/ that need not be there. Whatever else it is, the name of a stage say, stays as it is.
 */
export function nameFromRoot(start: string, root: string, text: string): string {
  const path = resolve(start, text);
  const below = relative(root, path);
  if (text === '' || below === '' || below.startsWith('..')) return text;
  // `RUN:…` and `STAGE#ITEM` may hold a slash, too.
  const isArtifact = below.startsWith('artifacts/') && !/[:#]/.test(text);
  const isPath = text.includes('/') ? isArtifact || existsSync(path) : isFile(path);
  return isPath ? below : text;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
