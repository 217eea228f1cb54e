/** All that the store holds and names, read from the files themselves: the index is a cache and proves nothing. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest } from '../hash/digest.ts';
import type { Digest } from '../model/names.ts';
import type { ActionRecord, ItemRecord } from '../model/record.ts';
import type { Layout } from './layout.ts';
import { readSegment } from './segment.ts';

export interface AllRecords {
  /** Oldest first. */
  readonly tasks: readonly ActionRecord[];
  readonly items: readonly ItemRecord[];
  /** Lines that are not what was written, by the file's name. */
  readonly damaged: ReadonlyMap<string, number>;
}

export function readAllRecords({ records }: Layout): AllRecords {
  const tasks: ActionRecord[] = [];
  const items = new Map<string, ItemRecord>();
  const damaged = new Map<string, number>();
  for (const name of namesIn(records)) {
    const segment = readSegment(join(records, name), 0);
    if (segment.damaged > 0) damaged.set(name, segment.damaged);
    for (const entry of segment.entries) {
      if (entry.kind === 'task') tasks.push(entry.record);
      else items.set(entry.record.key, entry.record);
    }
  }
  return { tasks: tasks.sort((a, b) => a.startedAt - b.startedAt), items: [...items.values()], damaged };
}

export interface StoredObject {
  readonly digest: Digest;
  readonly path: string;
  readonly bytes: number;
  /** When it got its place or one of its links, by the filesystem's clock; milliseconds. */
  readonly changedAt: number;
}

export function listObjects({ objects }: Layout): StoredObject[] {
  return namesIn(objects).flatMap((shard) =>
    namesIn(join(objects, shard)).flatMap((rest) => {
      const digest = `${shard}${rest}`;
      const path = join(objects, shard, rest);
      const stats = isDigest(digest) ? statSync(path, { throwIfNoEntry: false }) : undefined;
      return stats ? [{ digest: digest as Digest, path, bytes: stats.size, changedAt: stats.ctimeMs }] : [];
    }),
  );
}

/** In order; none where the folder is not there. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
