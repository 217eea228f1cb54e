import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/** How a folder refuses: a task made one in it read-only, or went deeper than a path may be long. */
const refusals = new Set(['EACCES', 'EPERM', 'ENAMETOOLONG']);
const always = { recursive: true, force: true, maxRetries: 2, retryDelay: 20 } as const;

/** Removes a file or a folder, whatever a task made of it; throws what keeps something there. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, always);
  } catch (error) {
    insist(path, error);
  }
}

export function removeTreeNow(path: string): void {
  try {
    rmSync(path, always);
  } catch (error) {
    insist(path, error);
  }
}

/** `find` and `rm` go down by open folders, so that no path becomes too long for them; Node has no such call. */
function insist(path: string, error: unknown): void {
  if (!refusals.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  spawnSync('find', [path, '-type', 'd', '!', '-perm', '-700', '-exec', 'chmod', 'u+rwx', '{}', ';']);
  spawnSync('rm', ['-rf', path]);
  rmSync(path, always);
}
