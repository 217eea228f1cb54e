/** What one process learned of the stages' code and the next need not learn again: one JSON file. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isForbidden } from '../model/forbidden.ts';
import type { JsonObject } from '../model/names.ts';
import type { ForeseenFault, StageCode } from '../model/stage-code.ts';
import type { Closure } from './closure.ts';
import type { StageFacts } from './declaration.ts';
import type { KnownFacts } from './facts.ts';

export type KnownCode = Pick<StageCode, 'digest' | 'packages' | 'files'>;

export interface CodeCache {
  readonly modules: Known<{ readonly code: KnownCode; readonly closure: Closure }>;
  /** By code digest. */
  readonly declarations: Known<StageFacts>;
  /** By code digest and parameters. */
  readonly parameters: Known<JsonObject>;
  readonly facts: Known<KnownFacts>;
  /** By code digest, parameters and items. */
  readonly foreseen: Known<readonly ForeseenFault[]>;
  /** Writes what is new; what was not asked for is kept up to a limit, since other settings ask for it. */
  readonly save: () => void;
}

/** A map that remembers what was used, so that the rest can be dropped. */
export interface Known<T> {
  readonly get: (name: string) => T | undefined;
  readonly set: (name: string, value: T) => void;
  readonly delete: (name: string) => void;
  readonly values: () => Iterable<T>;
}

const keptUnused = 2_000;

/** `validity` names what the whole cache rests on; a cache of another validity, or a damaged one, counts as empty. */
export function openCache(path: string, validity: string): CodeCache {
  const stored = readStored(path);
  const old = stored.validity === validity ? stored : {};
  let changed = old !== stored;
  const books: Record<string, Map<string, unknown>> = {};
  const used: Record<string, Set<string>> = {};

  function book<T>(name: string): Known<T> {
    const map = new Map<string, unknown>(Object.entries(Object(old[name])));
    const names = new Set<string>();
    books[name] = map;
    used[name] = names;
    return {
      get: (key) => {
        names.add(key);
        return map.get(key) as T | undefined;
      },
      set: (key, value) => {
        names.add(key);
        map.set(key, value);
        changed = true;
      },
      delete: (key) => {
        changed = map.delete(key) || changed;
      },
      values: () => map.values() as Iterable<T>,
    };
  }

  return {
    modules: book('modules'),
    declarations: book('declarations'),
    parameters: book('parameters'),
    facts: book('facts'),
    foreseen: book('foreseen'),
    save: () => {
      if (!changed) return;
      const contents: Record<string, unknown> = { validity };
      for (const [name, map] of Object.entries(books)) {
        const unused = [...map.keys()].filter((key) => !used[name]?.has(key));
        for (const key of unused.slice(0, Math.max(0, unused.length - keptUnused))) map.delete(key);
        contents[name] = Object.fromEntries(map);
      }
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(`${path}.${process.pid}`, JSON.stringify(contents));
        renameSync(`${path}.${process.pid}`, path);
      } catch (error) {
        // What it holds is learned again by the next run; whatever has to be kept meets the fault itself.
        if (!isForbidden(error)) throw error;
      }
      changed = false;
    },
  };
}

function readStored(path: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Missing, or cut short by a full disk: everything in it can be learned again.
    return {};
  }
}
