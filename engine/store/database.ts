import type { Database } from 'libsql';

export type { Database };

/** Loaded at the first need: importing the library costs fifteen milliseconds, which a run that changes nothing saves. */
export async function openDatabase(path: string, timeout: number): Promise<Database> {
  const { default: Sqlite } = await import('libsql');
  return new Sqlite(path, { timeout });
}

export function sqliteCode(error: unknown): string {
  return error instanceof Error ? String((error as { code?: unknown }).code ?? '') : '';
}
