import { setTimeout as wait } from 'node:timers/promises';
import type { PathState } from '../model/artifact.ts';
import type { Files, PathQuery } from '../model/ports.ts';
import { createPackCache } from './cache.ts';
import { changesAt } from './changes.ts';
import { hashMany } from './hash-many.ts';
import { createLoose } from './loose.ts';
import { createClock, momentOnce, settled } from './moment.ts';
import { createOwnWrites } from './own-writes.ts';
import type { Pack } from './pack.ts';
import { createSights } from './sights.ts';
import { type FileStat, fileStat, statOf } from './stats.ts';
import { type Answered, survey } from './survey.ts';
import { type Target, targetOf } from './target.ts';

export interface FilesOptions {
  /** The project's folder, absolute; relative queries begin here. */
  readonly root: string;
  /** Where the stat cache lies, absolute; best on the filesystem of the files. */
  readonly cacheFolder: string;
  /** The module of a hashing thread; a bundle has to name its own. */
  readonly hashWorker?: URL;
  /** Files written into one folder, from which on it is walked through at the end; 50,000 where it is not given. */
  readonly worthWalk?: number;
}

const singles = 'single files';
/** How often a target is looked at again that changes while it is looked at. */
const rounds = 4;
/** A walk through so many written files takes half a second, which a person would notice. */
const manyWritten = 50_000;
/** Longer than a tick of any common kernel's clock, in milliseconds. */
const tick = 12;

interface Manner {
  readonly isGlance: boolean;
  readonly stirred: () => void;
}

const plainly: Manner = { isGlance: false, stirred: () => {} };

/** Knows files by stat and hashes the rest. A refused or missing path is an answer; only a broken cache folder throws, in `save`. */
export function createFiles({ root, cacheFolder, hashWorker, worthWalk = manyWritten }: FilesOptions): Files {
  const clock = createClock(cacheFolder);
  const cache = createPackCache(cacheFolder);
  const worker = hashWorker ?? new URL('./hash-worker.ts', import.meta.url);
  const loose = createLoose(root, cache.read(singles));
  const packs = new Map<string, Pack | undefined>();
  const dirty = new Set<string>();
  const sights = createSights(root);
  const own = createOwnWrites();
  /** How many files the engine wrote into a folder. */
  const filled = new Map<string, number>();
  /** Counts looks and writes, so that of what was seen and what was written the later one is known. */
  let turn = 0;
  /** When the last of them was, in milliseconds. */
  let turnedAt = 0;
  /** Targets whose last look nothing has cast doubt on since. */
  const trusted = new Set<string>();
  /** By inode: how the engine left files of which it made or removed a name, which moves their ctime under every name. */
  const moved = new Map<number, FileStat>();

  const packOf = (name: string): Pack | undefined => {
    if (!packs.has(name)) packs.set(name, cache.read(name));
    return packs.get(name);
  };
  const keep = (target: Target, { sight, pack }: Answered, at: number) => {
    sights.set(target, { sight, at });
    trusted.add(target.name);
    if (pack === undefined) return;
    packs.set(target.name, pack);
    dirty.add(target.name);
  };

  const lookOnce = async (targets: readonly Target[], { isGlance, stirred }: Manner): Promise<readonly Answered[]> => {
    turn += 1;
    turnedAt = performance.now();
    const at = turn;
    const moment = momentOnce(clock);
    const surveys = targets.map((target) => {
      const isTrusted = isGlance && trusted.has(target.name);
      return survey({ target, moment, loose, pack: () => packOf(target.name), isTrusted, stirred });
    });
    const requests = surveys.flatMap((surveyed) => ('requests' in surveyed ? surveyed.requests : []));
    const answers = await hashMany(requests, worker);
    let row = 0;
    return surveys.map((surveyed, index) => {
      let answered: Answered;
      if ('requests' in surveyed) {
        answered = surveyed.finish(answers.slice(row, row + surveyed.requests.length));
        row += surveyed.requests.length;
      } else {
        answered = surveyed;
      }
      const target = targets[index];
      if (target !== undefined) keep(target, answered, at);
      return answered;
    });
  };

  const look = async (queries: readonly PathQuery[], manner: Manner): Promise<readonly PathState[]> => {
    const targets = queries.map((query) => targetOf(root, query));
    const states = new Map<string, PathState>();
    let open = [...new Map(targets.map((target) => [target.name, target])).values()];
    for (let round = 0; round < rounds && open.length > 0; round++) {
      if (round > 0) await wait(tick);
      // What came since the look before is known from the first round alone.
      const answers = await lookOnce(open, round === 0 ? manner : { ...manner, stirred: () => {} });
      open.forEach((target, index) => {
        states.set(target.name, answers[index]?.state ?? { kind: 'missing' });
      });
      open = open.filter((_, index) => answers[index]?.again === true);
    }
    return targets.map(({ name }) => states.get(name) ?? { kind: 'missing' });
  };

  const renamed: Files['renamed'] = (paths) => {
    for (const path of paths) {
      const stats = statOf(path);
      if (stats !== undefined) moved.set(fileStat(stats).inode, fileStat(stats));
    }
  };

  const learn: Files['learn'] = (written) => {
    const moment = clock();
    turn += 1;
    const folder = written.find(({ path }) => path.endsWith('/'))?.path;
    if (folder !== undefined) filled.set(folder, (filled.get(folder) ?? 0) + written.length);
    turnedAt = performance.now();
    for (const { path, digest } of written) {
      const stats = digest === null ? undefined : statOf(path);
      own.set(path, { stat: stats === undefined ? null : fileStat(stats), at: turn });
      if (stats !== undefined) moved.set(fileStat(stats).inode, fileStat(stats));
      if (stats === undefined || digest === null) continue;
      loose.set(path, { stat: fileStat(stats), digest, fingerprint: '', settled: settled(stats, moment) });
    }
  };

  const lookAt = (paths: readonly string[]) =>
    look(
      paths.map((path) => ({ path, glob: false })),
      plainly,
    );

  /**
   * What the engine wrote in this very tick is read once now, instead of at the start of every next run; and a folder that
   * it filled is walked through now, since who runs again to see that nothing is left to do should not wait for that.
   */
  const settle = async () => {
    const folders = [...filled].flatMap(([folder, files]) => (files >= worthWalk ? [folder.slice(0, -1)] : []));
    // Mostly some of the tick is over.
    const left = Math.max(0, turnedAt + tick - performance.now());
    if (folders.length > 0 || loose.unsettled().length > 0) await wait(left);
    filled.clear();
    await lookAt(folders);
    await lookAt(loose.unsettled());
  };

  return {
    look: (queries, stirred) => look(queries, stirred ? { ...plainly, stirred } : plainly),
    glance: (queries) => look(queries, { ...plainly, isGlance: true }),
    learn,
    renamed,
    changedSince: async (queries) => {
      const moment = momentOnce(clock);
      const changed = queries.flatMap((query) => {
        const target = targetOf(root, query);
        return changesAt({ target, moment, before: sights.of(target), own, moved });
      });
      if (changed.length > 0) trusted.clear();
      return changed;
    },
    save: async () => {
      await settle();
      for (const name of dirty) {
        const pack = packs.get(name);
        if (pack !== undefined) await cache.write(name, pack);
      }
      dirty.clear();
      if (loose.dirty()) await cache.write(singles, loose.pack());
    },
  };
}
