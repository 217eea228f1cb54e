import { isAbsolute, resolve } from 'node:path';
import type { PathQuery } from '../model/ports.ts';
import { globWalk } from './glob.ts';
import type { WalkRequest } from './walk.ts';

/** A query with its places on disk. */
export interface Target {
  /** Names the pack; equal queries have equal names. */
  readonly name: string;
  /** Absolute; of a glob the folder before its first wildcard. */
  readonly path: string;
  /** The same as the query named it, for messages and answers. */
  readonly shown: string;
  readonly only?: WalkRequest['only'];
}

export function targetOf(root: string, query: PathQuery): Target {
  if (!query.glob) {
    // Resolving costs more than the stat that follows, and most paths are plain.
    if (plainPath.test(query.path)) return { name: query.path, path: `${root}/${query.path}`, shown: query.path };
    const path = resolve(root, query.path);
    return { name: belowRoot(root, path), path, shown: query.path };
  }
  const { base, file, folder } = globWalk(query.path);
  const path = resolve(root, base);
  const pattern = isAbsolute(query.path) ? query.path : `./${query.path}`;
  return { name: `glob\0${pattern}`, path, shown: base === '' ? '.' : base, only: { file, folder } };
}

/** Relative, without empty parts and without parts that begin with a dot. */
const plainPath = /^(?:[^/.][^/]*\/)*[^/.][^/]*$/;

/** Relative where it can be, so that a project that is moved as a whole keeps its cache. */
function belowRoot(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
