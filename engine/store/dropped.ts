/**
 * What `flow gc` dropped, a file a collection: when, and the digests. It only explains why an object that a record names
 * is not there; whether one is there is asked of the disk alone.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest } from '../hash/digest.ts';
import type { Digest } from '../model/names.ts';
import { namesIn } from './census.ts';
import type { Layout } from './layout.ts';

export function writeDropped(layout: Layout, name: string, at: number, digests: readonly Digest[]): void {
  mkdirSync(layout.dropped, { recursive: true });
  writeFileSync(join(layout.dropped, name), `${[at, ...digests].join('\n')}\n`);
}

/** When each was dropped last; milliseconds since 1970. */
export function readDropped({ dropped }: Layout): ReadonlyMap<Digest, number> {
  const found = new Map<Digest, number>();
  for (const name of namesIn(dropped)) {
    const [at = '', ...lines] = readFileSync(join(dropped, name), 'utf8').split('\n');
    for (const line of lines) {
      if (isDigest(line)) found.set(line as Digest, Math.max(Number(at) || 0, found.get(line as Digest) ?? 0));
    }
  }
  return found;
}
