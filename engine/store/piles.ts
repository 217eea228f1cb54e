/** What lies below .flow/ beside objects and records. */
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isDigest } from '../hash/digest.ts';
import type { RunId } from '../model/names.ts';
import type { CollectRequest, GcAnswer, PileKind } from '../model/upkeep.ts';
import { namesIn } from './census.ts';
import type { Candidate } from './choice.ts';
import { measureFolder } from './measure.ts';
import type { StoreParts } from './parts.ts';

/** What only a person may want to look at, or what a few milliseconds make again, stays as long as this; milliseconds. */
export const keptFor = 7 * 24 * 3600 * 1000;

export async function findPiles(
  request: CollectRequest,
  living: readonly RunId[],
  { layout, run }: StoreParts,
): Promise<Candidate[]> {
  const { at, bundles, compared, checkpoints } = request;
  const isLiving = (name: string) => name === run || living.includes(name as RunId);
  const piles: Candidate[] = [];
  const add = async (kind: PileKind, path: string, more: Partial<Candidate> = {}) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    const bytes = stats.isDirectory() ? (await measureFolder(path)).bytes : stats.size;
    const old = at - stats.mtimeMs > keptFor;
    const name = `${relative(layout.folder, join(path, '..'))}/`;
    piles.push({
      kind,
      name,
      seconds: 0,
      at: stats.mtimeMs,
      needless: old,
      digests: [],
      ...more,
      paths: [{ path, bytes }],
    });
  };
  for (const name of namesIn(layout.attempts)) {
    if (!isLiving(name)) await add('attempt', join(layout.attempts, name), { needless: true });
  }
  const logs = join(layout.folder, 'logs');
  for (const name of namesIn(logs)) if (!isLiving(name)) await add('log', join(logs, name));
  for (const name of namesIn(layout.damaged)) await add('damaged', join(layout.damaged, name));
  for (const cache of ['pipelines', 'standstills', 'grounds']) {
    const folder = join(layout.folder, 'cache', cache);
    for (const name of namesIn(folder)) await add('cache', join(folder, name));
  }
  // Only with age: without it the next run reads again what it stands for.
  const stats = join(layout.folder, 'cache', 'files');
  for (const name of namesIn(stats)) {
    const path = join(stats, name);
    if (at - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? at) > keptFor) await add('cache', path);
  }
  // A run that goes on may train from a checkpoint, and its workers may load a bundle, at any time.
  if (living.length > 0) return piles;
  const code = join(layout.folder, 'code');
  for (const name of namesIn(code)) {
    if (!isDigest(name) || bundles.has(name)) continue;
    const folder = join(code, name);
    const needless = at - statSync(folder).mtimeMs > keptFor;
    if (!compared.has(name)) {
      await add('bundle', folder, { name: 'code/', needless });
      continue;
    }
    // The readable text stays, since later code is compared with it.
    const parts = namesIn(folder).filter((part) => part !== 'source.mjs');
    for (const part of parts) await add('bundle', join(folder, part), { name: 'code/', needless });
  }
  for (const name of namesIn(layout.checkpoints)) {
    const path = join(layout.checkpoints, name);
    const { task = 'checkpoints of no task here', finished = false } = checkpoints.get(name) ?? {};
    const seconds = finished ? 0 : await secondsSpent(path);
    await add('checkpoint', path, { name: task, seconds, needless: false });
  }
  return piles;
}

/** From the making of the folder to the last file in it: what the training that left it had taken so far. */
async function secondsSpent(folder: string): Promise<number> {
  const first = statSync(folder).birthtimeMs;
  let last = first;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const stats = statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false });
    last = Math.max(last, stats?.mtimeMs ?? 0);
  }
  return (last - first) / 1000;
}

/** A person's files; listed, and never touched. */
export async function listEdited({ layout, root }: StoreParts): Promise<GcAnswer['edited']> {
  const folder = join(layout.folder, 'edited');
  if (namesIn(folder).length === 0) return [];
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const stats = entry.isDirectory() ? undefined : statSync(path, { throwIfNoEntry: false });
      return entry.isDirectory() ? [] : [{ path: relative(root, path), bytes: stats?.size ?? 0 }];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
