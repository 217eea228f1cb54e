import type { Database } from 'libsql';

export type { Database };

/** Loaded at the first need: importing the library costs fifteen milliseconds, which a run that changes nothing saves. */
export async function openDatabase(path: string, timeout: number): Promise<Database> {
  const { default: Sqlite } = await import('libsql');
  try {
    return new Sqlite(path, { timeout });
  } catch (error) {
    // At this one place the library tells SQLite's code in its text alone.
    const rawCode = /ConnectionFailed\(.*: (\d+)"\)$/.exec((error as Error).message)?.[1];
    throw rawCode === undefined ? error : Object.assign(error as Error, { rawCode: Number(rawCode), path });
  }
}

export function sqliteCode(error: unknown): string {
  return error instanceof Error ? String((error as { code?: unknown }).code ?? '') : '';
}
