/**
 * What `flow gc` dropped, a file a collection: when, and the digests. It only explains why an object that a record names
 * is not there; whether one is there is asked of the disk alone.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Whether an object was dropped after a moment. What was damaged is lost, though a later collection noted that it is gone.
 * The lists are read again only where there are others, since it may be asked of every object that is not there.
 */
export function createDroppedSearch(layout: Layout): (digest: Digest, since: number) => boolean {
  let read: { readonly lists: string; readonly at: ReadonlyMap<Digest, number> } | undefined;
  return (digest, since) => {
    const lists = namesIn(layout.dropped).join('\n');
    if (read?.lists !== lists) read = { lists, at: readDropped(layout) };
    return (read.at.get(digest) ?? -1) >= since && !existsSync(join(layout.damaged, digest));
  };
}

/** Leaves of each collection only what somebody may still ask for: what a record names, and was not dropped again later. */
export function pruneDropped(layout: Layout, isNamed: (digest: Digest) => boolean): void {
  const known = new Set<Digest>();
  for (const name of namesIn(layout.dropped).reverse()) {
    const path = join(layout.dropped, name);
    const [at = '', ...lines] = readFileSync(path, 'utf8').split('\n');
    const digests = lines.filter(isDigest) as Digest[];
    const staying = digests.filter((digest) => isNamed(digest) && !known.has(digest));
    for (const digest of staying) known.add(digest);
    if (staying.length === 0) rmSync(path);
    else if (staying.length < digests.length) writeDropped(layout, name, Number(at), staying);
  }
}
