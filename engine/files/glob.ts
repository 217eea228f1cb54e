import picomatch from 'picomatch';
import { splitGlob } from '../model/reference.ts';

export interface GlobWalk {
  /** The part before the first wildcard, as written; '' where there is none. */
  readonly base: string;
  readonly file: (path: string) => boolean;
  /** Whether something below this folder can match. */
  readonly folder: (path: string) => boolean;
}

/** Where Python keeps what it compiled. */
export const bytecode = '__pycache__';

/** Never walked into by a wildcard: the store and packages are nobody's data, and may hold a hundred thousand files. */
const never = new Set(['.flow', 'node_modules', '.git', bytecode]);

/** `photos/**\/*.jpg` as a walk of `photos`. Names that begin with a dot match only where the pattern writes the dot. */
export function globWalk(pattern: string): GlobWalk {
  const { folder, rest } = splitGlob(pattern);
  const matches = picomatch(rest);
  const depth = rest.includes('**') ? Number.POSITIVE_INFINITY : rest.split('/').length;
  const base = folder === '/' ? folder : folder.slice(0, -1);
  // What stages make is named by their names, and would make the pattern match more with each run.
  const artifacts = base === '' || base === '.' ? 'artifacts' : undefined;
  return {
    base,
    file: (path) => matches(path),
    folder: (path) => {
      const parts = path.split('/');
      return parts.length < depth && path !== artifacts && !never.has(parts.at(-1) ?? '');
    },
  };
}
