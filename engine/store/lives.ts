import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunId } from '../model/names.ts';
import { type Database, openDatabase, sqliteCode } from './database.ts';
import type { Layout } from './layout.ts';
import { removeTree, removeTreeNow } from './remove-tree.ts';

/** Which runs live. A run holds an exclusive transaction on its own small file: the lock dies with the process. */
export interface Lives {
  /** Takes the lock of this run and buries the dead; once, before anything else is written. */
  readonly begin: () => Promise<void>;
  /** Whether a run lives; a dead one is buried: its children ended, its claims and attempts removed. */
  readonly lives: (run: string) => Promise<boolean>;
  /** Other runs that live; buries none. */
  readonly others: () => Promise<readonly RunId[]>;
  /** Waits while another process is dropping objects. */
  readonly passGate: () => Promise<void>;
  /** Buries every dead run; a look at two folders where there is none. */
  readonly buryDead: () => Promise<void>;
  readonly end: () => void;
}

export interface LivesOptions {
  readonly layout: Layout;
  readonly run: RunId;
  /** Ends what is left of a dead run's children, before its folders are removed under them. */
  readonly endOrphans: (runs: readonly string[]) => void;
}

/** Milliseconds; dropping takes seconds at most. */
const gatePause = 20;

/** The journal would be one more file to lie around; nothing is ever written that it could take back. */
const lock = 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE';

/**
 * A process number would be reused and means nothing in another container, a heartbeat would kill a laptop's run that
 * slept; the kernel's lock on a SQLite file has neither fault, is there on every platform, and works over NFS.
 */
export function createLives({ layout, run, endOrphans }: LivesOptions): Lives {
  let own: Database | undefined;
  let begun: Promise<void> | undefined;

  const takeOwn = async () => {
    mkdirSync(layout.runs, { recursive: true });
    // Locked under another name first, so that the file is never seen unlocked and taken for a dead run's.
    const unnamed = join(layout.runs, `${run}.new`);
    own = await openDatabase(unnamed, 0);
    own.exec(lock);
    renameSync(unnamed, layout.lock(run));
  };

  const lives = async (name: string): Promise<boolean> => {
    if (name === run) return own !== undefined;
    return probe(name, () => bury(name));
  };

  /** Whether its lock is held; where it is not, what is done about it is done under the lock. */
  const probe = async (name: string, dead: () => Promise<void>): Promise<boolean> => {
    mkdirSync(layout.runs, { recursive: true });
    const file = await openDatabase(layout.lock(name), 0);
    try {
      file.exec(lock);
      await dead();
      return false;
    } catch (error) {
      if (/^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error))) return true;
      // A lock that is held is met before the file is read: one that is damaged nobody holds.
      if (!/^SQLITE_(NOTADB|CORRUPT)/.test(sqliteCode(error))) throw error;
      await dead();
      return false;
    } finally {
      file.close();
    }
  };

  /** Only under the dead run's lock, so that two cannot bury at once; the lock's file goes last. */
  const bury = async (name: string) => {
    endOrphans([name]);
    for (const claim of namesIn(layout.claims)) {
      if (ownerOf(join(layout.claims, claim)) === name) rmSync(join(layout.claims, claim), { force: true });
    }
    try {
      await removeTree(layout.attemptsOf(name));
    } catch {
      // A child that no mark and no group led to still writes in there, or another user's files lie there. No result
      // rests on what a dead run left, so that nobody has to wait: the next start tries again.
      return;
    }
    if (ownerOf(layout.gate) === name) rmSync(layout.gate, { force: true });
    for (const book of [layout.relied(name), layout.reading(name)]) rmSync(book, { force: true });
    rmSync(layout.lock(name), { force: true });
  };

  const others = async (): Promise<RunId[]> => {
    const living: RunId[] = [];
    for (const file of namesIn(layout.runs)) {
      const name = file.slice(0, -5);
      if (file.endsWith('.lock') && name !== run && (await probe(name, async () => {}))) living.push(name as RunId);
    }
    return living;
  };

  const passGate = async () => {
    while (existsSync(layout.gate)) {
      const owner = ownerOf(layout.gate);
      if (owner === run || (owner !== undefined && !(await lives(owner)))) return;
      await wait(gatePause);
    }
  };

  const buryDead = async () => {
    const known = namesIn(layout.runs).flatMap((file) => (file.endsWith('.lock') ? [file.slice(0, -5)] : []));
    const left = namesIn(layout.attempts).filter((name) => !existsSync(layout.lock(name)));
    for (const name of new Set([...known, ...left])) if (name !== run) await lives(name);
  };

  const begin = async () => {
    // Its lock first: either who drops objects sees that this run lives, or this run sees the gate and waits.
    await takeOwn();
    await passGate();
    await buryDead();
  };

  return {
    begin: () => {
      begun ??= begin();
      return begun;
    },
    lives,
    others,
    passGate,
    buryDead,
    end: () => {
      if (own === undefined) return;
      if (ownerOf(layout.gate) === run) rmSync(layout.gate, { force: true });
      for (const book of [layout.relied(run), layout.reading(run)]) rmSync(book, { force: true });
      try {
        removeTreeNow(layout.attemptsOf(run));
      } catch {
        // As with what a dead run left: the next start tries again.
      }
      rmSync(layout.lock(run), { force: true });
      own.close();
      own = undefined;
    },
  };
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The run that a claim names; undefined where the claim is gone. One whose text a power cut took is nobody's and goes. */
export function ownerOf(claim: string): string | undefined {
  try {
    const owner = readFileSync(claim, 'utf8');
    if (owner !== '') return owner;
    rmSync(claim, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return undefined;
}
