/**
 * A lock between processes that dies with its holder.
 *
 * SQLite's exclusive transaction is held as a lock of the operating system on the file, so a killed process leaves
 * none behind. A lock file with a process id was rejected: ids are reused, and say nothing across containers.
 */
import Database from 'libsql';

const pollMilliseconds = 250;

export interface LockRequest {
  /** A file that is made where it is missing, and stays. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Called once where another process holds the lock. */
  readonly onWait: () => void;
}

/** Runs `body` while no other process runs one under the same path. */
export async function withLock<T>(request: LockRequest, body: () => Promise<T>): Promise<T> {
  const database = new Database(request.path, { timeout: 0 });
  try {
    await acquire(database, request);
    return await body();
  } finally {
    // Closing gives the lock back; the transaction has written nothing.
    database.close();
  }
}

async function acquire(database: Database.Database, { signal, onWait }: LockRequest): Promise<void> {
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    try {
      database.exec('BEGIN EXCLUSIVE');
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (tries === 0) onWait();
      await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
    }
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    /SQLITE_BUSY|database is locked/.test(`${(error as { code?: string }).code} ${error.message}`)
  );
}
