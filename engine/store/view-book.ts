import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { digestText } from '../hash/digest.ts';
import type { ActionKey, TaskName } from '../model/names.ts';
import type { ViewEntry } from '../model/ports.ts';
import type { PipelineSettings } from '../model/spec.ts';
import { type CompactRecord, packRecord, unpackRecord } from './compact-record.ts';

/** What artifacts/ shows. A hint and never a proof: whether the files are in place is asked of the disk. */
export interface ViewBook {
  readonly entries: () => ReadonlyMap<TaskName, ViewEntry>;
  readonly settings: () => PipelineSettings | undefined;
  readonly set: (task: TaskName, entry: ViewEntry) => void;
  readonly forget: (task: TaskName) => void;
  /** Whether there is anything to save. */
  readonly isChanged: (settings: PipelineSettings | undefined) => boolean;
  /** Whole or not at all; keeps what another process entered before. */
  readonly save: (settings: PipelineSettings | undefined) => void;
  readonly clear: () => void;
}

interface Content {
  readonly settings?: PipelineSettings;
  readonly tasks: readonly (readonly [
    TaskName,
    ActionKey,
    CompactRecord,
    kept?: true | null,
    views?: readonly string[],
  ])[];
}

interface Loaded {
  readonly entries: Map<TaskName, ViewEntry>;
  readonly settings: PipelineSettings | undefined;
  /** Modification time of the file that was read. */
  readonly at: number;
}

export function createViewBook(path: string): ViewBook {
  let loaded: Loaded | undefined;
  /** What this process changed; null for what it removed. */
  const changes = new Map<TaskName, ViewEntry | null>();
  const load = () => {
    loaded ??= read(path);
    return loaded;
  };
  const change = (task: TaskName, entry: ViewEntry | null) => {
    if (entry === null) load().entries.delete(task);
    else load().entries.set(task, entry);
    changes.set(task, entry);
  };
  return {
    entries: () => load().entries,
    settings: () => load().settings,
    set: (task, entry) => change(task, entry),
    forget: (task) => change(task, null),
    isChanged: (settings) =>
      changes.size > 0 || (settings !== undefined && JSON.stringify(settings) !== JSON.stringify(load().settings)),
    save: (settings) => {
      const { entries, settings: before } = load().at === changedAt(path) ? load() : read(path);
      for (const [task, entry] of changes) {
        if (entry === null) entries.delete(task);
        else entries.set(task, entry);
      }
      const shown = settings ?? before;
      const content: Content = {
        ...(shown === undefined ? {} : { settings: shown }),
        tasks: [...entries].map(([task, entry]) => pack(task, entry)),
      };
      const text = JSON.stringify(content);
      const file = `${path}.${process.pid}`;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(file, `${digestText(text)}\n${text}`);
      renameSync(file, path);
      changes.clear();
      loaded = { entries, settings: shown, at: changedAt(path) };
    },
    clear: () => {
      changes.clear();
      loaded = { entries: new Map(), settings: undefined, at: -1 };
    },
  };
}

function pack(task: TaskName, { key, record, kept, views }: ViewEntry): Content['tasks'][number] {
  return [task, key, packRecord(record), kept ?? null, views];
}

/** A book that is missing or damaged is an empty one: everything is then looked up by its key and put in place again. */
function read(path: string): Loaded {
  const at = changedAt(path);
  try {
    const text = readFileSync(path, 'utf8');
    const body = text.slice(65);
    if (digestText(body) !== text.slice(0, 64)) return { entries: new Map(), settings: undefined, at };
    const { settings, tasks } = JSON.parse(body) as Content;
    const entries = new Map(
      tasks.map(([task, key, record, kept, views]) => [
        task,
        { key, record: unpackRecord(record), ...(kept ? { kept } : {}), ...(views ? { views } : {}) },
      ]),
    );
    return { entries, settings, at };
  } catch {
    return { entries: new Map(), settings: undefined, at };
  }
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
