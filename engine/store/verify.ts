/** Reads all of the store, puts out what is damaged and heals what has a second copy. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Digest } from '../model/names.ts';
import type { ShownOutput, StoreCheck, StoreFault, UpkeepProgress } from '../model/upkeep.ts';
import { listObjects, readAllRecords, type StoredObject } from './census.ts';
import { readDropped } from './dropped.ts';
import { hashObjects } from './hash-objects.ts';
import { findCopies } from './healing.ts';
import { mendRecords } from './mend-records.ts';
import { describeOwners, namedObjects } from './owners.ts';
import type { StoreParts } from './parts.ts';
import { copyObject } from './take.ts';

export interface CheckRequest {
  readonly shown: readonly ShownOutput[];
  readonly progress?: UpkeepProgress;
}

export async function checkStore(request: CheckRequest, parts: StoreParts): Promise<StoreCheck> {
  const { layout, root } = parts;
  const indexFault = await checkIndex(parts);
  const stored = listObjects(layout);
  const damaged = await findDamaged(stored, request.progress ?? (() => {}));
  const records = readAllRecords(layout);
  for (const { digest } of damaged) parts.objects.discard(digest);

  const present = new Set(stored.map(({ digest }) => digest));
  for (const { digest } of damaged) present.delete(digest);
  const dropped = readDropped(layout);
  const wasDamaged = new Set(damaged.map(({ digest }) => digest));
  // What was dropped after the last record that names it was dropped for good.
  const isDropped = (digest: Digest, at: number) => !wasDamaged.has(digest) && (dropped.get(digest) ?? -1) >= at;
  const bad = new Set<Digest>(wasDamaged);
  const healed = new Map<Digest, string>();
  let droppedCount = 0;
  // A list of files that was healed may name files that are missing, too.
  for (let known = -1; known < bad.size; ) {
    known = bad.size;
    const absent = [...namedObjects(records, parts.readManifest)].filter(([digest]) => !present.has(digest));
    for (const [digest, at] of absent) if (!isDropped(digest, at)) bad.add(digest);
    droppedCount = absent.filter(([digest, at]) => isDropped(digest, at)).length;
    const open = new Set([...bad].filter((digest) => !healed.has(digest)));
    for (const [digest, from] of await heal(open, request.shown, { parts, records })) {
      healed.set(digest, from);
      present.add(digest);
    }
  }
  const owners = describeOwners(bad, records, parts.readManifest);
  const faults = [...bad].map((digest): StoreFault => {
    const healedFrom = healed.get(digest);
    const moved = join(layout.damaged, digest);
    return {
      of: 'object',
      what: wasDamaged.has(digest) ? 'damaged' : 'missing',
      path: relative(root, layout.object(digest)),
      digest,
      owners: owners.get(digest)?.names ?? [],
      tasks: owners.get(digest)?.tasks ?? [],
      ...(healedFrom === undefined ? {} : { healedFrom }),
      ...(wasDamaged.has(digest) && existsSync(moved) ? { movedTo: relative(root, moved) } : {}),
    };
  });
  const recordFaults = await mendRecords(records, parts);
  return {
    objects: stored.length,
    bytes: stored.reduce((sum, { bytes }) => sum + bytes, 0),
    faults: [...indexFault, ...recordFaults, ...faults],
    dropped: droppedCount,
  };
}

/** An object that went away meanwhile is none of these. */
async function findDamaged(stored: readonly StoredObject[], progress: UpkeepProgress): Promise<StoredObject[]> {
  const total = stored.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  progress(done, total);
  const digests = await hashObjects(stored, (bytes) => {
    done += bytes;
    progress(done, total);
  });
  return stored.filter(({ digest, path }, index) => digests[index] !== digest && existsSync(path));
}

interface HealingRequest {
  readonly parts: StoreParts;
  readonly records: ReturnType<typeof readAllRecords>;
}

async function heal(
  bad: ReadonlySet<Digest>,
  shown: readonly ShownOutput[],
  { parts, records }: HealingRequest,
): Promise<ReadonlyMap<Digest, string>> {
  const healed = new Map<Digest, string>();
  if (bad.size === 0) return healed;
  await parts.lives.begin();
  for (const copy of await findCopies(bad, shown, { ...parts, tasks: records.tasks })) {
    if (healed.has(copy.digest)) continue;
    const isWhole =
      copy.kind === 'list'
        ? parts.objects.put(copy.bytes) === copy.digest
        : isFile(copy.path) && (await copyObject(parts.objects, copy.path, copy.digest));
    if (isWhole) healed.set(copy.digest, copy.shown);
  }
  return healed;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The index is made again from the records by whoever asks next, so that a damaged one is only taken away. */
async function checkIndex({ layout, root, index }: StoreParts): Promise<StoreFault[]> {
  if (!existsSync(layout.index) || (await index.isSound())) return [];
  await index.close();
  for (const end of ['', '-wal', '-shm']) rmSync(layout.index + end, { force: true });
  const path = relative(root, layout.index);
  return [{ of: 'index', what: 'damaged', path, owners: [], tasks: [], healedFrom: 'the records' }];
}
