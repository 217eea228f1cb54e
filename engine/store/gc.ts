/** Drops what the store need not hold: docs/adr/0015-garbage.md says why it may, also while runs go on. */
import { linkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Digest, RunId } from '../model/names.ts';
import type { CollectRequest, GcAnswer, Pile } from '../model/upkeep.ts';
import { listObjects, readAllRecords } from './census.ts';
import { type Candidate, type Choice, chooseDropped } from './choice.ts';
import { writeDropped } from './dropped.ts';
import { storeBytes } from './measure.ts';
import type { StoreParts } from './parts.ts';
import { findPiles, listEdited } from './piles.ts';
import { describeHolders, protectedObjects } from './protection.ts';
import { removeTreeNow } from './remove-tree.ts';
import { findShrinking } from './shrink.ts';

export async function collect(request: CollectRequest, parts: StoreParts): Promise<GcAnswer> {
  // Before this run begins, since that sweeps the attempts of dead runs.
  const before = await storeBytes(parts.root);
  const piles = await findPiles(request, await parts.lives.others(), parts);
  if (!request.dryRun) await shutGate(parts);
  try {
    const living = await parts.lives.others();
    // A run may have begun while all that was measured, and may need these at any time.
    const open = living.length === 0 ? piles : piles.filter(({ kind }) => kind !== 'checkpoint' && kind !== 'bundle');
    const choice = decide(request, { before, piles: open, living }, parts);
    const shrinking = await findShrinking({ at: request.at, living, gone: new Set(choice.digests) }, parts);
    if (!request.dryRun) {
      drop(choice, request.at, parts);
      await shrinking.apply();
    }
    return await describe(request, { before, choice, living, shrunk: shrinking.piles }, parts);
  } finally {
    if (!request.dryRun) rmSync(parts.layout.gate, { force: true });
  }
}

/** From now on no run begins, and none counts on an object unseen, until the gate is open again. */
async function shutGate({ layout, lives, run, objects }: StoreParts): Promise<void> {
  await lives.begin();
  const named = objects.temporary();
  writeFileSync(named, run);
  for (;;) {
    try {
      linkSync(named, layout.gate);
      return rmSync(named);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await lives.passGate();
    }
  }
}

interface Situation {
  readonly before: number;
  readonly piles: readonly Candidate[];
  readonly living: readonly RunId[];
}

interface Decided extends Choice {
  readonly current: number;
  /** Objects that records name and that are gone already. */
  readonly absent: readonly Digest[];
  readonly lists: ReadonlySet<Digest>;
}

function decide(request: CollectRequest, { before, piles, living }: Situation, parts: StoreParts): Decided {
  const stored = listObjects(parts.layout);
  const records = readAllRecords(parts.layout);
  const since = earliest(request, living, parts);
  const safe = protectedObjects({ stored, records, living, since }, parts);
  const { holders, absent, lists } = describeHolders({ stored, records, safe }, parts);
  const choice = chooseDropped({
    candidates: [...piles, ...holders],
    sizes: new Map(stored.map(({ digest, bytes }) => [digest, bytes])),
    safe,
    before,
    ...(request.maxBytes === undefined ? {} : { maxBytes: request.maxBytes }),
  });
  const current = stored.reduce((sum, { digest, bytes }) => sum + (safe.has(digest) ? bytes : 0), 0);
  return { ...choice, current, absent, lists };
}

/** Objects that got their place after this are some run's that goes on; by the filesystem's clock. */
function earliest({ at, dryRun }: CollectRequest, living: readonly RunId[], { layout }: StoreParts): number {
  const files = [...living.map(layout.lock), ...(dryRun ? [] : [layout.gate])];
  const times = files.flatMap((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? []);
  return Math.min(at, ...times);
}

/**
 * Lists of files go before the files: where a list is there, all that it names is, so that a kill in the middle leaves
 * results that are whole or known to be gone, and the rest for the next collection.
 */
function drop({ digests, paths, absent, lists }: Decided, at: number, { layout, run, objects }: StoreParts): void {
  if (digests.length + absent.length > 0) writeDropped(layout, run, at, [...absent, ...digests]);
  const inOrder = [...digests].sort((a, b) => Number(lists.has(b)) - Number(lists.has(a)));
  for (const digest of inOrder) rmSync(objects.pathOf(digest), { force: true });
  for (const path of paths) removeTreeNow(path);
}

interface Told {
  readonly before: number;
  readonly choice: Decided;
  readonly shrunk: readonly Pile[];
  readonly living: readonly RunId[];
}

async function describe(request: CollectRequest, told: Told, parts: StoreParts): Promise<GcAnswer> {
  const { before, choice, living, shrunk } = told;
  const { dryRun, maxBytes } = request;
  const edited = await listEdited(parts);
  const after = before - choice.bytes - sumOf(shrunk);
  const checkpoints = sumOf(choice.staying.filter(({ kind }) => kind === 'checkpoint'));
  const results = sumOf(choice.staying.filter(({ kind }) => kind === 'result' || kind === 'item'));
  const editedBytes = edited.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    dryRun,
    before,
    after,
    ...(maxBytes === undefined ? {} : { maxBytes }),
    reached: maxBytes === undefined || after <= maxBytes,
    dropped: [...choice.dropped, ...shrunk],
    kept: {
      current: choice.current,
      results,
      checkpoints,
      edited: editedBytes,
      rest: after - choice.current - results - checkpoints - editedBytes,
    },
    edited,
    living,
  };
}

function sumOf(piles: readonly Pick<Pile, 'bytes'>[]): number {
  return piles.reduce((sum, { bytes }) => sum + bytes, 0);
}
