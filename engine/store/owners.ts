/** Which results an object belongs to. */
import type { Manifest } from '../model/artifact.ts';
import type { Digest, TaskName } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import type { AllRecords } from './census.ts';

type ReadManifest = (digest: Digest) => Manifest | undefined;

/** Every object that a record names, with the start of the last task that did; 0 where only an item's record does. */
export function namedObjects({ tasks, items }: AllRecords, readManifest: ReadManifest): ReadonlyMap<Digest, number> {
  const named = new Map<Digest, number>();
  const name = (digest: Digest, at: number) => named.set(digest, Math.max(at, named.get(digest) ?? 0));
  const members = memberReader(readManifest);
  for (const { result } of items) {
    if (result.kind === 'made') for (const { digest } of Object.values(result.outputs)) name(digest, 0);
  }
  for (const { outputs, log, startedAt } of tasks) {
    if (log) name(log, startedAt);
    for (const output of Object.values(outputs)) {
      if (output === null) continue;
      name(output.digest, startedAt);
      if (output.kind !== 'file') for (const [digest] of members(output.digest)) name(digest, startedAt);
    }
  }
  return named;
}

/** Files of a folder by digest, with one of their paths; each list is read once. */
export function memberReader(readManifest: ReadManifest): (digest: Digest) => ReadonlyMap<Digest, string> {
  const known = new Map<Digest, ReadonlyMap<Digest, string>>();
  return (digest) => {
    const found =
      known.get(digest) ??
      new Map(
        (readManifest(digest)?.entries ?? []).flatMap((entry) =>
          entry.path.endsWith('/') ? [] : [[entry.digest, entry.path] as const],
        ),
      );
    known.set(digest, found);
    return found;
  };
}

export interface Owners {
  readonly names: readonly string[];
  readonly tasks: readonly TaskName[];
}

/** By name, newest first: `folds@2.model`, `resize: calling/x.jpg`. */
export function describeOwners(
  asked: ReadonlySet<Digest>,
  { tasks, items }: AllRecords,
  readManifest: ReadManifest,
): ReadonlyMap<Digest, Owners> {
  const names = new Map<Digest, Set<string>>();
  const owners = new Map<Digest, Set<TaskName>>();
  if (asked.size === 0) return new Map();
  const members = memberReader(readManifest);
  const add = (digest: Digest, name: string, task?: TaskName) => {
    names.set(digest, (names.get(digest) ?? new Set()).add(name));
    if (task) owners.set(digest, (owners.get(digest) ?? new Set()).add(task));
  };
  for (const record of [...tasks].reverse()) {
    if (record.log && asked.has(record.log)) add(record.log, `the log of ${record.task}`, record.task);
    for (const [out, output] of Object.entries(record.outputs)) {
      if (output === null) continue;
      const name = nameOf(record, out);
      if (asked.has(output.digest)) {
        add(output.digest, output.kind === 'file' ? name : `the list of files of ${name}`, record.task);
      }
      if (output.kind === 'file') continue;
      const held = members(output.digest);
      for (const digest of asked) {
        const path = held.get(digest);
        if (path !== undefined) add(digest, `${name}: ${path}`, record.task);
      }
    }
  }
  for (const { id, result } of items) {
    if (result.kind !== 'made') continue;
    for (const { digest } of Object.values(result.outputs)) {
      if (asked.has(digest) && !names.has(digest)) add(digest, `item ${id} of an earlier run`);
    }
  }
  return new Map(
    [...names].map(([digest, set]) => [digest, { names: [...set], tasks: [...(owners.get(digest) ?? [])] }]),
  );
}

/** As a reference is written. */
export function nameOf({ task, outputs }: ActionRecord, out: string): string {
  return Object.keys(outputs).length === 1 && out === 'out' ? task : `${task}.${out}`;
}
