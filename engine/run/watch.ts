import type { Failure } from '../model/event.ts';
import type { JobItem, JobListener, Reading } from '../model/job.ts';
import type { PathQuery } from '../model/ports.ts';
import type { Undeclared } from '../model/record.ts';
import { splitGlob } from '../model/reference.ts';
import type { TaskNode } from '../model/task.ts';
import type { Survey } from '../plan/survey.ts';

export interface Watch {
  readonly read: NonNullable<JobListener['read']>;
  /** All that was found so far. */
  readonly undeclared: () => Undeclared;
}

export interface WatchRequest {
  readonly task: TaskNode;
  /** The project's folder, absolute. */
  readonly root: string;
  /** What the task declares, without what its items come from: each of those may read itself alone. */
  readonly declared: readonly PathQuery[];
  readonly state: Survey['state'];
}

/** A record is no place for the names of a dataset. */
const mostPaths = 20;

/** Compares what a task reads with what it declares. */
export function watchTask({ task, root, declared, state }: WatchRequest): Watch {
  const found = new Set<string>();
  const own = (path: string) => relativeTo(root, path);
  const rules = rulesOf({ declared, state, own, task });
  const describe = (): Undeclared => {
    const paths = withoutCovered(found);
    return { paths: paths.slice(0, mostPaths), count: paths.length };
  };
  const read = (readings: readonly Reading[], items: readonly JobItem[]): Failure | undefined => {
    const itemPaths = new Set(items.map(({ path }) => own(path)));
    // Whatever kind of environment it is, Python reads this file in it first.
    const environments = readings.flatMap(({ names }) =>
      names.flatMap((name) => /^(.*)pyvenv\.cfg$/.exec(name)?.[1] ?? []),
    );
    for (const { names, isListing } of readings) {
      const isFree = (name: string) =>
        isInstalled(name) ||
        environments.some((folder) => folder !== '' && name.startsWith(folder)) ||
        itemPaths.has(name) ||
        (isListing ? rules.mayList(name) : rules.mayRead(name));
      if (!names.some(isFree)) found.add(isListing ? `${names[0]}/` : (names[0] ?? ''));
    }
    return task.stage.strict && found.size > 0 ? { kind: 'undeclared', ...describe() } : undefined;
  };
  return { read, undeclared: describe };
}

/** Programs are no data; a stage that depends on the version of one says so by a parameter or by `env`. */
function isInstalled(name: string): boolean {
  return name.startsWith('node_modules/') || name.includes('/node_modules/') || name === 'node_modules';
}

interface Rules {
  readonly mayRead: (name: string) => boolean;
  readonly mayList: (name: string) => boolean;
}

interface RuleRequest extends Pick<WatchRequest, 'declared' | 'state' | 'task'> {
  readonly own: (path: string) => string;
}

function rulesOf({ declared, state, own, task }: RuleRequest): Rules {
  const roots = declared.filter(({ glob }) => !glob).map(({ path }) => own(path));
  const globs = declared
    .filter(({ glob }) => glob)
    .map((query) => ({ query, folder: own(splitGlob(query.path).folder) }));
  const matched = new Set(
    globs.flatMap(({ query, folder }) => {
      const seen = state(query);
      return seen.kind === 'folder' ? seen.manifest().entries.map(({ path }) => join(folder, path)) : [];
    }),
  );
  // Python looks for modules beside a script and in the folders above it, and reads their names to do so.
  const scripts = task.stage.code.map(({ text }) => own(text));
  const isBelowRoot = (name: string) =>
    roots.some((path) => name === path || path === '.' || name.startsWith(`${path}/`));
  return {
    mayRead: (name) =>
      isBelowRoot(name) ||
      matched.has(name) ||
      // Node reads it on its way to every package; the packages' own versions are in the key.
      (task.action.kind === 'use' && name === 'package.json'),
    mayList: (name) =>
      isBelowRoot(name) ||
      globs.some(({ folder }) => folder === '.' || name === folder || name.startsWith(`${folder}/`)) ||
      scripts.some((script) => name === '.' || script.startsWith(`${name}/`)),
  };
}

/** A folder that was listed stands for what was read below it. */
function withoutCovered(found: ReadonlySet<string>): string[] {
  const isCovered = (path: string) => {
    for (let end = path.lastIndexOf('/', path.length - 2); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (found.has(path.slice(0, end + 1))) return true;
    }
    return false;
  };
  return [...found].filter((path) => !isCovered(path)).sort();
}

/** `.` is the project itself; what lies outside is left as it is, and never read by anything that is told of. */
function relativeTo(root: string, path: string): string {
  const inside = path === root ? '.' : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  const plain = inside
    .split('/')
    .filter((part, index) => part !== '.' && (part !== '' || index === 0))
    .join('/');
  return plain === '' ? '.' : plain;
}

function join(folder: string, path: string): string {
  return folder === '.' ? path : `${folder}/${path}`;
}
