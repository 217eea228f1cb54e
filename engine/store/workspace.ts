import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest, RunId, TaskName } from '../model/names.ts';
import type { Store } from '../model/ports.ts';
import { fileNameOf, type Layout } from './layout.ts';
import type { Lives } from './lives.ts';
import { removeTree } from './remove-tree.ts';

type Workspace = Pick<
  Store,
  | 'attemptFolder'
  | 'dropAttempt'
  | 'makeFolders'
  | 'checkpointFolder'
  | 'dropCheckpoint'
  | 'logFile'
  | 'logTail'
  | 'isFull'
> & {
  /** Names for half-written files begin in here; made at the first call. */
  readonly temporaryFolder: () => string;
  /** A folder to be filled and moved away; one that an attempt left empty where there is one. */
  readonly emptyFolder: () => Promise<string>;
};

/** A task's result is put in place soon after its attempt; where it needs no new folder, these are left over. */
const mostEmptied = 32;

/** Folders of a run: what attempts write into, what outlives them, and logs. */
export function createWorkspace(layout: Layout, run: RunId, lives: Lives): Workspace {
  const attempts = layout.attemptsOf(run);
  // Apart from the attempts' folders: while a thread makes one of those, the filesystem lets nobody else write beside it.
  const temporaries = join(attempts, 'new');
  const emptied: string[] = [];
  let count = 0;
  let made = false;
  let logs = false;
  const temporaryFolder = () => {
    if (!made) mkdirSync(temporaries, { recursive: true });
    made = true;
    return temporaries;
  };
  const newFolder = async (name: string) => {
    await lives.begin();
    count += 1;
    temporaryFolder();
    const folder = join(attempts, `${count}-${name}`);
    mkdirSync(folder);
    return folder;
  };
  return {
    temporaryFolder,
    attemptFolder: (task) => newFolder(fileNameOf(task)),
    // Making a folder and removing another takes fifty times as long as renaming one. None serves a second attempt,
    // since a process that the first one left may still stand in it; what such a process does to the view is noticed.
    emptyFolder: async () => emptied.pop() ?? newFolder('view'),
    dropAttempt: async (folder) => {
      // What an attempt made has been moved away, so that mostly nothing is left in it.
      if (emptied.length < mostEmptied && isEmpty(folder)) emptied.push(folder);
      else await removeTree(folder);
    },
    makeFolders: async (paths) => {
      // A folder's path begins with its parent's, so that the deepest ones make the others on their way.
      for (const path of paths) mkdirSync(path, { recursive: true });
    },
    checkpointFolder: async (name: Digest) => join(layout.checkpoints, name),
    dropCheckpoint: (name: Digest) => removeTree(join(layout.checkpoints, name)),
    logFile: async (task: TaskName) => {
      const folder = layout.logs(run);
      if (!logs) mkdirSync(folder, { recursive: true });
      logs = true;
      return join(folder, `${fileNameOf(task)}.log`);
    },
    logTail: async (logFile, lines) => readTail(logFile, lines),
    isFull: async () => {
      try {
        const { bavail, bsize } = statfsSync(attempts);
        return bavail * bsize < leastFree;
      } catch {
        // Somebody tidied up, which is another fault.
        return false;
      }
    },
  };
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    // Somebody tidied up, or it became another folder by its new name.
    return false;
  }
}

/** Bytes; what a command could not write any more is often left behind in part. */
const leastFree = 64 * 1024;
const tailBytes = 64 * 1024;

function readTail(path: string, lines: number): string[] {
  if (!existsSync(path)) return [];
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    const length = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const all = bytes.toString('utf8', 0, length).split(/\r?\n/);
    if (all.at(-1) === '') all.pop();
    return all.slice(-lines);
  } finally {
    closeSync(file);
  }
}
