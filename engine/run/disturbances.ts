import type { PathQuery } from '../model/ports.ts';
import { splitGlob } from '../model/reference.ts';

/**
 * Which files were found changed in the middle of a run, and when. A look after such a change sees the file as it is
 * now; a task that was decided on before that look may have read either, and would compare itself with the newer one.
 */
export interface Disturbances {
  /** A point in the run, to be taken before a decision. */
  readonly mark: () => number;
  readonly note: (paths: readonly string[]) => void;
  /** The files below these queries that were found changed after the mark. */
  readonly since: (mark: number, queries: readonly PathQuery[]) => readonly string[];
}

export function createDisturbances(): Disturbances {
  const changed: string[] = [];
  return {
    mark: () => changed.length,
    note: (paths) => void changed.push(...paths),
    since: (mark, queries) => {
      const later = changed.slice(mark);
      return later.length === 0 ? [] : later.filter((path) => queries.some((query) => isBelow(path, query)));
    },
  };
}

function isBelow(path: string, query: PathQuery): boolean {
  const folder = query.glob ? splitGlob(query.path).folder : `${query.path.replace(/\/+$/, '')}/`;
  return path === query.path || path.startsWith(folder) || query.path.startsWith(`${path}/`);
}
