import { basename, isAbsolute, resolve } from 'node:path';
import type { PathQuery } from '../model/ports.ts';
import { bytecode, globWalk } from './glob.ts';
import type { WalkRequest } from './walk.ts';

/** A query with its places on disk. */
export interface Target {
  /** Names the pack; equal queries have equal names. */
  readonly name: string;
  /** Absolute; of a glob the folder before its first wildcard. */
  readonly path: string;
  /** The same as the query named it, for messages and answers. */
  readonly shown: string;
  readonly isGlob: boolean;
  /** What of a folder counts. */
  readonly only?: WalkRequest['only'];
}

export function targetOf(root: string, query: PathQuery): Target {
  if (!query.glob) {
    const target = placeOf(root, query.path);
    return query.code ? { ...target, name: `code\0${target.name}`, only: withoutBytecode } : target;
  }
  const { base, file, folder } = globWalk(query.path);
  const path = resolve(root, base);
  const pattern = isAbsolute(query.path) ? query.path : `./${query.path}`;
  return { name: `glob\0${pattern}`, path, shown: base === '' ? '.' : base, isGlob: true, only: { file, folder } };
}

function placeOf(root: string, shown: string): Target {
  // Resolving costs more than the stat that follows, and most paths are plain.
  if (plainPath.test(shown)) return { name: shown, path: `${root}/${shown}`, shown, isGlob: false };
  const path = resolve(root, shown);
  return { name: belowRoot(root, path), path, shown, isGlob: false };
}

/** Python writes it beside what it imports, while a task runs as at any other time. */
const withoutBytecode = { file: () => true, folder: (path: string) => basename(path) !== bytecode };

/** Relative, without empty parts and without parts that begin with a dot. */
const plainPath = /^(?:[^/.][^/]*\/)*[^/.][^/]*$/;

/** Relative where it can be, so that a project that is moved as a whole keeps its cache. */
function belowRoot(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
